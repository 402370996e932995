// Package faultfs is a policy.Files that can be crashed.
//
// It keeps beside what was written what would survive a loss of power: bytes
// after Sync, names after SyncDir. Crash returns the disk that a restart would
// find. Faults strike the n-th operation, so that a test can walk through
// every step of a protocol: nothing happens, half of it happens, all of it
// happens and is reported as an error, or the program stops there.
package faultfs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"

	"github.com/datacustoms/customs/policy"
)

// Fault is what happens at an operation.
type Fault int

// The faults.
const (
	None   Fault = iota
	Lost         // nothing happens and an error is reported
	Landed       // it happens and an error is reported
	Torn         // half of a write happens and an error is reported; Lost elsewhere
	Full         // this and every later write or creation is Lost until Heal
	Stop         // the program stops: this and everything later answers ErrStopped
	After        // it happens, and then the program stops
	Rotten       // the last byte of a write lands changed, and no error is reported
)

// ErrStopped is the answer of every operation after a Stop.
var ErrStopped = errors.New("faultfs: the machine has stopped")

// ErrFault is the error that faults report.
var ErrFault = errors.New("faultfs: input/output error")

// ErrFull is the error that Full reports.
var ErrFull = errors.New("faultfs: no space left on device")

// Op is one operation that changes the disk.
type Op struct {
	Kind string // create, write, sync, rename, remove, truncate, syncdir
	Name string
}

func (o Op) String() string { return o.Kind + " " + path.Base(o.Name) }

// Disk is a disk in memory. It is safe for concurrent use.
type Disk struct {
	mu      sync.Mutex
	names   map[string]*inode
	kept    map[string]*inode // names that survive a loss of power
	dirs    map[string]bool
	locks   map[string]bool
	ops     []Op
	plan    map[int]Fault
	rules   []*rule
	full    bool
	stopped bool
	onSync  func(name string)
}

var _ policy.Files = (*Disk)(nil)

type inode struct {
	data []byte
	kept []byte // what survives a loss of power; shares memory with data
}

// New returns an empty disk.
func New() *Disk {
	return &Disk{names: map[string]*inode{}, kept: map[string]*inode{}, dirs: map[string]bool{},
		locks: map[string]bool{}, plan: map[int]Fault{}}
}

// FailAt plans a fault for the n-th operation from now, the next being 0.
func (d *Disk) FailAt(n int, f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.plan[len(d.ops)+n] = f
}

// rule is a fault for some operation of a kind on files of a name.
type rule struct {
	kind, pattern string
	left          int // operations that it lets pass
	fault         Fault
	struck        bool
}

// FailWhen plans a fault for the n-th operation, from 0, of that kind whose
// file's name, or the end of its path, fits the pattern of path.Match. It
// strikes once. The answer tells whether it did.
func (d *Disk) FailWhen(kind, pattern string, n int, f Fault) (struck func() bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := &rule{kind: kind, pattern: pattern, left: n, fault: f}
	d.rules = append(d.rules, r)
	return func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return r.struck
	}
}

// ruled returns the fault that a rule has for an operation.
func (d *Disk) ruled(kind, name string) Fault {
	for _, r := range d.rules {
		if r.struck || r.kind != kind || !fits(r.pattern, name) {
			continue
		}
		if r.left > 0 {
			r.left--
			continue
		}
		r.struck = true
		return r.fault
	}
	return None
}

// fits compares as many of the last elements as the pattern has.
func fits(pattern, name string) bool {
	parts := strings.Split(name, "/")
	n := min(len(parts), strings.Count(pattern, "/")+1)
	ok, err := path.Match(pattern, strings.Join(parts[len(parts)-n:], "/"))
	return ok && err == nil
}

// Heal ends all faults but a Stop and forgets planned ones.
func (d *Disk) Heal() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full, d.plan, d.rules = false, map[int]Fault{}, nil
}

// Ops returns the operations so far.
func (d *Disk) Ops() []Op {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Op(nil), d.ops...)
}

