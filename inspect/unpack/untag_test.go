package unpack_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// untagged pushes s in pieces of n bytes, as from an offset of 1000.
func untagged(t interface{ Errorf(string, ...any) }, s string, n int) (string, []decode.Span) {
	const base = 1000
	var u unpack.Untag
	var text []byte
	var spans []decode.Span
	for at := 0; at < len(s); at += n {
		held, ok := u.Held()
		was := len(spans)
		text, spans = u.Append(text, spans, []byte(s[at:min(at+n, len(s))]), base+int64(at))
		for i, x := range spans[was:] {
			if ok && text[was+i] != '\n' && x.From < held {
				t.Errorf("gives %d, held %d", x.From, held)
			}
		}
	}
	text, spans = u.Flush(text, spans)
	if len(text) != len(spans) {
		t.Errorf("%d bytes, %d spans", len(text), len(spans))
		return "", nil
	}
	last := int64(base)
	for i, x := range spans {
		if x.From < last || x.To != x.From+1 || x.To > base+int64(len(s)) {
			t.Errorf("span %v of %d bytes", x, len(s))
			break
		}
		if b := s[x.From-base]; b != text[i] && text[i] != '\n' {
			t.Errorf("byte %q stands as %q", text[i], b)
		}
		last = x.From
	}
	return string(text), spans
}

func TestUntag(t *testing.T) {
	fill := strings.Repeat("word and ", 500)
	tests := []struct {
		name, text, want string
	}{
		{"plain text", "a 110105194912310021 < b > c", ""},
		{"joint", `id <b>110105</b>19491231<span x="1">002X</span>.`, "id 11010519491231002X.\n"},
		{"block with no joint", "<p>a <b>1</b> b</p><p>1<i>2</i></p><p>c</p>", "12\n"},
		{"block tags", "<td>1</td><td>2</td>3<BR/>4<w:p>5</w:p>6", ""},
		{"context", "<p>身份证 <i>号</i>: 1<!-- > -->2 end</p>", "身份证 号: 12 end\n"},
		{"comments", "1<!-->2<!--->3<!-- - -- ->-->4<!-- --!>5", "12345\n"},
		{"instruction", "1<?x y?>2<?o />3", "123\n"},
		{"CDATA", "1<![CDATA[2<b>3</b>]4]]5]]]>6<x>]]>7", "123]4]]5]6]]>7\n"},
		{"conditional", "1<![if !x]>2<![endif]>3", "123\n"},
		{"quoted >", `1<a b="x>y" c = '>"' d=e'>2`, "12\n"},
		{"apostrophe alone", "1<b don't>2", "12\n"},
		{"script within a word", "1<script a='>'>5<b>6</b> </scrip </SCRIPT >2", "12\n"},
		{"style of its own", "<style>1<b>2</b></style>", ""},
		{"script that is empty", "1<script/>2", "12\n"},
		{"prefixed style", "1<x:style>2</x:style>3", "123\n"},
		{"references", "1<b>&#49;</b>2 &nbsp;", "1&#49;2 &nbsp;\n"},
		{"Word", "<w:r><w:t>110</w:t></w:r><w:r><w:rPr/><w:t>105</w:t></w:r>", "110105\n"},
		{"SVG", "<text><tspan x='1'>1</tspan><tspan>2</tspan></text>", "12\n"},
		{"no tag", "1<2, x<3 <b>4</b>5<", "1<2, x<3 45<\n"},
		{"white space between", "1<b>\n</b>2", ""},
		{"element of another script", "1<姓名>2</姓名>", "12\n"},
		{"tag too long", "1<b " + strings.Repeat("x", 5000) + ">2", ""},
		{"tag not ended", "1<b>2<b", "12\n"},
		{"long after", "1<b>2 " + fill[:4500], "12 " + fill[:2040] + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1, 2, 3, 7, 1 << 20} {
				got, _ := untagged(t, tt.text, n)
				if tt.name == "long after" {
					if !strings.HasPrefix(got, "12 word") || !strings.HasPrefix(tt.want, got[:1500]) {
						t.Fatalf("in pieces of %d: %q", n, got)
					}
					continue
				}
				if got != tt.want {
					t.Errorf("in pieces of %d: %q, want %q", n, got, tt.want)
				}
			}
		})
	}
}

