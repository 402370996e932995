package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/inspect/synth"
)

// form is what a layer takes or gives.
type form uint8

const (
	words  form = 1 << iota // a text with Chinese in it
	ascii                   // a text of letters and digits
	octets                  // anything else
)

// layer is one way in which data is carried: a coding, a charset, a container.
type layer struct {
	name  string
	takes form
	gives form
	path  string // the element of the path that it makes, alternatives with a bar; "" for none
	wrap  func(b []byte) []byte
	heavy func(b []byte) []byte // instead of wrap, around the sample itself
	code  string                // its name in Content-Encoding
	must  bool                  // nothing but that tells it
	said  string                // the Content-Type that a sender declares
}

// specimen is one identifier in a text as people send it.
type specimen struct {
	name  string
	class inspect.Class
	text  string
}

func specimens() []specimen {
	m := synth.New(41, day)
	p := m.Adult()
	in := func(line string) string {
		return "登记资料如下，请核对后保存。\n" + line + "\n以上内容由系统生成。\n"
	}
	return []specimen{
		{"resident ID", inspect.ResidentID, in("身份证号：" + p.ResidentID)},
		{"mobile", inspect.Mobile, in("联系电话 " + p.Mobile)},
		{"bank card", inspect.BankCard, in("银行卡号 " + p.BankCard)},
		{"passport", inspect.Passport, in("护照号：E12345678")},
		{"HKID", inspect.HKID, in("香港身份证 A123456(3)")},
		{"e-mail", inspect.Email, in("邮箱 " + p.Email)},
		{"name", inspect.Name, in("姓名：李小测，部门：销售")},
		{"company", inspect.USCC, in("统一社会信用代码 " + m.USCC())},
		{"secrecy mark", inspect.MarkSecret, in("机密★20年")},
	}
}

// layers are all of them.
func layers(t testing.TB) []layer {
	return slices.Concat(codings(t), textCodings(), charsets(t), archives(t), mails(), documents(t), files(t))
}

// cell is a sample in one layer or two.
type cell struct {
	name string
	path []string
	meta inspect.Meta
	data []byte
}

// fits says whether one layer may stand around another.
func fits(outer, inner *layer) bool {
	switch {
	case outer.takes&inner.gives == 0:
		return false
	case inner.must:
		return outer.code != ""
	case outer.name == inner.name:
		return outer.path != ""
	}
	return true
}

// carry puts a sample into the layers, the outermost last.
func carry(s specimen, around ...*layer) cell {
	c := cell{data: []byte(s.text), name: s.name}
	var codes []string
	declare := false
	for i, l := range around {
		wrap := l.wrap
		if i == 0 && l.heavy != nil {
			wrap = l.heavy
		}
		c.data = wrap(c.data)
		c.name = l.name + " < " + c.name
		if l.path != "" {
			c.path = append([]string{l.path}, c.path...)
		}
		if l.code == "" {
			codes, c.meta.ContentType = nil, l.said
			continue
		}
		codes, declare = append(codes, l.code), declare || l.must
	}
	if declare {
		c.meta.ContentEncoding = strings.Join(codes, ", ")
	}
	return c
}

// stands reports whether a path has the elements in their order.
func stands(path, want []string) bool {
	for _, elem := range path {
		if len(want) == 0 {
			return true
		}
		for _, w := range strings.Split(want[0], "|") {
			if elem == w || strings.HasPrefix(elem, w) && (strings.Contains(elem, "#") && !strings.Contains(w, "#") || elem == w+"url") {
				want = want[1:]
				break
			}
		}
	}
	return len(want) == 0
}

// plainIn reports whether a path ends before all of the elements have come,
// those it has being theirs: the value stands plain in an outer layer, too.
func plainIn(path, want []string) bool {
	for n := range want {
		if stands(path, want[:n]) && !stands(path, want[:n+1]) && len(path) <= n {
			return true
		}
	}
	return false
}

// fate is what became of a cell.
type fate uint8

const (
	seen   fate = iota
	astray      // found, and not where it is
	told        // not found, and the report says that something was not read
	silent      // not found, and the report says that all was read
)

