package synth_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/synth"
)

// TestWellFormed reads documents as their receivers would.
func TestWellFormed(t *testing.T) {
	m := synth.New(31, day)
	for range 3 {
		for _, c := range m.Everything() {
			var err error
			switch {
			case strings.HasSuffix(c.Type, "json"):
				err = readAll(json.NewDecoder(bytes.NewReader(c.Data)).Decode)
			case strings.HasSuffix(c.Type, "xml"):
				d := xml.NewDecoder(bytes.NewReader(c.Data))
				err = readAll(func(any) error { _, err := d.Token(); return err })
			case strings.HasSuffix(c.Type, "urlencoded"):
				_, err = url.ParseQuery(string(c.Data))
			}
			if err != nil {
				t.Errorf("%s is not what its type says: %v", c.Name, err)
			}
		}
	}
}

func readAll(next func(any) error) error {
	for {
		var v any
		if err := next(&v); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
