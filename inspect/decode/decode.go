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
// Coverage is Full when every byte of a part was scanned as it lies or as one
// of these decoders gave it out, and nothing below was met:
//
//   - compressed archives, documents and codings, known by their first bytes:
//     unknown_format, opaque as a whole body;
//   - encrypted content with a head that is known, of OpenSSL, age, OpenPGP,
//     CMS, LUKS and Ansible, in binary or armor: encrypted, opaque as a whole
//     body;
//   - images and tar archives: scanned as they lie, so that plain text in them
//     is found, and unknown_format for the whole, so partial. A picture may
//     show a document, and its metadata may be compressed or hold a place;
//   - a part of a multipart body or of a mail that begins as any of these, as
//     gzip or as UTF-16, or that has a transfer or content coding on it:
//     unknown_format or encrypted for its bytes, so partial;
//   - a whole body of 64 bytes or more that is base64 from end to end:
//     unknown_format, opaque.
//
// Full does not say that these were looked through: base64 and other text
// codings in a value of JSON, of a form or of a line; hexadecimal; encrypted or compressed
// content that stands behind other bytes outside multipart, or has no head to
// know it by, as raw deflate and zlib that nobody declares. A binary format
// that is not recognised counts as text: it is scanned as it is.
package decode

import "github.com/datacustoms/customs/inspect"

// Span is where in a source a decoded byte comes from, [From, To).
type Span struct{ From, To int64 }

// Limits bound what one part may unpack to. The zero value of a field is its
// default.
type Limits struct {
	Bytes int64 // decoded bytes in all; 256 MiB
	Ratio int64 // output to input, after the first MiB; 200
	Depth int   // codings within codings; 5
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
		l.Depth = 5
	}
	if l.Live == nil {
		l.Live = NewLive(liveDefault)
	}
	return l
}

// Budget counts what a part has unpacked so far. One is shared by all
// decoders of a part.
type Budget struct {
	Limits Limits
	out    int64
}

// grace is how much may come out before the ratio is looked at.
const grace = 1 << 20

// spend takes n decoded bytes of a stream that gave out bytes for in of its
// source, and returns the reason to stop, if any.
func (b *Budget) spend(n int, in, out int64) inspect.GapReason {
	b.out += int64(n)
	switch {
	case b.out > b.Limits.Bytes:
		return inspect.GapLimitBytes
	case out > grace && out/b.Limits.Ratio > in:
		return inspect.GapLimitRatio
	}
	return ""
}
