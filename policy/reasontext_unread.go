package policy

import (
	"strings"

	"github.com/datacustoms/customs/inspect"
)

// ReasonWords is Text for one reason of a verdict: it also says which class,
// limit or rule it is about, and where content was not read why, and what
// would make each of it readable.
func ReasonWords(r Reason, lang string) ReasonText {
	t := Text(r.Code, lang)
	ends := " "
	if lang == Chinese {
		ends = ""
	}
	if more := narrower(r, lang); more != "" {
		t.Detail = strings.TrimSpace(t.Detail + ends + more)
	}
	if r.Coverage() == "" {
		return t
	}
	var remedies []string
	for _, g := range r.Gaps {
		w := gapTexts[g].in(lang)
		if w.detail == "" {
			continue
		}
		t.Detail += ends + w.detail
		remedies = append(remedies, w.remedy)
	}
	if r.Code == UnreadAllowed {
		return t
	}
	if len(remedies) > 0 {
		t.Remedy = strings.Join(remedies, ends)
	}
	if grantable(r.Gaps) {
		t.Remedy += ends + grantText.in(lang).remedy
	}
	return t
}

func (b bilingual) in(lang string) words {
	if lang == Chinese {
		return b.zh
	}
	return b.en
}

func grantable(gaps []inspect.GapReason) bool {
	for _, g := range gaps {
		if !MayGoUnread(g) {
			return false
		}
	}
	return true
}

// grantText tells of the setting that lets unread content go.
var grantText = bilingual{
	words{remedy: "确需以此形式发送的，请运营者评估后为该目的地设置 unread。"},
	words{remedy: "If it must go as it is, the operator can set unread for this destination."}}

// gapTexts holds the words of every reason for a gap; a test compares it with
// the reasons that there are.
var gapTexts = map[inspect.GapReason]bilingual{
	inspect.GapEncrypted: {
		words{detail: "有内容已加密或设有密码。", remedy: "去除密码或加密后再发送。"},
		words{detail: "Some of it is encrypted or has a password.", remedy: "Remove the password or the encryption, then send it."}},
	inspect.GapLimitRatio: {
		words{detail: "有内容解压后与压缩时的大小之比超过上限。", remedy: "解压后发送其中的文件。"},
		words{detail: "Some of it unpacks to far more than it is.", remedy: "Unpack it and send the files in it."}},
	inspect.GapLimitDepth: {
		words{detail: "归档或编码的嵌套层数超过上限。", remedy: "减少嵌套，直接发送里层的文件。"},
		words{detail: "Containers or codings lie too deep in one another.", remedy: "Send the inner files by themselves."}},
	inspect.GapLimitBytes: {
		words{detail: "解开后的内容超过读取上限。", remedy: "拆成较小的文件发送。"},
		words{detail: "It unpacks to more bytes than are read of one transfer.", remedy: "Send it in smaller files."}},
	inspect.GapLimitEntries: {
		words{detail: "其中的文件或部分过多。", remedy: "分多次发送，每次减少文件数量。"},
		words{detail: "It has more files or parts than are read of one transfer.", remedy: "Send fewer files at a time."}},
	inspect.GapLimitTime: {
		words{detail: "读取所需时间超过上限。", remedy: "拆成较小的文件，或以更简单的格式发送。"},
		words{detail: "Reading it takes longer than one transfer may.", remedy: "Send smaller files, or a simpler format."}},
	inspect.GapLimitFindings: {
		words{detail: "其中的人员或类别多于一份报告所能容纳。", remedy: "拆成较小的批次发送。"},
		words{detail: "There are more persons or classes in it than one report holds.", remedy: "Send it in smaller batches."}},
	inspect.GapUnknownFormat: {
		words{detail: "有内容的格式网关不能读取。", remedy: "改用网关可读取的格式：文本、JSON、CSV、常见归档或办公文档。"},
		words{detail: "Some of it is in a format that the gateway does not read.", remedy: "Use a format that it reads: text, JSON, CSV, a common archive or office document."}},
	inspect.GapBroken: {
		words{detail: "有内容已损坏，或不符合其格式。", remedy: "重新生成或修复文件后再发送。"},
		words{detail: "Some of it is damaged, or breaks the rules of its format.", remedy: "Make or repair the file again, then send it."}},
	inspect.GapHighEntropy: {
		words{detail: "有内容类似密文或随机字节。", remedy: "以明文或已知的压缩格式发送。"},
		words{detail: "Some of it looks like ciphertext or random bytes.", remedy: "Send it in clear, or in a known form of compression."}},
}