// OnSync calls fn after each Sync that succeeded. It is set before use.
func (d *Disk) OnSync(fn func(name string)) { d.onSync = fn }

// Loss says what a crash takes.
type Loss int

// The losses.
const (
	Power Loss = iota // all that was not synced
	Half              // half of the bytes that were not synced; names survive
	Kill              // nothing: only the process ended
)

// Crash stops the disk and returns what a restart finds.
func (d *Disk) Crash(l Loss) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stopped = true
	out := New()
	names := d.names
	if l == Power {
		names = d.kept
	}
	again := map[*inode]*inode{}
	for name, n := range names {
		data := n.data
		switch {
		case l == Power:
			data = n.kept
		case l == Half && len(n.data) > len(n.kept):
			data = n.data[:len(n.kept)+(len(n.data)-len(n.kept))/2]
		}
		c := &inode{data: append([]byte(nil), data...)}
		c.kept = c.data
		if l == Kill { // the power may go yet
			c.kept = append([]byte(nil), n.kept...)
			again[n] = c
		} else {
			out.kept[name] = c
		}
		out.names[name] = c
	}
	for name, n := range d.kept {
		if l != Kill {
			break
		}
		c := again[n]
		if c == nil {
			c = &inode{data: append([]byte(nil), n.data...), kept: append([]byte(nil), n.kept...)}
		}
		out.kept[name] = c
	}
	for dir := range d.dirs {
		out.dirs[dir] = true
	}
	return out
}

// Bytes returns the contents of a file as written, or nil.
func (d *Disk) Bytes(name string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := d.names[clean(name)]; n != nil {
		return append([]byte(nil), n.data...)
	}
	return nil
}

// Put replaces a file, durably and without counting as an operation.
func (d *Disk) Put(name string, data []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := &inode{data: append([]byte(nil), data...)}
	n.kept = n.data
	d.names[clean(name)], d.kept[clean(name)] = n, n
}

// Files returns all names, sorted.
func (d *Disk) Files() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]string, 0, len(d.names))
	for n := range d.names {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}

func clean(name string) string { return path.Clean(strings.ReplaceAll(name, `\`, "/")) }

// begin counts an operation and returns the fault that strikes it. It is
// called with the lock held.
func (d *Disk) begin(kind, name string) (Fault, error) {
	if d.stopped {
		return Stop, ErrStopped
	}
	f := d.plan[len(d.ops)]
	if f == None {
		f = d.ruled(kind, name)
	}
	d.ops = append(d.ops, Op{kind, name})
	switch f {
	case Stop:
		d.stopped = true
		return Stop, ErrStopped
	case After:
		d.stopped = true
		return After, ErrStopped
	case Rotten:
		return Rotten, nil
	case Full:
		d.full = true
	case Lost, Landed, Torn:
		return f, fmt.Errorf("%s %s: %w", kind, path.Base(name), ErrFault)
	}
	if d.full && (kind == "write" || kind == "create") {
		return Lost, fmt.Errorf("%s %s: %w", kind, path.Base(name), ErrFull)
	}
	return None, nil
}

// step runs do under the lock unless a fault prevents it.
func (d *Disk) step(kind, name string, do func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, fault := d.begin(kind, name)
	if f == None || f == Landed || f == After || f == Rotten {
		if err := do(); err != nil {
			return err
		}
	}
	return fault
}

func notExist(op, name string) error {
	return &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

// Lock takes the lock of a file.
func (d *Disk) Lock(name string) (io.Closer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stopped {
		return nil, ErrStopped
	}
	if d.locks[clean(name)] {
		return nil, policy.ErrLocked
	}
	d.locks[clean(name)] = true
	return unlock{d, clean(name)}, nil
}

type unlock struct {
	d    *Disk
	name string
}

func (u unlock) Close() error {
	u.d.mu.Lock()
	defer u.d.mu.Unlock()
	delete(u.d.locks, u.name)
	return nil
}
