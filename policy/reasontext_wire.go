package policy

var doubtTexts = map[Code]bilingual{
	ExporterUnknown: {
		words{"无法确定数据处理者", "来源地址或凭据不对应任何登记的数据处理者，无法适用备案。", "在配置的 exporters 中登记该客户端，或使用有效凭据。", "网络数据安全管理条例 第三十八条"},
		words{"Exporter is unknown", "Neither address nor credentials lead to a registered exporter, so no filing can apply.", "Add the client to exporters in the configuration, or use valid credentials.", "NDSR art. 38"}},
	CIIOUnknown: {
		words{"是否为关键信息基础设施运营者不明", "未登记该主体是否为关键信息基础设施运营者，按运营者处理。", "在配置的 exporters 中写明 ciio: true 或 false；登记簿中的数据处理者写 ciio 为 yes 或 no。", "促进和规范数据跨境流动规定 第七条第一款第（一）项"},
		words{"CIIO status is unknown", "Nobody said whether the exporter is a critical information infrastructure operator, so it is treated as one.", "State ciio: true or false for it under exporters in the configuration, or ciio yes or no in its dc.exporter document.", "2024 Provisions art. 7(1)(1)"}},
	CoverageOpaque: {
		words{"内容无法读取", "无法证明其中没有受管数据。", "以网关可读取的形式发送：纯文本、JSON、CSV、表单、办公文档或 zip 归档，或其 gzip 压缩。", ""},
		words{"Content could not be read", "Nothing proves that it carries no governed data.", "Send it in a form that the gateway reads: plain text, JSON, CSV, a form, an office document or zip archive, or one of them in gzip.", ""}},
	CoveragePartial: {
		words{"内容未全部读取", "有一部分未能读取，无法证明其中没有受管数据。", "拆分、解压或修复后再发送。", ""},
		words{"Content was read in part", "Some of it could not be read, so nothing proves that it carries no governed data.", "Split, unpack or repair it, then send again.", ""}},
	ScanFailed: {
		words{"扫描失败", "检查过程出错，内容视为未读取。", "重试；若反复出现请联系运营者。", ""},
		words{"Scan failed", "The inspection broke, and the content counts as unread.", "Try again; if it stays, tell the operator.", ""}},
	DeciderFailed: {
		words{"策略未能作出判断", "策略出错、超时或结果无效，按拒绝处理。", "重试；运营者请检查自定规则。", ""},
		words{"Policy gave no answer", "The policy failed, took too long or answered nonsense, which counts as a refusal.", "Try again; the operator should check own rules.", ""}},
	LawUnavailable: {
		words{"没有适用的规则包", "该日期没有生效的规则包。", "运营者请添加覆盖该日期的规则包。", ""},
		words{"No rule pack in force", "No rule pack covers the date of this transfer.", "The operator should add a pack for that day.", ""}},
	RegisterUnavail: {
		words{"备案登记簿不可用", "无法读取备案，不能证明本次传输被覆盖。", "稍后重试；运营者请检查登记簿文件。", ""},
		words{"Register is not available", "Filings cannot be read, so nothing proves that one covers this.", "Try later; the operator should check the register's file.", ""}},
	LedgerUnavail: {
		words{"人数台账不可用", "无法计数，不能证明未超过门槛。", "稍后重试；运营者请检查台账。", ""},
		words{"Ledger is not available", "Persons cannot be counted, so no limit is sure to hold.", "Try later; the operator should check the ledger.", ""}},
	RecorderUnavail: {
		words{"审计日志不可用", "无法留存记录，因此不发送。", "稍后重试；运营者请检查日志存储。", "网络数据安全管理条例 第十二条"},
		words{"Log is not available", "No record can be kept, so nothing is sent.", "Try later; the operator should check the log's storage.", "NDSR art. 12"}},
	InternalFault: {
		words{"内部错误", "网关内部出错，按拒绝处理。", "重试；若反复出现请把记录编号告知运营者。", ""},
		words{"Internal fault", "The gateway itself failed, which counts as a refusal.", "Try again; if it stays, tell the operator the record id.", ""}},
	Oversize: {
		words{"内容过大", "内容超过网关可以整体保存和读取的上限，且没有备案允许分段发送。", "拆分后发送；或请运营者提高 limits.flow_spill；纯文本等可边读边判断的内容，也可在备案的链路中写明 window，分段判断和发送。", ""},
		words{"Too large", "The content is larger than the gateway can hold and read as a whole, and no filing lets it go in windows.", "Split it, or ask the operator to raise limits.flow_spill. Content that can be judged while it is read, as text, may go in windows where the link of a filing has window.", ""}},
	BudgetExhausted: {
		words{"网关繁忙", "用于暂存内容的内存或磁盘已用尽。", "稍后重试。", ""},
		words{"Gateway is busy", "Memory or disk for held content is used up.", "Try again shortly.", ""}},
	RedactionUnavail: {
		words{"无法去除数据", "规则要求去除部分数据，而该格式不能安全改写。", "在发送前自行去除所列类别。", ""},
		words{"Redaction is not possible", "Some data must be taken out, and this format cannot be rewritten safely.", "Remove the listed classes before sending.", ""}},
	AfterRelease: {
		words{"部分发送后被阻止", "前面的部分已发送，后面发现不允许的内容，传输已中断并记录。", "用 customs audit show 查看记录中已发送的部分，按数据安全事件评估其影响；改正内容后重新发送。", "网络数据安全管理条例 第三十八条"},
		words{"Blocked after a part was sent", "Earlier parts had left when something refused was found; the transfer was cut off and recorded.", "See in the record what was sent (customs audit show) and weigh it as an incident; correct the content and send again.", "NDSR art. 38"}},
}

