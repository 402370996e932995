//go:build !amd64

package match

const hasAssembly = false

func (s *Stream) fill(m *maps, at int, src []byte, n int) { classifyGo(m, at, src, n) }
func (s *Stream) combine(m *maps, n int)                  { combineGo(m, n) }
func (s *sieve) keepFast(b *bitmap, src []byte, n int)    { s.keep(b, src, n) }

func (t *table) filterFast(b, keyed *bitmap, src []byte, n int) { t.filter(b, keyed, src, n) }
