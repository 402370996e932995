package sniff

import (
	"maps"
	"slices"
	"strings"
)

// HeadText writes a request head as the text that is scanned: the request
// line with its whole target, then one line for each value of each header in
// the order of their names, so that equal heads give equal text. The caller
// has removed the headers that do not travel on.
func HeadText(method, target string, h map[string][]string) []byte {
	var b strings.Builder
	b.WriteString(method)
	b.WriteByte(' ')
	b.WriteString(target)
	b.WriteByte('\n')
	writeFields(&b, h)
	return []byte(b.String())
}

// TrailerText writes trailers as the text that is scanned; none gives nil. An
// announced trailer that never came is there by its name, which travels.
func TrailerText(h map[string][]string) []byte {
	if len(h) == 0 {
		return nil
	}
	var b strings.Builder
	writeFields(&b, h)
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if len(h[name]) == 0 {
			b.WriteString(name)
			b.WriteByte('\n')
		}
	}
	return []byte(b.String())
}

func writeFields(b *strings.Builder, h map[string][]string) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if name == "Content-Length" { // made anew by whoever sends
			continue
		}
		for _, v := range h[name] {
			b.WriteString(name)
			b.WriteString(": ")
			b.WriteString(v)
			b.WriteByte('\n')
		}
	}
}
