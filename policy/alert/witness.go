package alert

import (
	"fmt"
	"time"
)

// WitnessRefusedOf says that a witness will not cosign the audit log's
// checkpoints: refusal is fork, rollback, unknown or unsigned.
func WitnessRefusedOf(witness, refusal, period string, size int64) Alert {
	a := Alert{Kind: Witness, Severity: Critical, Object: witness, Mark: refusal, Period: period, Facts: Facts{Count: size},
		Title: Text{"见证者拒绝联署审计日志：" + witness, "a witness refuses to cosign the audit log: " + witness}}
	switch refusal {
	case "rollback":
		a.Text = Text{fmt.Sprintf("见证者已联署到第 %d 条，多于本日志现有的条数：日志被换成了旧副本，或部分条目丢失。请立即保全数据目录，并用 customs audit verify --witness 和见证者的检查点核对。", size),
			fmt.Sprintf("The witness cosigned %d entries, more than the log has: it was replaced by an older copy, or entries were lost. Secure the data directory at once and compare with customs audit verify --witness and the witness's checkpoint.", size)}
	case "fork":
		a.Text = Text{"见证者联署过本日志的另一份历史：日志被改写，或同一密钥签出了两份日志。请立即保全数据目录，并取得见证者的检查点作为证据。",
			"The witness cosigned another history of this log: it was rewritten, or one key signs two logs. Secure the data directory at once and get the witness's checkpoint as evidence."}
	default:
		a.Severity = Warning
		a.Text = Text{"见证者没有登记本日志或其新公钥。请把 keys/log.pub 的内容交给见证者的运营方（--log）。",
			"The witness does not know this log or its new key. Give its operator the lines of keys/log.pub (--log)."}
	}
	return a
}

// WitnessSilentOf says that a witness has not cosigned for some time.
func WitnessSilentOf(witness, period string, since time.Duration) Alert {
	hours := int(since / time.Hour)
	return Alert{Kind: Witness, Severity: Critical, Object: witness, Mark: "silent", Period: period, Facts: Facts{Seconds: since.Seconds()},
		Title: Text{"见证者长时间未联署：" + witness, "a witness has not cosigned for long: " + witness},
		Text: Text{fmt.Sprintf("见证者已 %d 小时未联署审计日志的检查点；这段时间的回滚无法由外部发现。请检查其地址、证书和网络。", hours),
			fmt.Sprintf("For %d hours the witness has cosigned no checkpoint of the audit log; a rollback of that time could not be seen from outside. Check its address, certificate and network.", hours)}}
}

// BehindOf says that the audit log could not do its work in the background:
// tiles and checkpoints, or compression. No entry is lost by it.
func BehindOf(what, node, period string) Alert {
	return Alert{Kind: Store, Severity: Warning, Object: "audit/" + what, Mark: node, Period: period,
		Title: Text{"审计日志的后台工作受阻", "the audit log's background work fails"},
		Text: Text{"审计日志的检查点、树或压缩未能写入，会自动重试；日志条目没有丢失。若持续如此，日志将停止接受新条目。请检查磁盘。",
			"Checkpoints, tree or compression of the audit log could not be written and are tried again; no entry is lost. If it lasts, the log will take no more entries. Check the disk."}}
}
