package tree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy"
)

// Height is the number of tree levels in a tile: 256 hashes wide.
const (
	Height = 8
	width  = 1 << Height
)

// Dir is the directory of the tiles below the log's, and Aside what the name
// of a file ends with that was not finished.
const (
	Dir   = "tile"
	Aside = ".new"
)

// Name returns the file of a tile below the log's directory, as tlog-tiles
// names it. A tile of less than 256 hashes is partial.
func Name(level int, index int64, hashes int) string {
	name := fmt.Sprintf("%03d", index%1000)
	for n := index / 1000; n > 0; n /= 1000 {
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if hashes < width {
		name += fmt.Sprintf(".p/%d", hashes)
	}
	return Dir + "/" + strconv.Itoa(level) + "/" + name
}

// ParseName is the inverse of Name. It takes exactly what Name writes.
func ParseName(name string) (level int, index int64, hashes int, ok bool) {
	parts := strings.Split(name, "/")
	if len(parts) < 3 || len(parts) > 9 || parts[0] != Dir {
		return 0, 0, 0, false
	}
	level, err := strconv.Atoi(parts[1])
	if err != nil || level < 0 || level > 7 {
		return 0, 0, 0, false
	}
	hashes, at := width, parts[2:]
	if n := len(at); n > 1 && strings.HasSuffix(at[n-2], ".p") {
		if hashes, err = strconv.Atoi(at[n-1]); err != nil || hashes < 1 || hashes >= width {
			return 0, 0, 0, false
		}
		at = at[:n-1]
		at[n-2] = strings.TrimSuffix(at[n-2], ".p")
	}
	for _, p := range at {
		n, err := strconv.Atoi(strings.TrimPrefix(p, "x"))
		if err != nil || n < 0 || n > 999 {
			return 0, 0, 0, false
		}
		index = index*1000 + int64(n)
	}
	return level, index, hashes, Name(level, index, hashes) == name
}

// Tiles reads the tiles below a directory. It is a tlog.TileReader; what it
// reads is not yet verified.
type Tiles struct {
	Files policy.Files
	Dir   string
}

// Height implements tlog.TileReader.
func (t Tiles) Height() int { return Height }

// SaveTiles implements tlog.TileReader and does nothing.
func (t Tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles implements tlog.TileReader.
func (t Tiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, tile := range tiles {
		b, err := t.Read(tile.L, tile.N, tile.W)
		if err != nil {
			return nil, err
		}
		out[i] = b
	}
	return out, nil
}

// Read returns the first hashes of a tile: of the full tile, of the partial
// one of that width, or of a wider partial one.
func (t Tiles) Read(level int, index int64, hashes int) ([]byte, error) {
	if level < 0 || index < 0 || hashes < 1 || hashes > width {
		return nil, fmt.Errorf("there is no tile %d/%d with %d hashes", level, index, hashes)
	}
	want := int64(hashes) * tlog.HashSize
	b, err := t.read(Name(level, index, width), want)
	if hashes == width || !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	b, err = t.read(Name(level, index, hashes), want)
	if !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	for _, w := range t.wider(level, index, hashes) {
		if b, err := t.read(Name(level, index, w), want); !errors.Is(err, fs.ErrNotExist) {
			return b, err
		}
	}
	// A tile that was filled meanwhile may have taken the place of partial ones.
	return t.read(Name(level, index, width), want)
}

// wider returns the partial tiles above that width, narrowest first.
func (t Tiles) wider(level int, index int64, hashes int) (out []int) {
	names, _ := t.Files.List(filepath.Dir(filepath.Join(t.Dir, filepath.FromSlash(Name(level, index, 1)))))
	for _, n := range names {
		if w, err := strconv.Atoi(n); err == nil && w > hashes && w < width {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}

func (t Tiles) read(name string, want int64) ([]byte, error) {
	f, err := t.Files.Open(filepath.Join(t.Dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, want)
	n, err := f.ReadAt(b, 0)
	switch {
	case int64(n) == want:
		return b, nil
	case err == nil || errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s: holds %d bytes; %d are wanted", name, n, want)
	}
	return nil, fmt.Errorf("%s: %w", name, err)
}

// Hashes returns an authenticated reader of the tree's hashes: everything it
// returns is verified against the root.
func (t Tiles) Hashes(c Checkpoint) tlog.HashReader { return tlog.TileHashReader(c.Tree(), t) }
