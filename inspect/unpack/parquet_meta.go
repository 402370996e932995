package unpack

import (
	"strings"

	"github.com/datacustoms/customs/inspect"
)

// The physical types (parquet.thrift).
const (
	parquetBool = iota
	parquetInt32
	parquetInt64
	parquetInt96
	parquetFloat
	parquetDouble
	parquetBytes
	parquetFixed
)

// The logical types that change how a value reads; the rest do not.
const (
	parquetPlain = iota
	parquetDecimal
	parquetDate
	parquetUUID
)

// parquetColumn is a leaf of the schema.
type parquetColumn struct {
	name         string
	kind, width  int64 // physical type, bytes of a value if they are fixed
	logic, scale int64
	reps, defs   int64 // the deepest levels
}

// parquetNode is an element of the schema.
type parquetNode struct {
	kind, width, repeat, children, converted, scale int64
	logic                                           int64
	name                                            []byte
	leaf                                            bool
}

// node reads a SchemaElement.
func (t *thriftWalk) node() (n parquetNode) {
	n.converted = -1
	t.structure(0, func(id int64, kind byte) bool {
		places := map[int64]*int64{2: &n.width, 3: &n.repeat, 5: &n.children, 6: &n.converted, 7: &n.scale}
		switch {
		case id == 1 && kind == thriftI32:
			n.leaf = true
			return t.into(kind, &n.kind, nil)
		case id == 4:
			return t.into(kind, nil, &n.name)
		case id == 10 && kind == thriftStruct:
			t.structure(1, func(id int64, kind byte) bool {
				n.logic = map[int64]int64{5: parquetDecimal, 6: parquetDate, 14: parquetUUID}[id]
				if id != 5 || kind != thriftStruct {
					return false
				}
				t.structure(2, func(id int64, kind byte) bool { return id == 1 && t.into(kind, &n.scale, nil) })
				return true
			})
			return true
		}
		return t.into(kind, places[id], nil)
	})
	switch n.converted {
	case 5:
		n.logic = parquetDecimal
	case 6:
		n.logic = parquetDate
	}
	return n
}

// columns finds the leaves of the schema, whose elements stand depth first.
func (p *parquetFile) schema(t *thriftWalk) {
	type group struct {
		left, reps, defs int64
		path             []string
	}
	var open []group
	t.list(thriftStruct, func() {
		n := t.node()
		if !p.hold(256) || len(p.columns) >= 1<<16 || len(open) > 64 {
			t.fail(inspect.GapLimitBytes)
			return
		}
		for len(open) > 1 && open[len(open)-1].left <= 0 {
			open = open[:len(open)-1]
		}
		g := group{left: n.children}
		if len(open) > 0 {
			up := &open[len(open)-1]
			up.left--
			g.path = append(up.path[:len(up.path):len(up.path)], string(n.name))
			g.reps, g.defs = up.reps, up.defs
			if n.repeat == 2 {
				g.reps++
			}
			if n.repeat != 0 {
				g.defs++
			}
		}
		if !n.leaf {
			open = append(open, g)
			return
		}
		c := parquetColumn{name: strings.Join(g.path, "."), kind: n.kind, logic: n.logic, scale: n.scale, reps: g.reps, defs: g.defs}
		switch n.kind {
		case parquetInt32, parquetFloat:
			c.width = 4
		case parquetInt64, parquetDouble:
			c.width = 8
		case parquetInt96:
			c.width = 12
		case parquetFixed:
			if c.width = n.width; c.width <= 0 || c.width > 1<<20 {
				t.fail(inspect.GapBroken)
			}
		}
		p.columns = append(p.columns, c)
		p.names = append(p.names, c.name)
	})
}

// parquetChunk is where the values of one column and row group stand.
type parquetChunk struct {
	kind, values              int64
	codec, packed, data, dict int64
	columnIndex, columnSize   int64
	offsetIndex, offsetSize   int64
	stats                     [][]byte
	path                      []byte // of another file
	closed                    bool   // encrypted
	told                      bool   // has its metadata
}

// chunk reads a ColumnChunk.
func (t *thriftWalk) chunk() (c parquetChunk) {
	t.structure(0, func(id int64, kind byte) bool {
		switch {
		case id == 1:
			return t.into(kind, nil, &c.path)
		case id == 3 && kind == thriftStruct:
			c.told = true
			t.structure(1, func(id int64, kind byte) bool {
				if id == 12 && kind == thriftStruct {
					c.stats = t.stats(2)
					return true
				}
				places := map[int64]*int64{1: &c.kind, 4: &c.codec, 5: &c.values, 7: &c.packed, 9: &c.data, 11: &c.dict}
				return t.into(kind, places[id], nil)
			})
			return true
		case id == 8 || id == 9:
			c.closed = true
		}
		places := map[int64]*int64{4: &c.offsetIndex, 5: &c.offsetSize, 6: &c.columnIndex, 7: &c.columnSize}
		return t.into(kind, places[id], nil)
	})
	return c
}

// stats reads the values that Statistics name.
func (t *thriftWalk) stats(depth int) (values [][]byte) {
	t.structure(depth, func(id int64, kind byte) bool {
		if id == 3 || id == 4 || kind != thriftBinary {
			return false
		}
		values = append(values, t.bytes())
		return len(values) > 0
	})
	return values
}

// from is where the pages of the chunk begin.
func (c *parquetChunk) from() int64 {
	if c.dict > 0 && c.dict < c.data {
		return c.dict
	}
	return c.data
}

// pageHead is what the head of a page claims.
type pageHead struct {
	kind, size, packed, values int64
	encoding, defEncoding      int64
	reps, defs                 int64 // bytes of levels in front that are never packed
	plain                      bool  // nor is the rest
	stats                      [][]byte
}

// The kinds of pages.
const (
	parquetPage   = 0
	parquetIndex  = 1
	parquetDict   = 2
	parquetPageV2 = 3
)

// pageHead reads a PageHeader.
func (t *thriftWalk) pageHead() (h pageHead) {
	h.kind, h.size, h.packed, h.defEncoding = -1, -1, -1, parquetRLE
	t.structure(0, func(id int64, kind byte) bool {
		var places map[int64]*int64
		stats, plain := int64(-1), int64(-1)
		switch id {
		case 1, 2, 3:
			return t.into(kind, []*int64{&h.kind, &h.size, &h.packed}[id-1], nil)
		case 5:
			places, stats = map[int64]*int64{1: &h.values, 2: &h.encoding, 3: &h.defEncoding}, 5
		case 7:
			places = map[int64]*int64{1: &h.values, 2: &h.encoding}
		case 8:
			places, stats, plain = map[int64]*int64{1: &h.values, 4: &h.encoding, 5: &h.defs, 6: &h.reps}, 8, 7
		}
		if places == nil || kind != thriftStruct {
			return false
		}
		t.structure(1, func(id int64, kind byte) bool {
			if id == plain {
				h.plain = kind == thriftFalse
				return false
			}
			if id == stats && kind == thriftStruct {
				h.stats = t.stats(2)
				return true
			}
			return t.into(kind, places[id], nil)
		})
		return true
	})
	return h
}
