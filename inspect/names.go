package inspect

import (
	"fmt"
	"strings"
)

// nameOf returns names[i], or "invalid" for a value outside the closed set.
func nameOf(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return "invalid"
	}
	return names[i]
}

// indexOf is the inverse of nameOf. The error lists what is allowed and never
// repeats the input, which may come from a stream.
func indexOf(what string, names []string, s string) (int, error) {
	for i, n := range names {
		if n == s {
			return i, nil
		}
	}
	return 0, fmt.Errorf("inspect: %s must be one of %s", what, strings.Join(names, ", "))
}
