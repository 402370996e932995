package meter

// Codes, Classes, Gaps and Events show the closed sets to the tests.
func Codes() []string   { return texts(codes) }
func Classes() []string { return texts(classes) }
func Gaps() []string    { return texts(gaps) }
func Events() []string  { return texts(events) }

func texts[T ~string](set []T) []string {
	out := make([]string, len(set))
	for i, v := range set {
		out[i] = string(v)
	}
	return out
}