var wireTexts = map[Code]bilingual{
	AuthorityMismatch: {
		words{"请求名称不一致", "隧道、SNI 与请求中的主机名不一致。", "对每个主机建立单独的连接。", ""},
		words{"Names do not agree", "Tunnel, SNI and request name different hosts.", "Open a connection of its own for each host.", ""}},
	NameHoldsData: {
		words{"主机名含有受管数据", "主机名、隧道目标或 SNI 中发现受管数据；解析它就会将数据送出。", "不要把个人信息写入主机名。", "个人信息保护法 第五十一条"},
		words{"The name holds data", "Governed data was found in the host name, the tunnel's target or the SNI; merely resolving it would send it out.", "Do not put personal information into host names.", "PIPL art. 51"}},
	DialRefused: {
		words{"目的地址不允许", "目的地址为本机、内网、链路本地或元数据地址。", "运营者确需放行时，在 upstream.allow 中写明。", ""},
		words{"Address is not allowed", "The destination is a loopback, private, link-local or metadata address.", "If it is meant, the operator lists it in upstream.allow.", ""}},
	NameUnresolved: {
		words{"域名无法解析", "找不到目的主机的地址。", "检查域名，稍后重试。", ""},
		words{"Name not resolved", "No address was found for the host.", "Check the name and try again.", ""}},
	NotTLS: {
		words{"不是 TLS", "隧道中的内容不是 TLS，无法读取。", "使用 HTTPS 发送。", ""},
		words{"Not TLS", "What came through the tunnel is not TLS and cannot be read.", "Use HTTPS.", ""}},
	BadRequest: {
		words{"请求格式错误", "请求不符合协议，未转发。", "按协议更正请求。", ""},
		words{"Malformed request", "The request breaks its protocol and was not forwarded.", "Correct the request.", ""}},
	ClientGone: {
		words{"客户端已断开", "客户端在判断完成前断开。", "重新发送。", ""},
		words{"Client went away", "The client closed before there was a verdict.", "Send again.", ""}},
	OriginUnreachable: {
		words{"无法连接目的主机", "目的主机拒绝连接或在途中断开。", "检查目的主机，稍后重试。", ""},
		words{"Origin unreachable", "The destination refused or dropped the connection.", "Check the destination and try again.", ""}},
	OriginUntrusted: {
		words{"目的主机证书不可信", "证书无效、过期或与名称不符。", "更正证书；私有根证书由运营者写入 upstream.roots。", ""},
		words{"Origin is not trusted", "Its certificate is invalid, expired or for another name.", "Correct the certificate; the operator lists private roots in upstream.roots.", ""}},
	OriginTimeout: {
		words{"目的主机超时", "目的主机未在时限内应答。", "稍后重试。", ""},
		words{"Origin timed out", "The destination did not answer in time.", "Try again later.", ""}},
	OriginCut: {
		words{"应答中断", "目的主机在应答发送完之前断开了连接。", "重试；若反复出现，请联系接收方。", ""},
		words{"Response was cut off", "The destination closed the connection before its answer was complete.", "Try again; if it happens again, ask the recipient.", ""}},
	Draining: {
		words{"网关正在停止", "网关正在停止，不再接受新的传输。", "稍后重试。", ""},
		words{"Gateway is stopping", "The gateway is stopping and takes no new transfers.", "Try again shortly.", ""}},
	UpgradeNotRead: {
		words{"不读取升级后的协议", "请求要求升级为网关不读取的协议（WebSocket 的消息会读取，其他协议不会），无法证明其中没有受管数据。", "改用普通的 HTTPS 请求或 WebSocket 发送。", ""},
		words{"Upgraded protocol is not read", "The request asks to change to a protocol that the gateway does not read (WebSocket messages are read, others are not), so nothing proves that it carries no governed data.", "Send it by plain HTTPS requests or by WebSocket.", ""}},
	ProtocolNotRead: {
		words{"不读取该协议", "隧道中的协议不是 TLS 或 HTTP（如 SMTP、FTP、SSH，或由服务器先发言的协议），网关不能读取，无法证明其中没有受管数据。", "改用 HTTPS 发送；目的地确在境内的，请运营者在 destinations 中写明其 country。", ""},
		words{"Protocol is not read", "What the tunnel carries is neither TLS nor HTTP, as SMTP, FTP, SSH or anything where the server speaks first. The gateway cannot read it, so nothing proves that it carries no governed data.", "Send it over HTTPS. If the destination is in the mainland, have the operator state its country under destinations.", ""}},
	MessageMalformed: {
		words{"消息格式错误", "WebSocket 帧或 gRPC 消息不符合其协议，网关与接收方可能有不同的理解，因此不发送。", "按协议更正客户端；使用网关支持的压缩：permessage-deflate、gzip，或不压缩。", ""},
		words{"Message is malformed", "A WebSocket frame or gRPC message breaks its protocol: the gateway and the recipient might read it differently, so it is not sent.", "Correct the client; compress as the gateway reads it, by permessage-deflate or gzip, or not at all.", ""}},
	OriginRevoked: {
		words{"目的主机证书已吊销", "颁发者的在线证书状态应答或运营者的吊销列表表明该证书已吊销；未发送任何内容。", "请接收方更换证书；若吊销有误，由颁发者更正后重试。", ""},
		words{"Certificate of the origin is revoked", "Its issuer's stapled answer or the operator's revocation list says so. Nothing was sent.", "Ask the recipient to install a new certificate; if the revocation is a mistake, its issuer has to correct it first.", ""}},
	PassThroughOver: {
		words{"不解密直通的许可已用尽", "运营者为该目的地登记的直通已到期，或其字节额度已用完；不再不读取而放行。", "请运营者在 passthrough 中复核该条目，更新 expires 或 bytes；或删除该条目，使内容由网关读取。", ""},
		words{"Pass-through is over", "The operator's entry that lets this destination pass unread has expired or its bytes are used up, so nothing passes unread any more.", "Have the operator review the entry under passthrough and set a new expires or bytes, or remove the entry so that the traffic is read.", ""}},
	QUICRefused: {
		words{"不转发 HTTP/3（QUIC）", "QUIC 在连接建立时即被拒绝，未发送任何内容；浏览器等客户端会自动改用 HTTPS（TCP）。", "改用 TCP 上的 HTTPS（HTTP/1.1 或 HTTP/2）；不能自动改用的客户端请关闭 HTTP/3。", ""},
		words{"HTTP/3 (QUIC) is not forwarded", "QUIC is refused while it is being set up, before anything is sent; browsers and other clients fall back to HTTPS over TCP by themselves.", "Use HTTPS over TCP (HTTP/1.1 or HTTP/2); switch HTTP/3 off in a client that does not fall back.", ""}},
}
