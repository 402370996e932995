package certs

import "strings"

// Hint says how to make one platform trust the gateway's CA.
type Hint struct {
	Platform string   `json:"platform"` // debian, rhel, macos, windows, java, node, python, go
	Title    string   `json:"title"`
	Text     string   `json:"text"`     // what to know before
	Commands []string `json:"commands"` // to be run in this order
}

// hint is a Hint in both languages. In commands, {f} stands for the file, quoted
// for the platform's shell, and {p} for its absolute path.
type hint struct {
	platform, title  string
	english, chinese string
	commands         []string
}

// combined is how the environment variables that replace the system's roots are
// used: with a bundle that has both, because hosts that the gateway passes
// unread still show their own certificates.
const combined = "cat /etc/ssl/certs/ca-certificates.crt {f} > customs-bundle.pem"

var hints = []hint{
	{
		platform: "debian", title: "Debian, Ubuntu",
		english:  "For everything that uses the system's roots. One certificate a file: during a rotation, export each CA by itself with --only.",
		chinese:  "对所有使用系统根证书的程序生效。每个文件只放一张证书：轮换期间请用 --only 分别导出。",
		commands: []string{"sudo cp {f} /usr/local/share/ca-certificates/data-customs.crt", "sudo update-ca-certificates"},
	},
	{
		platform: "rhel", title: "RHEL, Rocky, Fedora, openEuler, Anolis",
		english:  "For everything that uses the system's roots.",
		chinese:  "对所有使用系统根证书的程序生效。",
		commands: []string{"sudo cp {f} /etc/pki/ca-trust/source/anchors/data-customs.pem", "sudo update-ca-trust"},
	},
	{
		platform: "macos", title: "macOS",
		english:  "For Safari, Chrome and system tools. On managed machines, send a certificate profile instead.",
		chinese:  "对 Safari、Chrome 和系统工具生效。受管设备请改用证书描述文件下发。",
		commands: []string{"sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain {f}"},
	},
	{
		platform: "windows", title: "Windows",
		english:  "In an elevated prompt. In a domain, use the group policy Trusted Root Certification Authorities. The curl of Windows also needs --ssl-no-revoke, because leaves of 48 hours have no revocation list.",
		chinese:  "在管理员命令行中执行。域环境请用组策略“受信任的根证书颁发机构”下发。Windows 自带的 curl 还需加 --ssl-no-revoke，因为 48 小时的叶证书没有吊销列表。",
		commands: []string{"certutil -addstore -f Root {f}"},
	},
	{
		platform: "java", title: "Java (keytool)",
		english:  "For each Java installation: Java does not read the system's roots. keytool takes the first certificate of a file only. The password shown is Java's default.",
		chinese:  "每个 Java 安装都要执行：Java 不读取系统根证书。keytool 只读取文件中的第一张证书。命令中的口令是 Java 的默认值。",
		commands: []string{"keytool -importcert -noprompt -trustcacerts -cacerts -storepass changeit -alias data-customs -file {f}"},
	},
	{
		platform: "node", title: "Node.js",
		english:  "Added to Node's own roots. Read at start only: restart the service.",
		chinese:  "在 Node 自带根证书之外追加。只在启动时读取：请重启服务。",
		commands: []string{"export NODE_EXTRA_CA_CERTS={p}"},
	},
	{
		platform: "python", title: "Python (requests, httpx, pip)",
		english:  "These variables replace the roots, so give them a bundle with the system's roots too. On RHEL the first file is /etc/pki/tls/certs/ca-bundle.crt.",
		chinese:  "这些变量会替换根证书，所以要给出同时含系统根证书的合并文件。RHEL 系的第一个文件是 /etc/pki/tls/certs/ca-bundle.crt。",
		commands: []string{combined, "export REQUESTS_CA_BUNDLE=$PWD/customs-bundle.pem", "export SSL_CERT_FILE=$PWD/customs-bundle.pem"},
	},
	{
		platform: "go", title: "Go",
		english:  "Go on Linux reads the system's roots, so the step for the system is enough. Without root rights, set the variable; it replaces the roots, so give it both. On RHEL the first file is /etc/pki/tls/certs/ca-bundle.crt.",
		chinese:  "Linux 上的 Go 读取系统根证书，完成系统那一步即可。没有 root 权限时设置该变量；它会替换根证书，所以要给出合并文件。RHEL 系的第一个文件是 /etc/pki/tls/certs/ca-bundle.crt。",
		commands: []string{combined, "export SSL_CERT_FILE=$PWD/customs-bundle.pem"},
	},
}

// Hints returns how each platform is made to trust the CA in a file. lang is a
// language tag; Chinese ones get Chinese, all others English.
func Hints(lang, path string) []Hint {
	chinese := strings.HasPrefix(strings.ToLower(lang), "zh")
	out := make([]Hint, 0, len(hints))
	for _, h := range hints {
		quote := quoteShell
		if h.platform == "windows" {
			quote = quoteWindows
		}
		one := Hint{Platform: h.platform, Title: h.title, Text: h.english}
		if chinese {
			one.Text = h.chinese
		}
		for _, c := range h.commands {
			one.Commands = append(one.Commands, strings.NewReplacer("{f}", quote(path), "{p}", absolute(path)).Replace(c))
		}
		out = append(out, one)
	}
	return out
}

// absolute makes a path hold from any directory: a service seldom starts in the
// one where the variable was set.
func absolute(path string) string {
	if strings.HasPrefix(path, "/") {
		return quoteShell(path)
	}
	return "$PWD/" + quoteShell(path)
}

// quoteShell quotes a path for a POSIX shell if it needs it.
func quoteShell(path string) string {
	if path != "" && strings.Trim(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+:@") == "" {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// quoteWindows quotes a path for cmd.exe; a file name cannot hold a quote there.
func quoteWindows(path string) string {
	if strings.ContainsAny(path, " &()^;,=") {
		return `"` + path + `"`
	}
	return path
}
