package unpack

import (
	"bufio"
	"bytes"
	"compress/flate"
	"io"
	"strconv"

	"github.com/datacustoms/customs/inspect"
)

// pdfPicture are the filters that end in pixels.
var pdfPicture = map[pdfName]bool{
	"DCTDecode": true, "DCT": true, "JPXDecode": true,
	"CCITTFaxDecode": true, "CCF": true, "JBIG2Decode": true,
}

// pdfChain is how many filters a stream may have.
const pdfChain = 8

// filters gives the filters of a stream with their parameters, outermost
// first. What is no name is a filter called "?".
func (d *pdfDoc) filters(dict pdfDict) (names []pdfName, parms []pdfDict) {
	filter, short := dict["Filter"]
	if !short {
		filter = dict["F"]
	}
	parm, ok := dict["DecodeParms"]
	if !ok {
		parm = dict["DP"]
	}
	list, ok := d.resolve(filter).([]any)
	if !ok {
		list = []any{filter}
	}
	given, ok := d.resolve(parm).([]any)
	if !ok {
		given = []any{parm}
	}
	for i, v := range list {
		v = d.resolve(v)
		n, ok := v.(pdfName)
		switch {
		case v == nil:
			continue
		case !ok && dict["Filter"] == nil: // F is a file elsewhere
			return nil, nil
		case !ok || len(names) >= pdfChain:
			n = "?"
		}
		var p pdfDict
		if i < len(given) {
			p = d.dictOf(given[i])
		}
		if names, parms = append(names, n), append(parms, p); n == "?" {
			break
		}
	}
	return names, parms
}

// reader decodes a stream as far as its filters are known; picture is the
// filter where it ends in pixels, "?" where a filter is not known.
func (d *pdfDoc) reader(s *pdfSource) (_ io.Reader, picture pdfName) {
	var r io.Reader = bytes.NewReader(s.raw)
	if d.crypt != nil {
		r = d.crypt.stream(r, d, s)
	}
	return d.chained(r, s)
}

// chained puts the filters of a stream behind r.
func (d *pdfDoc) chained(r io.Reader, s *pdfSource) (_ io.Reader, picture pdfName) {
	names, parms := d.filters(s.dict)
	for i, n := range names {
		if pdfPicture[n] {
			if i < len(names)-1 {
				n = "?"
			}
			return r, n
		}
		if r = d.stage(r, n, parms[i], s, i); r == nil {
			return nil, "?"
		}
	}
	return &pdfPump{r: r, d: d, in: int64(len(s.raw))}, ""
}

// stage decodes one filter; nil for one that is not known.
func (d *pdfDoc) stage(r io.Reader, n pdfName, p pdfDict, s *pdfSource, i int) io.Reader {
	b := bufio.NewReader(r)
	g := &pdfStage{src: b, d: d, key: s.at*pdfChain + i, stream: streamKey(s)}
	switch n {
	case "FlateDecode", "Fl":
		if g.check = zlibHead(b); g.check == 0 && len(s.raw) > 0 {
			d.miss(streamKey(s), inspect.GapBroken, int64(len(s.raw)))
		}
		g.r = flate.NewReader(b)
		return d.predict(g, p, s)
	case "LZWDecode", "LZW":
		early, ok := d.number(p["EarlyChange"])
		g.r = newPDFLZW(b, !ok || early != 0)
		return d.predict(g, p, s)
	case "ASCIIHexDecode", "AHx":
		g.r = &pdfHexReader{r: b, junk: &g.junk}
	case "ASCII85Decode", "A85":
		g.r = &pdf85Reader{r: b, junk: &g.junk}
	case "RunLengthDecode", "RL":
		g.r = &pdfRunReader{r: b}
	case "Crypt":
		return r
	default:
		return nil
	}
	return g
}

// decoded reads a whole stream, up to an eighth of the memory.
func (d *pdfDoc) decoded(s *pdfSource) []byte {
	r, picture := d.reader(s)
	if picture != "" {
		d.miss(streamKey(s), inspect.GapUnknownFormat, int64(len(s.raw)))
		return nil
	}
	return d.drain(r, s)
}

// drain reads all that r has of a stream.
func (d *pdfDoc) drain(r io.Reader, s *pdfSource) []byte {
	most := d.l.Memory / 8
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if int64(len(b)) > most {
		b = b[:most]
		d.miss(streamKey(s), inspect.GapLimitBytes, int64(len(s.raw)))
	}
	if err != nil {
		d.miss(streamKey(s), inspect.GapBroken, int64(len(s.raw)))
	}
	return b
}

// streamKey names a stream for miss.
func streamKey(s *pdfSource) string { return "stream " + strconv.Itoa(s.at) }

// zlibHead passes over the head of zlib data and answers how long the checksum
// is behind it. Its value is not asked for. Raw deflate has neither.
func zlibHead(b *bufio.Reader) (check int) {
	if head, err := b.Peek(2); err == nil && head[0]&0x0F == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		_, _ = b.Discard(2)
		return 4
	}
	return 0
}
