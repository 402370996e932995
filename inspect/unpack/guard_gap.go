package unpack

import (
	"errors"

	"github.com/klauspost/compress/zstd"

	"github.com/datacustoms/customs/inspect"
)

// The errors of openers that are not simply a broken container.
var (
	errBroken    = errors.New("unpack: broken structure")
	errMemory    = errors.New("unpack: needs too much memory")
	errEncrypted = errors.New("unpack: encrypted")
	errMethod    = errors.New("unpack: unknown method")
)

// gapOf is the reason for which something could not be read to its end.
func gapOf(err error) inspect.GapReason {
	switch {
	case errors.Is(err, errMemory), errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return inspect.GapLimitBytes
	case errors.Is(err, errEncrypted):
		return inspect.GapEncrypted
	case errors.Is(err, errMethod):
		return inspect.GapUnknownFormat
	}
	return inspect.GapBroken
}
