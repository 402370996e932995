package match

import "golang.org/x/sys/cpu"

var structureFast = cpu.X86.HasAVX2 && cpu.X86.HasPCLMULQDQ

//go:noescape
func structureAVX2(dst *Marks, src *byte, n int)

func structure(dst []Marks, p []byte) {
	if structureFast {
		structureAVX2(&dst[0], &p[0], len(dst))
		return
	}
	structureGo(dst, p)
}
