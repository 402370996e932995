package registry

import (
	"encoding/xml"
	"errors"
	"io"
)

// maxDepth bounds how deep elements stand in each other: the decoder keeps
// all that are open.
const maxDepth = 100

// partReader reads the XML of one part as it is unpacked.
type partReader struct {
	d     *xml.Decoder
	in    io.Closer
	depth int
}

// open begins a part. The caller closes it.
func (w *workbook) open(part string) (*partReader, error) {
	f := w.parts[part]
	if f == nil {
		return nil, errors.New("a part is missing")
	}
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	return &partReader{d: xml.NewDecoder(&tokenReader{in: io.LimitReader(in, maxSheetUnzip)}), in: in}, nil
}

// Token is that of xml.Decoder.
func (p *partReader) Token() (xml.Token, error) {
	t, err := p.d.Token()
	switch t.(type) {
	case xml.StartElement:
		if p.depth++; p.depth > maxDepth {
			return nil, errors.New("elements are nested too deep")
		}
	case xml.EndElement:
		p.depth--
	}
	return t, err
}

// Skip reads to the end of the element that was begun.
func (p *partReader) Skip() error {
	for depth := 1; depth > 0; {
		t, err := p.Token()
		if err != nil {
			return err
		}
		switch t.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}
