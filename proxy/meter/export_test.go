package meter

// Codes, Classes, Gaps, Events and AlertKinds show the closed sets to the tests.
func Codes() []string   { return texts(codes) }
func Classes() []string { return texts(classes) }
func Gaps() []string    { return texts(gaps) }
func Events() []string  { return texts(events) }

func AlertKinds() []string { return alertKinds }

func texts[T ~string](set []T) []string {
	out := make([]string, len(set))
	for i, v := range set {
		out[i] = string(v)
	}
	return out
}
