// Package record says which findings belong to one person.
//
// A Book follows the structure of one stream (JSON objects, lines, or a form
// as a whole) and collects the keys of persons found in the open record. When
// a record ends its keys go to a Set, which keeps the distinct persons of a
// part. Keys of a record are joined to one person only if each kind of key
// occurs at most once there; otherwise every distinct key counts, so that a
// count may be too high and never too low. A name alone tells no two persons
// of that name apart: names count where a record has more of them than persons
// told by other keys, and each such record has persons of its own. All is
// bounded; what a Set can not hold it says so.
package record

import (
	"bytes"

	"github.com/datacustoms/customs/inspect"
)

// Mode says what a record is in a stream.
type Mode uint8

// The modes.
const (
	Lines   Mode = iota // a line: CSV rows, logs, plain text
	Objects             // the innermost JSON object, or array in an array; a line outside of any
	Markup              // an XML or HTML element with elements in it, or a line of it
	Whole               // the stream is one record: forms, heads
)

// Key is one identifier of a person within a record. Rank orders kinds by how
// well they name a person, best first; equal ranks are the same kind.
type Key struct {
	Subject inspect.Subject
	Rank    uint8
	Class   uint8 // index of the class, as the Set's owner numbers them
	Minor   bool
	Name    bool // a name and nothing else
}

const (
	maxDepth = 64 // objects and arrays tracked; deeper ones cut the last
	maxKeys  = 16 // keys a record can join
)

type open struct {
	id      int64
	keys    []Key
	classes inspect.ClassSet
	remarks inspect.ClassSet // of the classes, those that name nobody
	crowded bool             // keys that cannot be joined: they went to the Set one by one
	names   []Key
	apart   int // how many went one by one
	used    bool
	from    int64 // where its first key or remark stands
}

// begin makes the record the one of an ordinal, with nothing in it.
func (r *open) begin(id int64) {
	if r.id = id; r.used {
		*r = open{id: id, keys: r.keys[:0], names: r.names[:0]}
	}
}

// Book follows one stream. It is not safe for concurrent use.
type Book struct {
	set    *Set
	mode   Mode
	pos    int64
	next   int64 // ordinal of the next record
	stack  []open
	nest   []container
	deep   int // objects and arrays open beyond maxDepth
	quoted bool
	escape bool
	tag    tag
}

// NewBook starts a stream whose persons go to set.
func NewBook(set *Set, mode Mode) *Book {
	b := &Book{set: set, mode: mode}
	b.push()
	return b
}

// Pos returns the offset up to which the structure was followed.
func (b *Book) Pos() int64 { return b.pos }

// Skip passes bytes whose structure is not known.
func (b *Book) Skip(n int64) { b.pos += n }

// Record returns the ordinal, from 1, of the record at Pos.
func (b *Book) Record() int64 { return b.top().id }

// Note adds a key to the record at Pos.
func (b *Book) Note(k Key) {
	r := b.top()
	r.use(b.pos)
	r.classes.Add(int(k.Class))
	if k.Name {
		b.name(r, k)
		return
	}
	b.tag.key = b.tag.key || b.tag.in
	if b.listed(k) && !r.crowded {
		b.scatter(r)
	}
	if r.crowded {
		b.apart(r, k)
		return
	}
	for i := range r.keys {
		if r.keys[i].Subject == k.Subject {
			r.keys[i].Minor = r.keys[i].Minor || k.Minor
			return
		}
	}
	if len(r.keys) == maxKeys {
		b.scatter(r)
		b.apart(r, k)
		return
	}
	r.keys = append(r.keys, k)
}

// name adds a name to a record, as often as it stands there once.
func (b *Book) name(r *open, k Key) {
	r.remarks.Add(int(k.Class))
	for _, o := range r.names {
		if o.Subject == k.Subject {
			return
		}
	}
	if len(r.names) < maxKeys {
		r.names = append(r.names, k)
		return
	}
	b.set.named(k, r.remarks)
}

// scatter gives up joining the keys of a record.
func (b *Book) scatter(r *open) {
	r.crowded = true
	for _, k := range r.keys {
		b.apart(r, k)
	}
	r.keys = r.keys[:0]
}

// apart counts a key as a person of its own.
func (b *Book) apart(r *open, k Key) {
	r.apart++
	b.set.alone(k, r.remarks)
}

// Remark adds a class that names nobody to the record at Pos.
func (b *Book) Remark(class uint8) {
	r := b.top()
	r.use(b.pos)
	r.classes.Add(int(class))
	r.remarks.Add(int(class))
}

// End closes all records at the end of the stream.
func (b *Book) End() {
	for len(b.stack) > 0 {
		b.pop()
	}
	b.push()
}

// Advance follows the next bytes of the stream.
func (b *Book) Advance(p []byte) {
	b.pos += int64(len(p))
	switch b.mode {
	case Lines:
		b.lines(p)
	case Objects:
		b.objects(p)
	case Markup:
		b.markup(p)
	}
}

// lines ends a record at each line. Braces cut one that has keys, too: there
// are objects in the line, and whose is what is not looked into.
func (b *Book) lines(p []byte) {
	for len(p) > 0 {
		i := -1
		if r := b.top(); len(r.keys)+len(r.names) == 0 {
			i = bytes.IndexByte(p, '\n')
		} else {
			i = bytes.IndexAny(p, "\n{}")
		}
		if i < 0 {
			return
		}
		b.renew()
		p = p[i+1:]
	}
}

func (b *Book) top() *open { return &b.stack[len(b.stack)-1] }

func (b *Book) push() {
	b.next++
	n := len(b.stack)
	if n < cap(b.stack) { // take over the keys' memory
		b.stack = b.stack[:n+1]
		b.stack[n].begin(b.next)
		return
	}
	b.stack = append(b.stack, open{id: b.next})
}

func (b *Book) pop() {
	b.settle(b.top())
	b.stack = b.stack[:len(b.stack)-1]
}

// renew ends the record at the top and begins its successor.
func (b *Book) renew() {
	r := b.top()
	b.settle(r)
	b.next++
	r.begin(b.next)
}

func (b *Book) settle(r *open) {
	if !r.used {
		return
	}
	told := r.apart
	if len(r.keys) > 0 {
		told += b.set.record(r.keys, r.classes, r.remarks)
	}
	for _, k := range r.names[min(told, len(r.names)):] {
		b.set.named(k, r.remarks)
	}
}
