package evidence_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/evidence"
)

func TestWhatIsMasked(t *testing.T) {
	w := newWorld(t, 2)
	_, f, _, _ := w.kept()
	m := f.Masked[0]
	want := `{"aaaa":"汉汉","aaaaaa":"»###########«","aaaa":"a"}`
	if got := m.Before + "»" + m.Match + "«" + m.After; got != want {
		t.Errorf("masked %s, want %s", got, want)
	}
}

// Nothing of a text but the punctuation of JSON and CSV is in clear, whatever
// the text, and nothing of it is anywhere on the disk.
func TestNothingInClear(t *testing.T) {
	w := newWorld(t, 2)
	w.o.Total = 1 << 30
	w.open()
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.StringMatching(`[0-9A-Za-z一-龥@. _-]{12,80}`).Draw(t, "text"))
		if rapid.Bool().Draw(t, "binary") {
			text = rapid.SliceOfN(rapid.Byte(), 12, 80).Draw(t, "bytes")
		}
		from := rapid.IntRange(0, len(text)-1).Draw(t, "from")
		to := rapid.IntRange(from+1, len(text)).Draw(t, "to")
		s := w.sealing(string(text))
		s.Found = []inspect.Finding{{Class: inspect.Mobile, From: int64(from), To: int64(to), Offset: int64(from), Length: to - from}}
		ref := w.store.Keep(context.Background(), s)
		if ref == nil || ref.Fault != "" {
			t.Fatalf("nothing was kept: %+v", ref)
		}
		f, _, digest, err := evidence.Read(w.disk, evidence.Dir("data"), s.Flow)
		if err != nil {
			t.Fatal(err)
		}
		m := f.Masked[0]
		for _, r := range m.Before + m.Match + m.After {
			if !strings.ContainsRune("{}[]:,;\"|\t\n a#汉.", r) {
				t.Fatalf("%q is in the masked text", r)
			}
		}
		_, blob := w.file(s.Flow)
		if len(strings.Trim(string(text), "{}[]:,;\"|\t\n a#.")) > 8 && bytes.Contains(blob, text) {
			t.Fatal("the text stands in the file")
		}
		samples, err := w.openedBy(f, digest, 1, 0)
		if err != nil || !bytes.Equal(samples[0].Match, text[from:to]) {
			t.Fatalf("opened %d samples: %v", len(samples), err)
		}
	})
}

func TestWhereFindingsStand(t *testing.T) {
	w := newWorld(t, 2)
	coded := hex.EncodeToString([]byte(plainBody))
	head := []byte("GET /?q=" + secret + "\r\n")
	tests := []struct {
		name    string
		change  func(*policy.Sealing)
		samples int
		fault   policy.EvidenceFault
	}{
		{"plain body", func(*policy.Sealing) {}, 1, ""},
		{"coded body", func(s *policy.Sealing) {
			s.Body, s.Size, s.Found = strings.NewReader(coded), int64(len(coded)), []inspect.Finding{found(plainBody, "hex")}
		}, 1, ""},
		{"another part of a coded body", func(s *policy.Sealing) {
			s.Body, s.Size, s.Found = strings.NewReader(coded), int64(len(coded)), []inspect.Finding{found(plainBody, "zip#1")}
		}, 0, policy.EvidenceUnread},
		{"head and body", func(s *policy.Sealing) {
			r := inspect.Report{Findings: []inspect.Finding{found(string(head))}}
			s.Heads, s.Texts = []inspect.Report{{}, r}, [][]byte{[]byte("host"), head}
			s.Found = append(r.Findings[:1:1], s.Found...)
		}, 2, ""},
		{"beyond what came", func(s *policy.Sealing) { s.Size = 5 }, 0, policy.EvidenceUnread},
		{"a body that cannot be read again", func(s *policy.Sealing) { s.Body = broken{} }, 0, policy.EvidenceUnread},
		{"no body", func(s *policy.Sealing) { s.Body = nil }, 0, policy.EvidenceUnread},
		{"a strange id", func(s *policy.Sealing) { s.Flow = "../x" }, 0, policy.EvidenceFailed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := w.sealing(plainBody)
			tt.change(&s)
			ref := w.store.Keep(context.Background(), s)
			if ref == nil || ref.Samples != tt.samples || ref.Fault != tt.fault {
				t.Fatalf("kept %+v", ref)
			}
			if tt.samples == 0 {
				return
			}
			f, _, digest, err := evidence.Read(w.disk, evidence.Dir("data"), s.Flow)
			if err != nil {
				t.Fatal(err)
			}
			list, err := w.openedBy(f, digest, 0, 1)
			for _, s := range list {
				if string(s.Match) != secret {
					t.Errorf("sample %q", s.Match)
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errors.New("made by the test") }

var _ io.ReaderAt = broken{}

// Of each class the most certain finding comes first, within the number and the
// size that a file may have.
func TestWhichFindingsAreKept(t *testing.T) {
	w := newWorld(t, 2)
	s := w.sealing(strings.Repeat(plainBody, 100))
	s.Found = nil
	for i := range 50 {
		f := found(plainBody)
		f.From, f.To = f.From+int64(i*len(plainBody)), f.To+int64(i*len(plainBody))
		f.Confidence = inspect.Medium
		if i == 40 {
			f.Class = inspect.ResidentID
		}
		if i == 30 {
			f.Confidence = inspect.High
		}
		s.Found = append(s.Found, f)
	}
	ref := w.store.Keep(context.Background(), s)
	f, _, _, err := evidence.Read(w.disk, evidence.Dir("data"), s.Flow)
	if err != nil || ref.Samples != 8 || f.Omitted != 42 {
		t.Fatalf("%+v: %v", ref, err)
	}
	if f.Masked[0].Confidence != "high" || f.Masked[1].Class != inspect.ResidentID {
		t.Errorf("first %+v, then %+v", f.Masked[0], f.Masked[1])
	}
	w.o.Record = int64(len(w.disk.Bytes(w.disk.Files()[0]))) - 1
	w.open()
	s.Flow = "smaller"
	if ref := w.store.Keep(context.Background(), s); ref.Samples < 1 || ref.Samples > 7 {
		t.Errorf("in less room %+v", ref)
	}
}

func TestOtherVerdictsKeepNothing(t *testing.T) {
	w := newWorld(t, 2)
	w.o.For = []policy.Action{policy.Hold}
	w.open()
	if _, ref := w.keep(); ref != nil {
		t.Errorf("kept of a block: %+v", ref)
	}
	s := w.sealing(plainBody)
	s.Action = policy.Hold
	if ref := w.store.Keep(context.Background(), s); ref == nil || ref.Samples != 1 {
		t.Errorf("kept of a hold: %+v", ref)
	}
	s.Found = nil
	if ref := w.store.Keep(context.Background(), s); ref != nil {
		t.Errorf("kept of nothing: %+v", ref)
	}
}

// BenchmarkKeep is what evidence adds to the answer of a refused flow, without
// the disk.
func BenchmarkKeep(b *testing.B) {
	w := newWorld(b, 2)
	w.o.Total = 1 << 40
	w.open()
	size := 0
	for b.Loop() {
		flow, ref := w.keep()
		if ref.Fault != "" {
			b.Fatal(ref.Fault)
		}
		if size == 0 {
			_, blob := w.file(flow)
			size = len(blob)
		}
	}
	b.ReportMetric(float64(size), "B/file")
}
