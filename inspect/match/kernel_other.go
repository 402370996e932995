//go:build !amd64

package match

const best = inGo

func (s *Stream) fill(m *maps, at int, src []byte, n int) { classifyGo(m, at, src, n) }
func (s *Stream) combine(m *maps, n int)                  { combineGo(m, n) }
func (f *filter) table(b *bitmap, t *table)               { t.filter(b, &f.m.keyed, f.src, f.n) }
func (f *filter) sieve(b *bitmap, s *sieve)               { s.keep(b, f.src, f.n) }
