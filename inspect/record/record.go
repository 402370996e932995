// Package record says which findings belong to one person.
//
// A Book follows the structure of one stream (JSON objects, lines, or a form
// as a whole) and collects the keys of persons found in the open record. When
// a record ends its keys go to a Set, which keeps the distinct persons of a
// part. Keys of a record are joined to one person only if each kind of key
// occurs at most once there; otherwise every distinct key counts, so that a
// count may be too high and never too low. Both are bounded; what a Set can
// not hold it says so.
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

// Record returns the ordinal, from 1, of the record at Pos.
func (b *Book) Record() int64 { return b.top().id }

// Note adds a key to the record at Pos.
func (b *Book) Note(k Key) {
	r := b.top()
	r.classes.Add(int(k.Class))
	b.tag.key = b.tag.key || b.tag.in
	if b.listed(k) && !r.crowded {
		b.scatter(r)
	}
	if r.crowded {
		b.set.alone(k, r.remarks)
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
		b.set.alone(k, r.remarks)
		return
	}
	r.keys = append(r.keys, k)
}

// scatter gives up joining the keys of a record.
func (b *Book) scatter(r *open) {
	for _, k := range r.keys {
		b.set.alone(k, r.remarks)
	}
	r.keys, r.crowded = r.keys[:0], true
}

// Remark adds a class that names nobody to the record at Pos.
func (b *Book) Remark(class uint8) {
	b.top().classes.Add(int(class))
	b.top().remarks.Add(int(class))
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
		if len(b.top().keys) == 0 {
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
		r := &b.stack[n]
		*r = open{id: b.next, keys: r.keys[:0]}
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
	*r = open{id: b.next, keys: r.keys[:0]}
}

func (b *Book) settle(r *open) {
	if len(r.keys) > 0 {
		b.set.record(r.keys, r.classes, r.remarks)
	}
}
