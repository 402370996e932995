package rules

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Scope says how much of a part a rule must see for one finding.
type Scope struct {
	Aggregate bool // the whole part: it settles only at the end
	Local     int  // so many bytes around the finding
}

// DefaultLocal is the scope of a rule that states none.
const DefaultLocal = 256

const maxLocal = 4096

// UnmarshalText reads "local(n)" or "aggregate"; nothing means the default.
func (s *Scope) UnmarshalText(b []byte) error {
	switch text := string(b); {
	case text == "":
		*s = Scope{Local: DefaultLocal}
		return nil
	case text == "aggregate":
		*s = Scope{Aggregate: true}
		return nil
	default:
		inner, ok := strings.CutPrefix(text, "local(")
		digits, closed := strings.CutSuffix(inner, ")")
		n, err := strconv.ParseUint(digits, 10, 16)
		if !ok || !closed || err != nil || n == 0 || n > maxLocal {
			return errors.New("scope must be aggregate, or local(n) with n from 1 to 4096 bytes")
		}
		*s = Scope{Local: int(n)}
		return nil
	}
}

func (s Scope) String() string {
	if s.Aggregate {
		return "aggregate"
	}
	return fmt.Sprintf("local(%d)", s.Local)
}

// MarshalText gives what UnmarshalText reads.
func (s Scope) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
