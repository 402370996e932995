package evidence

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

const (
	maxMatch = 1 << 10 // bytes of a finding that are shown
	inHead   = "head"
	inBody   = "body"
)

// snip is a finding with the text around it, in clear.
type snip struct {
	found inspect.Finding
	where string
	part  int    // of the heads
	text  []byte // before, match and after
	from  int    // of the match
	to    int
	have  int // bytes of text that are read
}

// wipe overwrites clear text.
func wipe(list []snip) {
	for i := range list {
		clear(list[i].text)
	}
}

// choose takes the findings to keep: of each class the most certain one, and
// then the others as they come.
func choose(in *policy.Sealing, most int) []snip {
	var all []snip
	for i := range in.Heads {
		for _, f := range in.Heads[i].Findings {
			all = append(all, snip{found: f, where: inHead, part: i})
		}
	}
	for _, f := range in.InBody() {
		all = append(all, snip{found: f, where: inBody})
	}
	best := map[inspect.Class]int{}
	for i, s := range all {
		if j, ok := best[s.found.Class]; !ok || s.found.Confidence > all[j].found.Confidence {
			best[s.found.Class] = i
		}
	}
	var first, rest []snip
	for i, s := range all {
		if best[s.found.Class] == i {
			first = append(first, s)
		} else if len(rest) < most {
			rest = append(rest, s)
		}
	}
	all = append(first, rest...)
	return all[:min(most, len(all))]
}

// snips reads the text of the findings to keep. One whose text cannot be read
// is left out.
func (s *Store) snips(ctx context.Context, in *policy.Sealing) []snip {
	list := choose(in, s.o.Samples)
	var coded []*snip
	for i := range list {
		n := &list[i]
		switch {
		case n.where == inHead && n.part < len(in.Texts):
			s.cut(n, n.found.From, n.found.To-n.found.From, int64(len(in.Texts[n.part])))
			n.read(bytes.NewReader(in.Texts[n.part]))
		case n.where == inBody && in.Body != nil && len(n.found.Path) == 0:
			s.cut(n, n.found.From, n.found.To-n.found.From, in.Size)
			n.read(in.Body)
		case n.where == inBody && in.Body != nil:
			s.cut(n, n.found.Offset, int64(n.found.Length), 1<<62)
			coded = append(coded, n)
		}
	}
	if len(coded) > 0 {
		s.decode(ctx, in, coded)
	}
	lost := func(n snip) bool { return n.text == nil || n.have < n.to || n.from == n.to }
	for i := range list {
		if lost(list[i]) {
			clear(list[i].text)
		}
		list[i].text = list[i].text[:min(list[i].have, len(list[i].text))]
	}
	return slices.DeleteFunc(list, lost)
}

// cut makes room for a finding of n bytes at from in a text of size bytes.
func (s *Store) cut(p *snip, from, n, size int64) {
	if from < 0 || n <= 0 || from+n > size {
		return
	}
	n = min(n, maxMatch)
	at := max(0, from-int64(s.o.Context))
	end := min(size, from+n+int64(s.o.Context))
	p.text, p.from, p.to = make([]byte, end-at), int(from-at), int(from-at+n)
	p.found.Offset = from
}

// read fills the text of a snip from what holds all of it.
func (p *snip) read(src io.ReaderAt) {
	if p.text != nil {
		p.have, _ = src.ReadAt(p.text, p.found.Offset-int64(p.from))
	}
}

// decode fills the texts of findings in coded content, which is read again.
func (s *Store) decode(ctx context.Context, in *policy.Sealing, want []*snip) {
	select {
	case s.reading <- struct{}{}:
		defer func() { <-s.reading }()
	case <-ctx.Done():
		return
	}
	at := map[string]int64{} // how much of each part came by
	see := func(path []string, text []byte) bool {
		key := strings.Join(path, "/")
		from := at[key]
		at[key] = from + int64(len(text))
		left := false
		for _, p := range want {
			if slices.Equal(p.found.Path, path) {
				p.see(from, text)
			}
			left = left || p.have < len(p.text)
		}
		return left
	}
	// What was not read is missing from the snips; the error says no more.
	_ = s.o.Read(ctx, in.Meta, in.Body, in.Size, see)
}

// see takes what it needs of a piece of its part that begins at from.
func (p *snip) see(from int64, text []byte) {
	next := p.found.Offset - int64(p.from) + int64(p.have)
	if p.text == nil || next < from || next >= from+int64(len(text)) {
		return
	}
	p.have += copy(p.text[p.have:], text[next-from:])
}
