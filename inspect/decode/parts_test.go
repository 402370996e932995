package decode_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// misses walks through text in pieces of n and lists what could not be read.
// wide has every byte stand for two on the wire.
func misses(text string, n int, wide bool) (out []string) {
	d := decode.Parts{Miss: func(r inspect.GapReason, n, wire int64) { out = append(out, fmt.Sprintf("%s %d %d", r, n, wire)) }}
	for at := 0; at < len(text); at += n {
		p := []byte(text[at:min(at+n, len(text))])
		var spans []decode.Span
		for i := range p {
			spans = append(spans, decode.Span{From: int64(at+i) * 2, To: int64(at+i)*2 + 2})
		}
		if !wide {
			spans = nil
		}
		d.Write(p, spans, int64(at))
	}
	d.Finish()
	return out
}

func TestParts(t *testing.T) {
	const h = "Content-Disposition: form-data; name=\"f\"\r\n"
	const tail = "\r\n--b--\r\n"
	const b64 = "Content-Transfer-Encoding: base64\r\n"
	zip := "PK\x03\x04" + strings.Repeat("\x07z", 30)
	pgp := "-----BEGIN PGP MESSAGE-----\nVersion: 1\n\nhQEMA\n-----END PGP MESSAGE-----\n"
	tests := []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"text", "--b\r\n" + h + "\r\nhello\r\n--b\r\n" + h + "\r\n{\"a\":1}" + tail, nil},
		{"text of two hyphens", "--b\r\n" + h + "\r\n-- a\n--\n\n--- b\n\n- c" + tail, nil},
		{"empty parts", "--b\r\n" + h + "\r\n\r\n--b\r\n" + b64 + "\r\n" + tail, nil},
		{"zip", "--b\r\n" + h + "\r\n" + zip + tail, []string{"unknown_format 66 132"}},
		{"zip, cut off", "--b\r\n" + h + "\r\n" + zip, []string{"unknown_format 64 128"}},
		{"zip, cut off in the delimiter", "--b\r\n" + h + "\r\n" + zip + "\r\n--b", []string{"unknown_format 66 132"}},
		{"zip behind text", "--b\r\n" + h + "\r\nhello\r\n--b\r\n" + h + "\r\n" + zip + tail, []string{"unknown_format 66 132"}},
		{"zip with a delimiter that is none", "--b\r\n" + h + "\r\n" + zip + "\n--\x00\n\n" + zip + tail, []string{"unknown_format 136 272"}},
		{"no headers", "--b\r\n\r\n" + zip + tail, []string{"unknown_format 66 132"}},
		{"bare line feeds", "--b\nA: b\n\n" + zip + "\n--b--\n", []string{"unknown_format 65 130"}},
		{"preamble", "preamble\r\n\r\n--b\r\n" + h + "\r\n" + zip + tail, []string{"unknown_format 66 132"}},
		{"gzip", "--b\r\n\r\n\x1f\x8b\x08\x00abcdef" + tail, []string{"unknown_format 12 24"}},
		{"utf-16", "--b\r\n\r\n\xff\xfea\x00" + tail, []string{"unknown_format 6 12"}},
		{"image", "--b\r\n\r\n\x89PNG\r\n\x1a\nabcd" + tail, []string{"unknown_format 14 28"}},
		{"openssl", "--b\r\n\r\nSalted__abcd" + tail, []string{"encrypted 14 28"}},
		{"armor", "--b\r\n\r\n" + pgp + tail, []string{fmt.Sprint("encrypted ", strings.Index(pgp, "-----END"), " ", 2*strings.Index(pgp, "-----END"))}},
		{"base64", "--b\r\n" + b64 + "\r\naGVsbG8=" + tail, []string{"unknown_format 10 20"}},
		{"base64, folded", "--b\r\ncontent-transfer-ENCODING :\r\n\t  Base64\r\n\r\naGVsbG8=" + tail, []string{"unknown_format 10 20"}},
		{"base64, far right", "--b\r\nContent-Transfer-Encoding:" + strings.Repeat(" ", 300) + "base64\r\n\r\naGVsbG8=" + tail, []string{"unknown_format 10 20"}},
		{"quoted-printable", "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=31" + tail, []string{"unknown_format 6 12"}},
		{"eight bits", "--b\r\nContent-Transfer-Encoding: 8BIT\r\n\r\nabc" + tail, nil},
		{"coding of the part", "--b\r\nContent-Encoding: br\r\n\r\nabc" + tail, []string{"unknown_format 5 10"}},
		{"coding of the part before", "--b\r\n" + b64 + "\r\n" + tail + "--b\r\n" + h + "\r\nabc" + tail, nil},
		{"nested", "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + b64 + "\r\nabcd\r\n--c--\r\n--b--", []string{"unknown_format 6 12"}},
		{"message in a part", "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: a\r\n" + b64 + "\r\nabcd" + tail, []string{"unknown_format 6 12"}},
		{"tar", "--b\r\n\r\n" + strings.Repeat("a", 257) + "ustar\x00" + tail, []string{"unknown_format 265 530"}},
	}
	for _, tt := range tests {
		whole := misses(tt.text, max(len(tt.text), 1), true)
		if !slices.Equal(whole, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, whole, tt.want)
		}
		for n := 1; n < 80; n++ {
			if got := misses(tt.text, n, true); !slices.Equal(got, whole) {
				t.Errorf("%s in pieces of %d: %q, whole %q", tt.name, n, got, whole)
			}
		}
	}
	if got := misses("--b\r\n\r\nSalted__ab"+tail, 3, false); !slices.Equal(got, []string{"encrypted 12 12"}) {
		t.Errorf("on the wire itself: %q", got)
	}
}

