package engine_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// zipAs is a zip of names and contents in one method.
func zipAs(t testing.TB, method uint16, files ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: files[i], Method: method})
		if err == nil {
			_, err = f.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// archives are the containers of files.
func archives(t testing.TB) []layer {
	of := func(name, path string, wrap func(b []byte) []byte) layer {
		return layer{name: name, takes: words | ascii | octets, gives: octets, path: path, wrap: wrap}
	}
	return []layer{
		of("zip", "zip#1", func(b []byte) []byte { return zipOf(t, "data.bin", string(b)) }),
		of("zip, third file", "zip#3", func(b []byte) []byte {
			return zipOf(t, "a.txt", "hello", "b.txt", "hello again", "data.bin", string(b))
		}),
		of("zip, stored", "zip#1", func(b []byte) []byte { return zipAs(t, zip.Store, "data.bin", string(b)) }),
		of("tar", "tar", func(b []byte) []byte { return tarOf(t, "data.bin", string(b)) }),
		of("tar, PAX", "tar", func(b []byte) []byte {
			var out bytes.Buffer
			w := tar.NewWriter(&out)
			err := w.WriteHeader(&tar.Header{Name: "数据.bin", Mode: 0o600, Size: int64(len(b)), Format: tar.FormatPAX})
			if err == nil {
				_, err = w.Write(b)
			}
			if err == nil {
				err = w.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
			return out.Bytes()
		}),
	}
}

// multipart is a form with a file in it.
func multipart(headers string, body []byte) []byte {
	return []byte("--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"data\"\r\n" + headers + "\r\n" + string(body) + "\r\n--b--\r\n")
}

func inLines(b []byte) []byte {
	return []byte(strings.ReplaceAll(lines(base64.StdEncoding.EncodeToString(b), 76), "\n", "\r\n"))
}

// mails are the carriers of RFC 2045 and its kin.
func mails() []layer {
	const formData, rfc822 = "multipart/form-data; boundary=b", "message/rfc822"
	mail := func(headers string, body []byte) []byte {
		return []byte("Received: from a.example by b.example; Sun, 22 Nov 2026 04:00:00 +0000\r\nFrom: Office <office@example.com>\r\nSubject: hello\r\nMIME-Version: 1.0\r\n" + headers + "\r\n" + string(body))
	}
	of := func(name, path, said string, gives form, wrap func(b []byte) []byte) layer {
		return layer{name: name, takes: words | ascii | octets, gives: gives, path: path, said: said, wrap: wrap}
	}
	return []layer{
		of("multipart", "", formData, octets, func(b []byte) []byte { return multipart("Content-Type: application/octet-stream\r\n", b) }),
		of("multipart, nobody declares it", "", "", octets, func(b []byte) []byte { return multipart("", b) }),
		of("multipart, base64", "multipart|base64", formData, octets, func(b []byte) []byte { return multipart("Content-Transfer-Encoding: base64\r\n", inLines(b)) }),
		of("multipart, quoted-printable", "multipart", formData, octets, func(b []byte) []byte {
			return multipart("Content-Transfer-Encoding: quoted-printable\r\n", quotedPrintable(b))
		}),
		of("mail, base64", "mail|base64", rfc822, octets, func(b []byte) []byte { return mail("Content-Transfer-Encoding: base64\r\n", inLines(b)) }),
		of("mail, quoted-printable", "mail", rfc822, octets, func(b []byte) []byte {
			return mail("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n", quotedPrintable(b))
		}),
		of("mail, nobody declares it", "mail|base64", "", octets, func(b []byte) []byte { return mail("Content-Transfer-Encoding: base64\r\n", inLines(b)) }),
		of("mail with an attachment", "mail|multipart|base64", rfc822, octets, func(b []byte) []byte {
			return mail("Content-Type: multipart/mixed; boundary=c\r\n", []byte("--c\r\nContent-Type: text/plain\r\n\r\nhello\r\n--c\r\nContent-Type: application/octet-stream\r\n"+
				"Content-Disposition: attachment; filename=data\r\nContent-Transfer-Encoding: base64\r\n\r\n"+string(inLines(b))+"\r\n--c--\r\n"))
		}),
	}
}
