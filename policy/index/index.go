// Package index finds records in the audit log without reading all of it: a
// SQLite file of one row a flow and one an act, derived from the log and made
// again from it at any time.
//
// The index is never the truth. It says where it stands by the number and the
// leaf hash of the last entry it holds, and a Reader adds what the log has
// after that, so answers are complete while the index is behind, being made,
// or not there. An index that does not fit the log, that another program made,
// or that is damaged is set aside and made again. Each row has a sum, so a row
// that was changed is not believed; a row that was taken out is not missed. One
// program writes it at a time; any number read.
package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	sqlite "modernc.org/sqlite"
)

// Sub and File are where the index is below a data directory.
const (
	Sub  = "index"
	File = "records.db"
)

// Path is the index of a data directory.
func Path(data string) string { return filepath.Join(data, Sub, File) }

// version changes with the tables and with what is kept of an entry.
const version = 2

const schema = `
CREATE TABLE meta(k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID;
CREATE TABLE names(n INTEGER PRIMARY KEY, kind INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE(kind, text));
CREATE TABLE flows(first INTEGER PRIMARY KEY, last INTEGER NOT NULL, time INTEGER NOT NULL, exporter INTEGER NOT NULL,
	recipient INTEGER NOT NULL, country INTEGER NOT NULL, action INTEGER NOT NULL, enforced INTEGER NOT NULL, reasons INTEGER NOT NULL,
	classes INTEGER NOT NULL, filing INTEGER NOT NULL, state INTEGER NOT NULL, sent INTEGER NOT NULL, persons INTEGER NOT NULL,
	bytes INTEGER NOT NULL, host TEXT NOT NULL, id TEXT NOT NULL, sum INTEGER NOT NULL);
CREATE INDEX flows_id ON flows(id);
CREATE INDEX flows_state ON flows(state, first) WHERE state <> 1;
CREATE TABLE parts(flow INTEGER, seq INTEGER, PRIMARY KEY(flow, seq)) WITHOUT ROWID;
CREATE TABLE spans(span INTEGER PRIMARY KEY, lo INTEGER NOT NULL, hi INTEGER NOT NULL);
CREATE TABLE acts(seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, act TEXT NOT NULL, actor TEXT NOT NULL, object TEXT NOT NULL,
	digest TEXT NOT NULL, note TEXT NOT NULL);
`

// Index is the one writer of an index file. It is safe for concurrent use.
type Index struct {
	path string

	mu    sync.Mutex
	db    *sql.DB
	at    position
	names *names
	open  map[string]*Row // flows that are not complete
	aside string
}

// position is the last entry that an index holds.
type position struct {
	Seq  uint64 `json:"seq"`
	Leaf string `json:"leaf"`
	Acts string `json:"acts"` // chain of the acts' hashes
}

// Open opens the index for writing, or makes it. A file that is no index of
// this version, or is damaged, is put aside under another name; see Aside. The
// caller sees to it that it is the only writer.
func Open(path string) (*Index, error) {
	x := &Index{path: path}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	err := x.begin(context.Background())
	if err == nil {
		return x, nil
	}
	if !Unusable(err) {
		return nil, fmt.Errorf("index: open %s: %w", path, err)
	}
	return x, x.renew(context.Background(), err.Error())
}

// ErrNoIndex means that a file is no index of this version.
var ErrNoIndex = errors.New("it is no index of this version")

// Unusable reports whether an index with that fault has to be made again. A
// disk that is full, or a lock, is no such fault.
func Unusable(err error) bool {
	var s *sqlite.Error
	if errors.As(err, &s) {
		switch s.Code() & 0xff {
		case 1, 11, 26, 20: // no such table, corrupt, no database, mismatch
			return true
		}
	}
	return errors.Is(err, ErrNoIndex) || err != nil && strings.Contains(err.Error(), "converting driver.Value type")
}

// Aside says why the file that was found is not used any more; "" when it is.
func (x *Index) Aside() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.aside
}

func (x *Index) begin(ctx context.Context) (err error) {
	if x.db, err = connect(x.path, "mode=rwc", "journal_mode(WAL)", "synchronous(NORMAL)"); err != nil {
		return err
	}
	x.db.SetMaxOpenConns(1)
	x.names, x.open = newNames(), map[string]*Row{}
	if x.at, err = x.load(ctx); err != nil {
		return errors.Join(err, x.db.Close())
	}
	return nil
}

// connect opens the file with pragmas.
func connect(path, mode string, pragmas ...string) (*sql.DB, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // SQLite would make it readable by others
	if mode == "mode=ro" {
		f, err = os.Open(path)
	}
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	query := mode + "&_pragma=busy_timeout(5000)&_pragma=cache_size(-16384)&_pragma=temp_store(MEMORY)"
	for _, p := range pragmas {
		query += "&_pragma=" + p
	}
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: query}
	return sql.Open("sqlite", dsn.String())
}

// load reads where the index stands, and makes the tables in an empty file.
func (x *Index) load(ctx context.Context) (position, error) {
	var tables int
	if err := x.db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
		return position{}, err
	}
	if tables == 0 {
		return position{}, inTx(ctx, x.db, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, schema); err != nil {
				return err
			}
			return position{}.write(ctx, tx)
		})
	}
	at, err := readPosition(ctx, x.db)
	if err != nil {
		return at, err
	}
	if err := x.names.load(ctx, x.db); err != nil {
		return at, err
	}
	return at, actsFit(ctx, x.db, at)
}

// renew puts the file aside and begins a new one. x.db is closed.
func (x *Index) renew(ctx context.Context, why string) error {
	x.aside = why
	for _, end := range []string{"", "-wal", "-shm"} {
		err := os.Rename(x.path+end, x.path+".aside"+end)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("index: put the old file aside: %w", err)
		}
	}
	if err := x.begin(ctx); err != nil {
		return fmt.Errorf("index: make %s: %w", x.path, err)
	}
	return nil
}

// Rebuild throws the index away; the next Update makes it from the log's
// beginning.
func (x *Index) Rebuild(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.again(ctx, "")
}

func (x *Index) again(ctx context.Context, why string) error {
	if err := x.db.Close(); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	return x.renew(ctx, why)
}

// Check looks through the whole file and sets it aside when SQLite finds it
// damaged.
func (x *Index) Check(ctx context.Context) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	var said string
	err := x.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&said)
	switch {
	case err != nil && !Unusable(err):
		return fmt.Errorf("index: %w", err)
	case err != nil:
		said = err.Error()
	case said == "ok":
		return nil
	}
	return x.again(ctx, said)
}

// Close closes the index.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.db.Close()
}

func inTx(ctx context.Context, db *sql.DB, do func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