func FuzzParts(f *testing.F) {
	f.Add("--b\r\nContent-Transfer-Encoding: base64\r\n\r\nabcd\r\n--b--", uint8(1))
	f.Add("\n--\n\nPK\x03\x04\n--\x00\n--\n\n-----BEGIN PGP MESSAGE\n\n--", uint8(2))
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		whole := misses(text, max(len(text), 1), true)
		if got := misses(text, int(n)+1, true); !slices.Equal(got, whole) {
			t.Fatalf("in pieces of %d: %q, whole %q", int(n)+1, got, whole)
		}
	})
}

func TestSniffWhatIsNotRead(t *testing.T) {
	cms := "\x30\x82\x02\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
	tests := []struct {
		name, head string
		want       decode.Format
	}{
		{"openssl", "Salted__12345678", decode.Encrypted}, {"openssl in base64", "U2FsdGVkX1/abc", decode.Encrypted},
		{"age", "age-encryption.org/v1\n", decode.Encrypted}, {"age armor", "\n-----BEGIN AGE ENCRYPTED FILE-----\n", decode.Encrypted},
		{"pgp armor", "-----BEGIN PGP MESSAGE-----\n", decode.Encrypted}, {"pgp signed text", "-----BEGIN PGP SIGNED MESSAGE-----\n", decode.Plain},
		{"pgp key packet, old", "\x85\x01\x0c\x0312345678\x01", decode.Encrypted}, {"pgp key packet, new", "\xc1\xc0\x4c\x0312345678\x12", decode.Encrypted},
		{"pgp key packet, old, short", "\x84\x5e\x0312345678\x12", decode.Encrypted}, {"pgp key packet, version 6", "\xc1\x55\x06\x21\x061234567", decode.Encrypted},
		{"pgp passphrase, old", "\x8c\x0d\x04\x09\x03\x08saltsalt", decode.Encrypted}, {"pgp passphrase, new", "\xc3\x0d\x04\x09\x03\x08saltsalt", decode.Encrypted},
		{"gbk that begins as a pgp packet", "\xc3\xfb\xd7\xd6\xa3\xac13800138000", decode.Plain}, {"gbk, first byte 85", "\x85\xe4\xd7\xd6\xa3\xac13800138000", decode.Plain},
		{"luks", "LUKS\xba\xbe\x00\x02", decode.Encrypted}, {"cms enveloped", cms + "\x03\xa0\x82", decode.Encrypted},
		{"cms signed", cms + "\x02\xa0\x82", decode.Plain}, {"ansible", "$ANSIBLE_VAULT;1.1;AES256\n", decode.Encrypted},
		{"png", "\x89PNG\r\n\x1a\n\x00", decode.Image}, {"jpeg", "\xff\xd8\xff\xe0", decode.Image}, {"gif", "GIF89a\x01", decode.Image},
		{"webp", "RIFF\x00\x00\x00\x00WEBPVP8 ", decode.Image}, {"wave", "RIFF\x00\x00\x00\x00WAVEfmt ", decode.Plain},
		{"heic", "\x00\x00\x00\x18ftypheic", decode.Image}, {"tiff", "II*\x00\x08\x00\x00\x00", decode.Image},
		{"tar", "a.txt" + strings.Repeat("\x00", 252) + "ustar\x0000", decode.Tar},
	}
	for _, tt := range tests {
		if got := decode.Sniff([]byte(tt.head)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	for i := range tests { // no head is read behind its end
		for n := range tests[i].head {
			_ = decode.Sniff([]byte(tests[i].head[:n]))
		}
	}
}

func TestBase64(t *testing.T) {
	line := strings.Repeat("aGVs", 9) + "bG8gd29ybGQsIHRoaXMgaXMgdGV4dC4gMTM4"
	tests := []struct {
		name, text string
		want       bool
	}{
		{"lines", line + "\r\n" + line + "\r\naGU=\r\n", true}, {"one line", line, true}, {"url alphabet", line + "-_", true},
		{"padded", line + "aG==", true}, {"hexadecimal", strings.Repeat("3138", 30) + "ff", false}, {"filler", strings.Repeat("a", 1024), false}, {"a digest in capitals", strings.Repeat("0123456789ABCDEF", 8), false},
		{"too short", line[:60], false}, {"a length that does not fit", line + "a", false}, {"padding that does not fit", line + "a=", false},
		{"three pads", line + "a===", false}, {"text behind the padding", line + "aa==aaaa", false},
		{"digits", strings.Repeat("13800138000\n", 8), false}, {"words", strings.Repeat("word ", 30), false},
		{"json", `{"a":"` + line + `"}`, false}, {"nothing", "", false},
	}
	for _, tt := range tests {
		for _, n := range []int{1, 7, 500} {
			var b decode.Base64
			for at := 0; at < len(tt.text); at += n {
				b.Write([]byte(tt.text[at:min(at+n, len(tt.text))]))
			}
			if got := b.Whole(); got != tt.want {
				t.Errorf("%s in pieces of %d: %v", tt.name, n, got)
			}
		}
	}
}
