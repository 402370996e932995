package engine_test

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
)

// tableCases are texts with tables, and the values in them of which only the
// header tells what they are.
func tableCases() []struct{ name, text, want string } {
	return []struct{ name, text, want string }{
		{"html, names in the first row", "<table><tr><th>姓名</th><th>护照号码</th></tr>\n<tr><td>张伟</td><td>E12345678</td></tr></table>", "张伟 E12345678"},
		{"html, first row of plain cells", "<html><body><TABLE border=1><TR><TD>姓名<TD>单位<TD>护照号码<TR><TD>张伟<TD>样本<TD>E12345678</TABLE>", "张伟 E12345678"},
		{"html, tags and entities in cells", "<table><thead><tr><th><b>姓</b>名</th><th>护照<br>号码</th></tr></thead><tbody><tr class=\"a\"><td><span style='x'>&nbsp;张伟 </span></td><td>\n <b>E12345678</b></td></tr></table>", "张伟 E12345678"},
		{"html, a cell over two columns", `<table><tr><th colspan="2">类别</th><th>护照号码</th><th>姓名</th></tr><tr><td>a</td><td>b</td><td>E12345678</td><td>张伟</td></tr></table>`, "E12345678 张伟"},
		{"html, a title row", "<table><tr><td colspan=3>名单</td></tr><tr><td>姓名</td><td>护照号码</td></tr><tr><td>张伟</td><td>E12345678</td></tr></table>", "张伟 E12345678"},
		{"html, names before values", "<table><tr><td>姓名</td><td>张伟</td></tr><tr><td>护照号码</td><td>E12345678</td></tr></table>", "张伟 E12345678"},
		{"html, two pairs in a row", "<table><tr><td>姓名</td><td>张伟</td><td>护照号码</td><td>E12345678</td></tr></table>", "张伟 E12345678"},
		{"html, headers before values", "<table><tr><th>姓名</th><td>张伟</td></tr><tr><th>护照号码</th><td>E12345678</td></tr></table>", "张伟 E12345678"},
		{"html, a table in a cell", "<table><tr><th>姓名</th><th>护照号码</th></tr><tr><td><table><tr><td>x</td></tr></table></td><td>E12345678</td></tr></table>", "E12345678"},
		{"html, the column of another table", "<table><tr><th>单位</th><th>姓名</th></tr></table><table><tr><td>上海</td><td>高原</td></tr></table>", ""},
		{"html, a header is no value", "<table><tr><td>姓名</td><td>单位</td><td>护照号码</td></tr></table>", ""},
		{"html, a tag without an end", "<table><tr><th>姓名</th><th>护照号码</th></tr><tr><td>张伟</td><td>E12345678</td", "张伟 E12345678"},
		{"spreadsheet in xml", `<?xml version="1.0"?><Workbook><Table><Row><Cell><Data ss:Type="String">姓名</Data></Cell><Cell><Data ss:Type="String">护照号码</Data></Cell></Row>` +
			`<Row><Cell><Data ss:Type="String">张伟</Data></Cell><Cell><Data ss:Type="String">E12345678</Data></Cell></Row></Table></Workbook>`, "张伟 E12345678"},
		{"sql, names in backquotes", "-- dump\nINSERT INTO `t` (`id`,`姓名`,`passport_no`) VALUES (1,'张伟','E12345678'),\n(2,'李娜''s','E22345678');", "张伟 E12345678 E22345678"},
		{"sql, names in brackets", "SET x;\nINSERT INTO [dbo].[t] ([id],[姓名],[护照号]) VALUES (1, N'张伟', N'E12345678')", "张伟 E12345678"},
		{"sql, quoted names and functions", "begin;\ninsert into t (\"id\", \"at\", \"passport_no\")\nvalues (1, to_date('a,b', 'c'), 'E12345678');", "E12345678"},
		{"sql, several statements", "--\nINSERT INTO a (id, passport_no) VALUES (1,'E12345678');INSERT INTO b (passport_no, id) VALUES ('E22345678', 2);\n", "E12345678 E22345678"},
		{"sql, delimiters in values", "--\nINSERT INTO a (id, note, passport_no) VALUES (1,'a,(b''\\'',c','E12345678');", "E12345678"},
		{"sql, copy", "--\nCOPY public.t (id, 姓名, passport_no) FROM stdin;\n1\t张伟\tE12345678\n\\.\n\n2\t高原\tE22345678\n", "张伟 E12345678"},
		{"a table behind a title", "员工名单 2026\n\n姓名,部门,护照号码\n张伟,样本,E12345678\n\n高原,样本,样本\n", "张伟 E12345678"},
		{"a table ends", "名单\n姓名\t部门\t护照号码\n张伟\t样本\tE12345678\n高原\n王府\t井\t大\t街\t道\n", "张伟 E12345678"},
		{"a number is in no header", "名单\n姓名,护照号码,13800138000\n高原,样本,x\n", "13800138000"},
		{"markdown", "见下表：\n\n| 姓名 | 部门 | 护照号码 |\n| --- | :---: | --- |\n| 张伟 | 样本 | E12345678 |\n", "张伟 E12345678"},
		{"aligned", "MANIFEST\n\nSEAT  PASSPORT NO.   NAME             REMARK\n----  ------------   ----             ------\n12A   E12345678      ZHANG/WEI        x\n", "E12345678"},
		{"aligned in wide characters", "名单\n姓名    部门        护照号码\n张伟    样本一部    E12345678\n欧阳娜  样本        E22345678\n李娜                E32345678\n", "张伟 E12345678 欧阳娜 E22345678 李娜 E32345678"},
	}
}

func TestTables(t *testing.T) {
	e := open(t)
	for _, tt := range tableCases() {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range scan(t, e, inspect.Meta{}, []byte(tt.text), 0).Findings {
				if f.Confidence >= inspect.Medium {
					got = append(got, tt.text[f.From:f.To])
				}
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("found %q, want %q", s, tt.want)
			}
		})
	}
}
