package engine_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/inspecttest"
)

// TestVectors holds the engine to every published value in every carriage.
// Run it with -v to see the classes.
func TestVectors(t *testing.T) {
	e := open(t)
	inspecttest.RunVectors(t, func(m inspect.Meta, data []byte) inspect.Report { return scan(t, e, m, data, 0) })
}
