package match

import "reflect"

// HasAssembly says whether a Stream uses assembly here.
var HasAssembly = hasAssembly

// Plain makes the Stream use no assembly.
func (s *Stream) Plain() { s.plain = true }

// Differ names the bitmaps in which assembly and Go differ about the text,
// read as one batch.
func Differ(w *Words, text []byte) (names []string) {
	n := min(len(text)/groupLen-2, batch)
	if n < 1 {
		return nil
	}
	var maps [2]maps
	for k := range maps {
		m := &maps[k]
		s := NewStream(w, 0)
		s.plain = s.plain || k == 1
		s.pos = groupLen
		r := reader{win: text, end: int64(len(text))}
		s.classify(m, &r, n-1)
		s.combine(m, n-1)
		w.probe(m, n-1, text[groupLen:], s.plain)
	}
	a, b := reflect.ValueOf(maps[0]), reflect.ValueOf(maps[1])
	for f := range a.NumField() {
		for i := 1; i < n; i++ {
			if a.Field(f).Index(i).Uint() != b.Field(f).Index(i).Uint() {
				names = append(names, a.Type().Field(f).Name)
				break
			}
		}
	}
	return names
}
