// Package decode peels what lies between the wire and the text: compression,
// charsets, escapes. Bytes are pushed in as they come and nothing is held but
// a decoder's own window.
//
// Every decoded byte carries a Span, the bytes of the source that produced it,
// so that a finding can be placed on the wire. Decoders run beside the reading
// of the original bytes and never in its place. What cannot be read is a gap
// with its reason and never silence. Bounds: output bytes, expansion ratio and
// depth, handed down in Limits; a decoder that panics is a broken stream.
//
// Reads: gzip, zlib and raw deflate, brotli where it is declared, zstd,
// bzip2, xz and lz4, percent and JSON escapes, UTF-16.
//
// Beside them stand what says of bytes that they are no text: Sniff by the first
// of them, Entropy by how they look, Wide for text in UTF-16 among others.
// Archives, documents, messages and text codings are for package unpack.
package decode

// Span is where in a source a decoded byte comes from, [From, To).
type Span struct{ From, To int64 }

// Limits bound what one part may unpack to. The zero value of a field is its
// default.
type Limits struct {
	Bytes int64 // decoded bytes in all; 256 MiB
	Ratio int64 // output to input, after the first MiB; 200
	Depth int   // codings and containers within others; 8
	Parts int   // parts of all archives and documents together; 65,536
	Hold  int64 // memory that archives and documents hold at once; 48 MiB
	Time  int64 // work, in units of about a nanosecond; 4e9
	Pace  int64 // more of it for each byte of the wire; 1,000
	Live  *Live // memory of all decoders that share it; a new one of 1 GiB
}

// WithDefaults returns the limits with defaults filled in.
func (l Limits) WithDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 256 << 20
	}
	if l.Ratio <= 0 {
		l.Ratio = 200
	}
	if l.Depth <= 0 {
		l.Depth = 8
	}
	if l.Parts <= 0 {
		l.Parts = 1 << 16
	}
	if l.Hold <= 0 {
		l.Hold = 48 << 20
	}
	if l.Time <= 0 {
		l.Time = 4e9
	}
	if l.Pace <= 0 {
		l.Pace = 1000
	}
	if l.Live == nil {
		l.Live = NewLive(liveDefault)
	}
	return l
}