func (f fate) String() string {
	return [...]string{"found", "found on the path", "not found, and told", "SILENTLY MISSED"}[f]
}

// fateOf scans a cell, and says where else its value was found.
func fateOf(t testing.TB, e *engine.Engine, s specimen, who inspect.Subject, c cell) (out fate, where string) {
	t.Helper()
	r := scan(t, e, c.meta, c.data, 0)
	out = silent
	if r.Coverage.State != inspect.Full {
		out = told
	}
	for _, f := range r.Findings {
		// A name in Big5 is of other characters than in GB 2312.
		if f.Class != s.class || f.Subject != who && s.class != inspect.Name || f.Confidence < inspect.Medium {
			continue
		}
		if stands(f.Path, c.path) || plainIn(f.Path, c.path) {
			return seen, ""
		}
		out, where = astray, " "+formats(f.Path)
	}
	return out, where
}

// known are two layers, the outer and the inner, that are read less well, as a
// rule never so that it looks clean. A tar is known by bytes so far from its start
// that in a column of values it is read as the text it is. Mails and forms in
// one another are gone through together, and those with one boundary are in truth
// one. Protocol Buffers that nobody declares are known by fields that look like
// some; what begins otherwise is read as it lies.
func known(outer, inner string, v fate) bool {
	mime := func(name string) bool { return strings.HasPrefix(name, "mail") || strings.HasPrefix(name, "multipart") }
	switch {
	case outer == "multipart, quoted-printable" && inner == "multipart, base64":
		return true
	case outer == "gRPC" && inner == "Big5": // figures are read before the charset is known
		return v != silent
	case outer == "protobuf":
		return v != silent || inner == "mail, quoted-printable" // a name in it
	case mime(outer) && mime(inner), strings.HasPrefix(inner, "tar") && (strings.HasPrefix(outer, "Parquet") || outer == "SQLite, blob"):
		return v != silent
	}
	return false
}

// TestMatrix puts each specimen into each layer and each two layers that go
// together. Run it with -reps 10 for all cells, else each specimen is in every
// fourth two, and all of them together in all.
func TestMatrix(t *testing.T) {
	e := open(t)
	all := layers(t)
	size, ran := 0, 0
	fates := map[fate]int{}
	misses := map[string][]string{}
	for n, s := range specimens() {
		who := subjectOf(t, e, s)
		try := func(around ...*layer) {
			if size++; *reps < 10 && size%4 != n%4 && len(around) > 1 {
				return
			}
			ran++
			c := carry(s, around...)
			v, where := fateOf(t, e, s, who, c)
			fates[v]++
			outer, inner := around[len(around)-1].name, around[0].name
			if v == seen || known(outer, inner, v) {
				return
			}
			way := fmt.Sprintf("%v%s: %s", v, where, strings.TrimSuffix(c.name, " < "+s.name))
			misses[way] = append(misses[way], s.name)
		}
		for i := range all {
			if all[i].takes&words == 0 {
				continue
			}
			try(&all[i])
			for o := range all {
				if fits(&all[o], &all[i]) {
					try(&all[i], &all[o])
				}
			}
		}
	}
	for _, way := range slices.Sorted(maps.Keys(misses)) {
		t.Errorf("%s: %s", way, strings.Join(misses[way], ", "))
	}
	t.Logf("%d layers, %d cells, %d of them run: %v", len(all), size, ran, fates)
	if size < 2000 {
		t.Errorf("the matrix has %d cells", size)
	}
}

// subjectOf is whom a specimen names in plain text.
func subjectOf(t *testing.T, e *engine.Engine, s specimen) (who inspect.Subject) {
	t.Helper()
	plain := 0
	for _, f := range scan(t, e, inspect.Meta{}, []byte(s.text), 0).Findings {
		if f.Class == s.class && f.Confidence >= inspect.Medium {
			who = f.Subject
			plain++
		}
	}
	if plain != 1 {
		t.Errorf("%s is found %d times in plain text", s.name, plain)
	}
	return who
}
