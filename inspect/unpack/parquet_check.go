package unpack

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"sort"

	"github.com/andybalholm/brotli"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
)

// use notes that [from, to) of the file is accounted for.
func (p *parquetFile) use(from, to int64) {
	p.used = append(p.used, decode.Span{From: from, To: to})
}

// check reads the heads of all pages of a row group and says why it must not
// be read, if it must not. Its pages lie in memory one for each column.
func (p *parquetFile) check(g *format.RowGroup) inspect.GapReason {
	var held int64
	for i := range g.Columns {
		c := &g.Columns[i].MetaData
		if g.Columns[i].FilePath != "" {
			return inspect.GapUnknownFormat
		}
		if g.Columns[i].CryptoMetadata.Value != nil || len(g.Columns[i].EncryptedColumnMetadata) > 0 {
			return inspect.GapEncrypted
		}
		for _, index := range [][2]int64{
			{g.Columns[i].ColumnIndexOffset, int64(g.Columns[i].ColumnIndexLength)},
			{g.Columns[i].OffsetIndexOffset, int64(g.Columns[i].OffsetIndexLength)},
			{c.BloomFilterOffset, int64(c.BloomFilterLength)},
		} {
			if index[0] > 0 && index[1] > 0 && index[0]+index[1] <= p.size {
				p.use(index[0], index[0]+index[1])
			}
		}
		most, reason := p.checkColumn(c)
		if reason != "" {
			return reason
		}
		if held += most; held > p.l.Memory/2 {
			return inspect.GapLimitBytes
		}
	}
	return ""
}

// checkColumn answers what the largest page takes in memory.
func (p *parquetFile) checkColumn(c *format.ColumnMetaData) (most int64, reason inspect.GapReason) {
	off := c.DataPageOffset
	if c.DictionaryPageOffset > 0 && c.DictionaryPageOffset < off {
		off = c.DictionaryPageOffset
	}
	end := off + c.TotalCompressedSize
	if off < 4 || end < off || end > p.size {
		return 0, inspect.GapBroken
	}
	p.use(off, end)
	for off < end {
		h, n := p.pageHead(off, end)
		if n == 0 || h.packed < 0 || h.size < 0 || h.values < 0 || off+n+h.packed > end {
			return 0, inspect.GapBroken
		}
		cost := h.size + h.packed + 16*h.values
		if h.deltas { // each value may repeat all of the one before
			cost += h.size * h.values
		}
		if cost > p.l.Memory/4 {
			return 0, inspect.GapLimitBytes
		}
		if h.levels < 0 || h.levels > h.packed {
			return 0, inspect.GapBroken
		}
		if reason := p.unpacks(c.Codec, off+n+h.levels, h.packed-h.levels); reason != "" && !h.plain {
			return 0, reason
		}
		most = max(most, cost)
		off += n + h.packed
	}
	return 2 * most, ""
}

// pageHead reads the head of a page.
func (p *parquetFile) pageHead(off, end int64) (h pageHead, n int64) {
	for size := int64(512); ; size *= 32 {
		b := make([]byte, min(size, end-off))
		k, _ := p.r.ReadAt(b, off)
		t := thriftWalk{b: b[:k], most: 1 << 16}
		h = pageHead{}
		t.pageHead(&h)
		if t.bad == "" {
			return h, int64(t.i)
		}
		if size > end-off || size > 1<<20 {
			return h, 0
		}
	}
}

// unpacks says why the packed bytes of a page must not be unpacked, if so.
// LZ4 is not read: the library loops on broken blocks and gives out wrong
// values for sound ones.
func (p *parquetFile) unpacks(codec format.CompressionCodec, off, n int64) inspect.GapReason {
	most := p.l.Memory / 8
	packed := io.NewSectionReader(p.r, off, n)
	var r io.Reader
	switch codec {
	case format.Uncompressed:
		return ""
	case format.Snappy:
		var head [10]byte
		k, _ := packed.ReadAt(head[:], 0)
		size, ok := binary.Uvarint(head[:k])
		if n > 0 && ok <= 0 {
			return inspect.GapBroken
		}
		if size > uint64(most) {
			return inspect.GapLimitBytes
		}
		return ""
	case format.Gzip:
		z, err := gzip.NewReader(packed)
		if err != nil {
			return parquetEmpty(n)
		}
		r = z
	case format.Brotli:
		r = brotli.NewReader(packed)
	case format.Zstd:
		z, err := zstd.NewReader(packed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			return parquetEmpty(n)
		}
		defer z.Close()
		r = z
	default:
		return inspect.GapUnknownFormat
	}
	size, err := io.Copy(io.Discard, io.LimitReader(r, most+1))
	switch {
	case size > most:
		return inspect.GapLimitBytes
	case err != nil:
		return parquetEmpty(n)
	}
	return ""
}

// parquetEmpty is broken, but for a page that holds nothing.
func parquetEmpty(n int64) inspect.GapReason {
	if n == 0 {
		return ""
	}
	return inspect.GapBroken
}

// rest gives out the bytes that no column and no footer uses.
func (p *parquetFile) rest() {
	sort.Slice(p.used, func(i, j int) bool { return p.used[i].From < p.used[j].From })
	at := int64(4)
	for _, u := range p.used {
		if gap := u.From - at; gap > 0 {
			b := make([]byte, min(gap, p.l.Memory/8))
			n, _ := p.r.ReadAt(b, at)
			if int64(n) < gap {
				p.Miss(inspect.GapLimitBytes, gap-int64(n))
			}
			if b = bytes.Trim(b[:n], "\x00"); len(b) > 0 && (!p.Begin([]byte("rest"), decode.Span{From: at, To: u.From}) || !p.Write(b)) {
				return
			}
		}
		at = max(at, u.To)
	}
}
