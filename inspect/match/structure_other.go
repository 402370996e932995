//go:build !amd64

package match

func structure(dst []Marks, p []byte) { structureGo(dst, p) }
