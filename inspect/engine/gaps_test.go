package engine

import (
	"testing"

	"github.com/datacustoms/customs/inspect"
)

// TestGapsDoNotGrow holds a scan to one entry for a reason, however many
// parts could not be read; a gap over the whole part covers the others.
func TestGapsDoNotGrow(t *testing.T) {
	s := &Scan{seen: 5000, scanned: 10}
	for range 1000 {
		s.gap(inspect.GapEncrypted, 2)
		s.gap(inspect.GapUnknownFormat, 1)
	}
	if len(s.gaps) != 2 || s.gaps[0].bytes != 2000 || s.gaps[1].bytes != 1000 {
		t.Errorf("gaps %+v", s.gaps)
	}
	s.gap(inspect.GapUnknownFormat, -1)
	if len(s.gaps) != 2 || s.gaps[1].bytes != -1 {
		t.Errorf("gaps %+v", s.gaps)
	}
}
