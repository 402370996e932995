package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// ErrLong is the answer to a line above the limit.
var ErrLong = errors.New("line is longer than any that is written")

// Lines calls fn for each complete line of r with its offset, without the
// newline; line is valid only during the call. It returns where the last
// complete line ended and how many bytes of an incomplete one follow. A line
// is written newline last and acknowledged after a sync, so an incomplete last
// line was never acknowledged.
func Lines(r io.Reader, limit int, fn func(offset int64, line []byte) error) (end, torn int64, err error) {
	br := bufio.NewReaderSize(r, 256<<10)
	var long []byte
	for {
		part, err := br.ReadSlice('\n')
		switch {
		case err == nil:
			line := part
			if len(long) > 0 {
				long = append(long, part...)
				line = long
			}
			if len(line) > limit+1 {
				return end, 0, fmt.Errorf("at byte %d: %w", end, ErrLong)
			}
			if err := fn(end, line[:len(line)-1]); err != nil {
				return end, 0, err
			}
			end += int64(len(line))
			long = long[:0]
		case err == bufio.ErrBufferFull:
			if long = append(long, part...); len(long) > limit {
				return end, 0, fmt.Errorf("at byte %d: %w", end, ErrLong)
			}
		case err == io.EOF:
			return end, int64(len(long) + len(part)), nil
		default:
			return end, 0, err
		}
	}
}
