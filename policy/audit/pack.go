package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// packer makes an archive of a segment's entries. It holds the compressed
// blocks, because the header before them names their lengths.
type packer struct {
	archive
	enc   *zstd.Encoder
	body  bytes.Buffer
	lines bytes.Buffer // of the block that is filled
	first uint64       // of it
	pause func() error // called between blocks
}

func (p *packer) add(i item) error {
	if p.lines.Len() == 0 {
		p.first = i.seq
	}
	if len(p.Blocks) == 0 && p.lines.Len() == 0 {
		p.From = entryTime(i.entry)
	}
	p.lines.Write(i.entry)
	p.lines.WriteByte('\n')
	p.Raw += int64(lineBytes(i.entry))
	if p.lines.Len() < blockBytes {
		return nil
	}
	p.To = entryTime(i.entry)
	return p.flush()
}

func (p *packer) flush() error {
	packed := p.enc.EncodeAll(p.lines.Bytes(), nil)
	sum := sha256.Sum256(packed)
	p.Blocks = append(p.Blocks, block{Offset: int64(p.body.Len()), Length: int64(len(packed)), Raw: int64(p.lines.Len()),
		First: p.first, Sum: hex.EncodeToString(sum[:])})
	p.body.Write(packed)
	p.lines.Reset()
	return p.pause()
}

// last puts what is left into a block.
func (p *packer) last() error {
	b := p.lines.Bytes()
	if len(b) == 0 {
		return nil
	}
	p.To = entryTime(b[bytes.LastIndexByte(b[:len(b)-1], '\n')+1:])
	return p.flush()
}

// pack compresses a closed segment. The archive is durable, and was read back,
// before the plain file is removed: a crash leaves one of them or both, and
// then the plain one counts and the archive is made anew.
func pack(ctx context.Context, files policy.Files, dir string, ordinal int, pause func() error) error {
	plain, err := readPart(files, dir, ordinal)
	if err != nil || plain.state != Opened {
		return err
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(512<<10), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return err
	}
	defer enc.Close()
	p := &packer{enc: enc, pause: pause, archive: archive{Schema: archiveSchema, Ordinal: ordinal, Segment: string(plain.line),
		First: plain.header.First, Before: plain.header.Prev, Raw: int64(len(plain.line)) + 1, Blocks: []block{}}}
	e, err := reading{ordinal: ordinal, until: ordinal + 1, from: plain.border()}.run(ctx, files, dir, p.add)
	if err != nil {
		return err
	}
	if err := p.last(); err != nil {
		return err
	}
	p.Last, p.After = e.seq, e.chain.String()
	b, err := p.frame()
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	name, ctx := archiveName(dir, ordinal), context.WithoutCancel(ctx) // no copy is left beside the segment
	if err := journal.Replace(files, name, name+aside, append(b, p.body.Bytes()...)); err != nil {
		return err
	}
	if err := readBack(ctx, files, dir, plain, e); err != nil {
		return err
	}
	if err := files.Remove(plain.name); err != nil {
		return err
	}
	return files.SyncDir(filepath.Clean(dir))
}

// border is where a segment says that it begins.
func (p part) border() *border {
	chain, _ := parseHash(p.header.Prev)
	return &border{p.header.Ordinal, p.header.First - 1, chain}
}

// readBack compares an archive with the segment that it is to replace: the
// same entries have the same chain value after them.
func readBack(ctx context.Context, files policy.Files, dir string, plain part, want end) error {
	s := &scanner{files: files, dir: dir, fn: func(item) error { return nil }}
	s.seq, s.chain = plain.header.First-1, seal(plain.line)
	if err := s.packed(ctx, archiveName(dir, plain.header.Ordinal), want.size); err != nil {
		return fmt.Errorf("archive does not read back: %w", err)
	}
	if s.seq != want.seq || s.chain != want.chain {
		return fmt.Errorf("archive of segment %d does not read back", plain.header.Ordinal)
	}
	return nil
}
