package decode

// Claimed tells what a Content-Encoding and the first bytes of what it was
// said of mean together. False says that they contradict each other; the
// format is then what the bytes say. Of a coding that is not known nothing
// can be read.
func Claimed(coding string, head []byte) (Format, bool) {
	sniffed := Sniff(head)
	switch coding {
	case "identity", "":
		return sniffed, true
	case "gzip", "x-gzip":
		return sniffed, sniffed == Gzip
	case "zstd":
		return sniffed, sniffed == Zstd
	case "br": // has no mark: the decoder finds out
		return Brotli, true
	case "deflate":
		if IsZlib(head) {
			return Zlib, true
		}
		return RawDeflate, true
	}
	return Opaque, true
}
