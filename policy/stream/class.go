package stream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// Class is why a batch did not arrive. The set is closed: it stands in files,
// metrics and logs in place of what a receiver said.
type Class string

// The classes.
const (
	ClassRefused     Class = "connection_refused"
	ClassName        Class = "name"
	ClassUnreachable Class = "unreachable"
	ClassCertificate Class = "certificate"
	ClassTLS         Class = "tls"
	ClassLogin       Class = "login"
	ClassTarget      Class = "target"    // no such stream or topic, or another one answered
	ClassDenied      Class = "denied"    // the receiver answered that it does not store it
	ClassTooLarge    Class = "too_large" // the receiver takes no message of that size
	ClassTimeout     Class = "timeout"
	ClassClosed      Class = "closed"
	ClassUnsure      Class = "unsure" // a syslog connection that did not end in order
	ClassOther       Class = "other"
	ClassLog         Class = "log"      // our own log could not be read
	ClassPosition    Class = "position" // the position could not be written
)

// Classes are all classes.
func Classes() []Class {
	return []Class{ClassRefused, ClassName, ClassUnreachable, ClassCertificate, ClassTLS, ClassLogin, ClassTarget,
		ClassDenied, ClassTooLarge, ClassTimeout, ClassClosed, ClassUnsure, ClassOther, ClassLog, ClassPosition}
}

// Text says in Chinese and English what is wrong and how to mend it.
func (c Class) Text() (zh, en string) {
	switch c {
	case ClassRefused:
		return "连接被拒绝：该地址无人监听", "connection refused: nothing listens there"
	case ClassName:
		return "域名无法解析", "its name could not be resolved"
	case ClassUnreachable:
		return "从本机无法到达", "it cannot be reached from here"
	case ClassCertificate:
		return "证书不受信任、名称不符或已失效：请检查 roots", "its certificate is not of a known authority, for another name, or not valid now: see roots"
	case ClassTLS:
		return "TLS 协商失败", "TLS could not be agreed on"
	case ClassLogin:
		return "登录或权限被拒绝：请检查凭据和权限", "login or right refused: check the credentials and what they allow"
	case ClassTarget:
		return "流或主题不存在，或由另一个流应答", "the stream or topic does not exist, or another stream answered: make it, or set create"
	case ClassDenied:
		return "接收方拒绝存储：请检查其存储空间和限额", "it refused to store the message: check its storage and limits"
	case ClassTooLarge:
		return "消息超过接收方上限，重试无济于事：请在接收方提高上限（NATS：max_payload 及流的 max_msg_size；Kafka：主题的 max.message.bytes），随后自动继续",
			"a message is above the receiver's limit, and no try mends that: raise it there (NATS: max_payload, and the stream's max_msg_size; Kafka: the topic's max.message.bytes); it then goes on by itself"
	case ClassTimeout:
		return "未在时限内确认", "no acknowledgement in time"
	case ClassClosed:
		return "连接被对方关闭", "it closed the connection"
	case ClassUnsure:
		return "连接未按序结束，对方是否收到不明，将重发：接收方须在收完后才关闭连接", "the connection did not end in order, so nobody knows what was taken; it is sent again: the receiver must end the connection after it has read it all (RFC 5425, 4.4)"
	case ClassLog:
		return "审计日志无法读取：请运行 customs audit verify", "the audit log could not be read: run customs audit verify"
	case ClassPosition:
		return "位置文件无法写入：请检查磁盘", "the position could not be written: check the disk"
	case "":
		return "", ""
	}
	return "接收方的应答无法理解", "its answer was not understood"
}

// Fault is an error of a known class.
type Fault struct {
	Class Class
	Err   error // what it was; never shown
}

func (f *Fault) Error() string {
	_, en := f.Class.Text()
	return en
}

func (f *Fault) Unwrap() error { return f.Err }

// fault gives an error its class where it has none.
func fault(c Class, err error) error {
	if err == nil {
		return nil
	}
	return &Fault{c, err}
}

// ClassOf is the class of an error of a Sink.
func ClassOf(err error) Class {
	var (
		known    *Fault
		unknown  x509.UnknownAuthorityError
		host     x509.HostnameError
		invalid  x509.CertificateInvalidError
		verify   *tls.CertificateVerificationError
		alert    tls.AlertError
		record   tls.RecordHeaderError
		name     *net.DNSError
		deadline interface{ Timeout() bool }
	)
	switch {
	case err == nil:
		return ""
	case errors.As(err, &known) && known.Class != ClassOther:
		return known.Class
	case errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid), errors.As(err, &verify):
		return ClassCertificate
	case errors.As(err, &alert), errors.As(err, &record):
		return ClassTLS
	case errors.As(err, &name):
		return ClassName
	case errors.Is(err, syscall.ECONNREFUSED):
		return ClassRefused
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return ClassUnreachable
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &deadline) && deadline.Timeout():
		return ClassTimeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return ClassClosed
	}
	return ClassOther
}
