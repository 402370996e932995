package policy

// tunnelTexts are the words for what happens before a request can be read.
var tunnelTexts = map[Code]bilingual{
	LeafRefused: {
		words{"客户端不接受网关的证书", "客户端在 TLS 握手时拒绝了网关签发的证书，没有发出任何请求，因此没有可检查的内容，也没有发送任何内容。该客户端未安装网关的根证书，或固定了目的主机自己的证书。", "在该客户端安装网关的根证书（customs ca export）；若它固定证书，请运营者评估后在 passthrough 中登记该目的地，写明 owner、expires 和 bytes。", ""},
		words{"The client did not take the gateway's certificate", "It broke off the TLS handshake over the certificate that the gateway showed. No request ever came, so there was nothing to read, and nothing was sent. The client does not trust the gateway's CA, or it pins the destination's own certificate.", "Install the gateway's CA in that client (customs ca export). If it pins its certificate, the operator can weigh an entry under passthrough for this destination, with owner, expires and bytes.", ""}},
}
