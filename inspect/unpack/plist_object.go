package unpack

import (
	"bytes"
	"encoding/binary"

	"github.com/datacustoms/customs/inspect"
)

// object writes object i. A list or map comes out only where it is first
// referred to. The answer is false if it is not sound.
func (p *plist) object(i, depth int) bool {
	if i >= p.count || !p.work(100) {
		return p.stopped
	}
	kind, n, at, ok := p.find(i)
	if !ok {
		return false
	}
	again := p.seen[i]
	if depth > plistDepth && kind >= 10 { // it comes out later, as if nothing led to it
		p.cell()
		return true
	}
	p.see(i, kind, n, at)
	if kind < 10 {
		if kind == 8 {
			if target, ok := p.reference(at, n); ok {
				return p.object(target, depth+1)
			}
		}
		if !again || n <= plistAgain {
			return p.scalar(kind, n, at)
		}
		p.cell()
		return true
	}
	if again {
		p.cell()
		return true
	}
	p.nest()
	for k := range n {
		value := k
		if kind == 13 {
			if value = n + k; !p.key(at, k, depth) {
				return false
			}
		}
		if !p.object(p.target(at, value), depth+1) {
			return false
		}
	}
	p.newline()
	return true
}

// see notes that an object comes out.
func (p *plist) see(i int, kind byte, n, at int) {
	if p.seen[i] {
		return
	}
	p.seen[i] = true
	switch kind {
	case 6:
		n *= 2
	case 10, 11, 12:
		n *= p.ref
	case 13:
		n *= 2 * p.ref
	}
	from := number(p.b[p.table+i*p.wide:], p.wide)
	p.known.know(int64(from), int64(at+n))
}

// target is the number of the object that the k-th reference at a place means.
func (p *plist) target(at, k int) int {
	return int(min(number(p.b[at+k*p.ref:], p.ref), uint64(p.count)))
}

// key takes the key of a value, if it is a short text.
func (p *plist) key(at, k, depth int) bool {
	i := p.target(at, k)
	if i >= p.count {
		return false
	}
	kind, n, at, ok := p.find(i)
	if !ok {
		return false
	}
	if text := p.text(kind, n, at); text != nil && n <= plistAgain && isCell(text) {
		p.see(i, kind, n, at)
		p.label = asLine(p.label[:0], text)
		return p.work(100 + 10*int64(n))
	}
	return p.object(i, depth+1)
}

// text is what a text says, in UTF-8.
func (p *plist) text(kind byte, n, at int) []byte {
	switch kind {
	case 5, 7:
		return p.b[at : at+n]
	case 6:
		return utf16Text(p.b[at:at+2*n], binary.BigEndian)
	}
	return nil
}

// scalar writes a value that has no others in it.
func (p *plist) scalar(kind byte, n, at int) bool {
	if !p.work(20 * int64(n)) {
		return true
	}
	switch kind {
	case 0:
		p.cell()
	case 1, 2, 3, 8:
		p.cell()
		p.out = plistScalar(p.out, kind, p.b[at:at+n])
	case 6:
		if n > holdFree/4 && !p.hold(4*int64(n)) {
			p.Miss(inspect.GapLimitBytes, 2*int64(n))
			return true
		}
		fallthrough
	case 5, 7:
		p.value(p.text(kind, n, at))
	default:
		p.value(p.b[at : at+n])
	}
	return true
}

// archive looks for the list of objects that NSKeyedArchiver makes: the value
// of "$objects" in the top object.
func (p *plist) archive() {
	kind, n, at, ok := p.find(p.top)
	if !ok || kind != 13 {
		return
	}
	for k := range min(n, 8) {
		i, v := p.target(at, k), p.target(at, n+k)
		if i >= p.count || v >= p.count {
			return
		}
		kind, size, from, ok := p.find(i)
		if !ok || !bytes.Equal(p.text(kind, size, from), []byte("$objects")) {
			continue
		}
		if kind, size, from, ok := p.find(v); ok && kind == 10 {
			p.objects = p.b[from : from+size*p.ref]
		}
		return
	}
}

// reference is the object that a number within an archive stands for, if that
// is a value and no list or map: those stand in the list of objects.
func (p *plist) reference(at, n int) (i int, ok bool) {
	if n > 8 {
		return 0, false
	}
	k := number(p.b[at:], n)
	if k == 0 || k >= uint64(len(p.objects)/p.ref) {
		return 0, false
	}
	if i = int(min(number(p.objects[int(k)*p.ref:], p.ref), uint64(p.count))); i >= p.count {
		return 0, false
	}
	kind, _, _, ok := p.find(i)
	return i, ok && kind < 8
}
