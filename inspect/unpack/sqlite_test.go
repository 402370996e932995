package unpack_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
	_ "modernc.org/sqlite"
)

// database runs statements and gives the file they make.
func database(t testing.TB, statements ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSQLite(t *testing.T) {
	long := strings.Repeat("长文本", 4000) + "13800138000"
	tests := []struct {
		name       string
		statements []string
		part, want string
	}{
		{"rows", []string{"CREATE TABLE p (name TEXT, \"id no\" TEXT, n INTEGER, r REAL)", "INSERT INTO p VALUES ('张三','11010519491231002X',13800138000,1.5),(NULL,'a'||char(9)||'b',-1,0)"},
			"p", "name\tid no\tn\tr\trowid\n张三\t11010519491231002X\t13800138000\t1.5\n\ta b\t-1\t0\n"},
		{"a key that is the row's number", []string{"CREATE TABLE p (phone INTEGER PRIMARY KEY, name TEXT)", "INSERT INTO p VALUES (13800138000,'张三')"}, "p", "phone\tname\n13800138000\t张三\n"},
		{"a key named at the end", []string{"CREATE TABLE p (name TEXT, phone INTEGER, PRIMARY KEY(phone))", "INSERT INTO p VALUES ('张三',13800138000)"}, "p", "name\tphone\n张三\t13800138000\n"},
		{"no row numbers", []string{"CREATE TABLE p (a TEXT, b TEXT, c TEXT, PRIMARY KEY(c, a)) WITHOUT ROWID", "INSERT INTO p VALUES ('1','2','3')"}, "p", "a\tb\tc\n1\t2\t3\n"},
		{"UTF-16", []string{"PRAGMA encoding='UTF-16le'", "CREATE TABLE p (name TEXT)", "INSERT INTO p VALUES ('张三𠀀')"}, "p", "name\trowid\n张三𠀀\n"},
		{"a row over many pages", []string{"CREATE TABLE p (t TEXT)", "INSERT INTO p VALUES ('" + long + "')"}, "p", long + "\n"},
		{"many pages", []string{"CREATE TABLE p (n INTEGER, t TEXT)", "CREATE INDEX i ON p(t)", "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<5000) INSERT INTO p SELECT x, 'row '||x FROM c"}, "p", "4999\trow 4999\n5000\trow 5000\n"},
		{"a column worked out", []string{"CREATE TABLE p (a TEXT, b TEXT AS (a||'x'), c TEXT)", "INSERT INTO p VALUES ('1','2')"}, "p", "a\tc\trowid\n1\t2\n"},
		{"bytes that are no text", []string{"CREATE TABLE p (a TEXT, pic BLOB)", "INSERT INTO p VALUES ('1',x'FFD8FF00')"}, "p.pic", "\xFF\xD8\xFF\x00"},
		{"bytes that are text", []string{"CREATE TABLE p (a BLOB)", "INSERT INTO p VALUES (x'313338')"}, "p", "a\trowid\n138\n"},
		{"the schema", []string{"CREATE TABLE p (a TEXT DEFAULT '13800138000')"}, "schema", "DEFAULT '13800138000'"},
		{"a deleted row", []string{"PRAGMA secure_delete=off", "CREATE TABLE p (a TEXT)", "INSERT INTO p VALUES ('keep'),('gone 13800138000 gone'),('keep')", "DELETE FROM p WHERE a LIKE 'gone%'"}, "free", "13800138000"},
		{"a dropped table", []string{"PRAGMA secure_delete=off", "CREATE TABLE p (a TEXT)", "INSERT INTO p VALUES ('gone 13800138000')", "DROP TABLE p"}, "free", "13800138000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.SQLite, database(t, tt.statements...), roomy)
			got, ok := c.find(tt.part)
			if !ok || !strings.Contains(got, tt.want) {
				t.Errorf("part %q is %.200q, want %.200q in it", tt.part, got, tt.want)
			}
			if len(c.misses) > 0 {
				t.Errorf("misses %v", c.misses)
			}
		})
	}
}

func TestSQLiteBroken(t *testing.T) {
	b := database(t, "CREATE TABLE p (n INTEGER, t TEXT)", "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<2000) INSERT INTO p SELECT x, 'row '||x FROM c")
	swap := func(at int, v ...byte) []byte { c := bytes.Clone(b); copy(c[at:], v); return c }
	loop := bytes.Clone(b)
	copy(loop[4096+8:], []byte{0, 0, 0, 2}) // the root leads to itself
	tests := []struct {
		name string
		file []byte
		l    unpack.Limits
		want inspect.GapReason
	}{
		{"cut off", b[:len(b)-5000], roomy, inspect.GapBroken},
		{"pages of no size", swap(16, 0, 0), roomy, inspect.GapBroken},
		{"a page of another kind", swap(4096, 99), roomy, inspect.GapBroken},
		{"a loop", loop, roomy, inspect.GapBroken},
		{"no head", []byte("SQLite format 3\x00"), roomy, inspect.GapBroken},
		{"bytes", b, unpack.Limits{Entries: 9, Memory: 1 << 20, Bytes: 1000}, inspect.GapLimitBytes},
		{"parts", b, unpack.Limits{Entries: 1, Memory: 1 << 20, Bytes: 1 << 20}, inspect.GapLimitEntries},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if c := whole(unpack.SQLite, tt.file, tt.l); c.misses[tt.want] == 0 {
				t.Errorf("misses %v, want %s", c.misses, tt.want)
			}
		})
	}
}

func FuzzSQLite(f *testing.F) {
	f.Add(database(f, "PRAGMA page_size=512", "CREATE TABLE p (a TEXT, b BLOB)", "INSERT INTO p VALUES ('1',x'FF'),('"+strings.Repeat("x", 900)+"',x'00')"))
	f.Fuzz(func(t *testing.T, b []byte) { keepsBudget(t, unpack.SQLite, b) })
}
