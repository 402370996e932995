PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS "people"(
"序号" TEXT, "姓名" TEXT, "身份证号" TEXT, "手机号" TEXT,
 "邮箱" TEXT, "银行卡号" TEXT, "地址" TEXT);
INSERT INTO people VALUES('1','刘一例','119999197312231171','13872984486','u1.qsxtp@example.cn','6217009612788342910','示例市虚构区样本路284号');
INSERT INTO people VALUES('2','杨大测','119999196810029430','18827275541','u2.cpaol@mail.example.net','6222024838266925121','示例市虚构区样本路989号');
INSERT INTO people VALUES('3','杨子试','11999919870609395X','13893146193','u3.zlzhy@example.com','6228488620667241738','示例市虚构区样本路84号');
CREATE INDEX a on people(手机号);
COMMIT;
