package match

import "reflect"

// Levels is how many sets of instructions a Stream can use here, the first of
// them without assembly.
var Levels = int(best) + 1

// Use makes the Stream use one of them.
func (s *Stream) Use(n int) { s.level = level(n) }

// Differ names the bitmaps in which assembly and Go differ about the text,
// read as one batch.
func Differ(w *Words, text []byte) (names []string) {
	n := min(len(text)/groupLen-2, batch) - 1
	if n < 1 {
		return nil
	}
	plain := read(w, text, n, inGo)
	for k := range Levels {
		a, b := reflect.ValueOf(plain), reflect.ValueOf(read(w, text, n, level(k)))
		for f := range a.NumField() {
			for i := 1; i <= n; i++ {
				if a.Field(f).Index(i).Uint() != b.Field(f).Index(i).Uint() {
					names = append(names, a.Type().Field(f).Name)
					break
				}
			}
		}
	}
	return names
}

// read returns the maps of n groups of a text, behind the first.
func read(w *Words, text []byte, n int, l level) (m maps) {
	s := NewStream(w, 0)
	s.level, s.pos = l, groupLen
	r := reader{win: text, end: int64(len(text))}
	s.classify(&m, &r, n)
	s.combine(&m, n)
	f := filter{m: &m, src: text[groupLen:], n: n, level: l}
	f.sieve(&m.odds, &oddSieve)
	f.scripts()
	w.probe(&f)
	return m
}