// TestUntagLong finds a number and the words before it wherever the text that
// is held happens to be cut.
func TestUntagLong(t *testing.T) {
	for _, word := range []string{"x y ", "号码", "x"} {
		for before := 0; before < 5000; before += 13 {
			fill := strings.Repeat(word, before/len(word)+1)
			s := "<p>1<i>2</i> " + fill + " ID card no. 11<b>0105</b> 1949<i>12</i>31 002X " + fill + "</p>"
			if got, _ := untagged(t, s, 1000); !strings.Contains(got, " ID card no. 110105 19491231 002X") {
				t.Fatalf("lost after %d bytes of %q", before, word)
			}
		}
	}
}

func TestUntagPieces(t *testing.T) {
	token := rapid.SampledFrom([]string{"1", "23", "x", "号", " ", "\n", "<b>", "</b>", "<p>", "<!--", "-->", "-", "!", ">", "<", "<?x", "?>",
		"<![CDATA[", "]", "]]>", "<script>", "</script>", "<style a='", "'", `"`, "=", "/", ":", "&#49;", "<w:r a=\"x>\">",
		strings.Repeat("word ", 300), strings.Repeat("7", 1500), strings.Repeat("码", 400), "<b " + strings.Repeat("y", 2000)})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(token, 0, 60).Draw(t, "tokens"), "")
		n := rapid.SampledFrom([]int{1, 2, 5, 100, 1023, 4096}).Draw(t, "n")
		sameUntagged(t, s, n)
	})
}

func sameUntagged(t interface{ Errorf(string, ...any) }, s string, n int) {
	want, at := untagged(t, s, len(s)+1)
	got, gotAt := untagged(t, s, n)
	if got != want {
		t.Errorf("in pieces of %d: %q, want %q", n, got, want)
		return
	}
	for i := range at {
		if at[i] != gotAt[i] {
			t.Errorf("in pieces of %d: byte %d from %v, want %v", n, i, gotAt[i], at[i])
			return
		}
	}
}

func FuzzUntag(f *testing.F) {
	f.Add([]byte(`<p>id <b>110105</b>19491231<span x="1">002X</span><!--x-->`), uint16(3))
	f.Add([]byte("1<![CDATA[2]]>3<script>4</script>5<?x?>6"), uint16(1))
	f.Fuzz(func(t *testing.T, b []byte, n uint16) { sameUntagged(t, string(b), int(n)+1) })
}

func BenchmarkUntag(b *testing.B) {
	page := `<tr class="row"><td id="c1"><a href="/users/view?id=3817&amp;tab=2">Some name of a person</a></td><td>a few words, <b>then</b> some</td></tr>` + "\n"
	for name, s := range map[string]string{
		"table":  page,
		"prose":  "<p>" + strings.Repeat("Some words of a long text with <em>one</em> tag here and there. ", 12) + "</p>\n",
		"plain":  strings.Repeat("no tag in here ", 100),
		"joints": "<p>11<b>0105</b>1949<i>12</i>31</p>\n",
	} {
		p := bytes.Repeat([]byte(s), 1<<20/len(s))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			var u unpack.Untag
			var text []byte
			var spans []decode.Span
			for b.Loop() {
				for at := 0; at < len(p); at += 16 << 10 {
					text, spans = u.Append(text[:0], spans[:0], p[at:min(at+16<<10, len(p))], int64(at))
				}
				text, spans = u.Flush(text[:0], spans[:0])
			}
		})
	}
}
