package main

import (
	"fmt"
	"time"

	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/stream"
)

// streamStuck says that a receiver takes no message of that size: no try mends
// it, so nobody is to wait until the backlog is full. It is told once for the
// place where the stream stands.
func streamStuck(name string, scanned uint64) alert.Alert {
	zh, en := stream.ClassTooLarge.Text()
	return alert.Alert{Kind: alert.Stream, Severity: alert.Critical, Object: name, Mark: fmt.Sprintf("too_large/%d", scanned),
		Title: alert.Text{ZH: "日志外送停滞：" + name, EN: "a stream of the log stands still: " + name},
		Text: alert.Text{ZH: fmt.Sprintf("日志流 %s 停在第 %d 条之后：%s。在此之前不会继续外送；日志段保留在本机，没有丢失。", name, scanned, zh),
			EN: fmt.Sprintf("The stream %s stands still after entry %d: %s. Until then it ships nothing more; the log keeps it all, nothing is lost.", name, scanned, en)}}
}

// streamClosed says that the position of a stream cannot be opened.
func streamClosed(name string, since time.Time) alert.Alert {
	return alert.Alert{Kind: alert.Stream, Severity: alert.Critical, Object: name, Mark: "closed", Period: since.UTC().Format(time.RFC3339Nano),
		Title: alert.Text{ZH: "日志外送未运行：" + name, EN: "a stream of the log does not run: " + name},
		Text: alert.Text{ZH: fmt.Sprintf("日志流 %s 的位置文件无法打开，因此未运行；其他日志流照常运行，没有丢失。请检查数据目录下 streams/%s 的权限和磁盘；恢复后几秒内自动继续。", name, name),
			EN: fmt.Sprintf("The position of the stream %s cannot be opened, so it does not run; the others do, and nothing is lost. Check the rights and the disk of streams/%s in the data directory; it goes on by itself seconds after that.", name, name)}}
}
