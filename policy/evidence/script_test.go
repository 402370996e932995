package evidence_test

import (
	"context"
	"strings"
	"testing"
	"unicode"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy/evidence"
)

// Every script of persons' names, and everything rare, is masked to the few
// signs that mask has: nothing tells one letter, digit or sign from another.
func TestEveryScriptIsMasked(t *testing.T) {
	w := newWorld(t, 2)
	for name, text := range map[string]string{
		"Latin":               "Zhāng Wěi, Müller-Lüdenscheidt O’Brien",
		"Tibetan":             "བསྟན་འཛིན་རྒྱ་མཚོ་ ༠༡༢༣",
		"Uyghur":              "ئەخمەت تۇرسۇن ١٢٣",
		"Mongolian and Yi":    "ᠮᠣᠩᠭᠣᠯ ꆈꌠꁱꂷ",
		"rare Han":            "𠮷野𪚥䶮〇〡〢々",
		"emoji and joiners":   "👨\u200d👩\u200d👧🇨🇳\u202eabc",
		"digits of all kinds": "１３９１２３４５６７８ ⅫⅣ ¼ 一二三 ၁၂ ①②",
		"mail":                "zhang.wei+tag@例子.中国",
		"no UTF-8":            "\xd5\xc5\xc8\xfd\xff\x00\x01\x7f\x80",
		"signs":               "~`!@#$%^&*()_-+=\\/<>?'\u00a0\u3000\u2028\r\v\f",
	} {
		s := w.sealing(text)
		s.Found = []inspect.Finding{{Class: inspect.Name, From: 0, To: int64(len(text)), Length: len(text)}}
		if ref := w.store.Keep(context.Background(), s); ref == nil || ref.Fault != "" {
			t.Fatalf("%s: %+v", name, ref)
		}
		f, _, _, err := evidence.Read(w.disk, evidence.Dir("data"), s.Flow)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := f.Masked[0].Match
		if rest := strings.Trim(got, " ,:;|\"{}[]\t\na#汉."); rest != "" {
			t.Errorf("%s: %q is left", name, rest)
		}
		for _, r := range text {
			if r != 'a' && r != '#' && r != '汉' && (unicode.IsLetter(r) || unicode.IsNumber(r) || r > unicode.MaxASCII) && strings.ContainsRune(got, r) {
				t.Errorf("%s: %q stands in it", name, r)
			}
		}
	}
}
