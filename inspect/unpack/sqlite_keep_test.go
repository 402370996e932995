package unpack_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/unpack"
)

const (
	sqliteFill = "WITH RECURSIVE c(x) AS (SELECT 0 UNION ALL SELECT x+1 FROM c WHERE x<999) "
	sqliteKeep = "PRAGMA secure_delete=off"
)

// TestSQLiteKeepsAll puts a number where SQLite does not store it as text.
func TestSQLiteKeepsAll(t *testing.T) {
	long := strings.Repeat("甲乙丙", 3000)
	tests := []struct {
		name       string
		statements []string
		want       string
	}{
		{"a hidden row number", []string{"CREATE TABLE p (a TEXT)", "INSERT INTO p(rowid, a) VALUES (13800138000,'x')"}, "x\t13800138000"},
		{"six bytes", []string{"CREATE TABLE p (n)", "INSERT INTO p VALUES (13800138000)"}, "13800138000"},
		{"eight bytes", []string{"CREATE TABLE p (n)", "INSERT INTO p VALUES (110105194912310021)"}, "110105194912310021"},
		{"a real number", []string{"CREATE TABLE p (n REAL)", "INSERT INTO p VALUES (13800138000.5)"}, "13800138000.5"},
		{"an index", []string{"CREATE TABLE p (a TEXT, n INTEGER)", "CREATE INDEX i ON p(n+1)", "INSERT INTO p VALUES ('x',13800137999)"}, "13800138000"},
		{"a table without row numbers", []string{"CREATE TABLE p (a TEXT, n INTEGER, b TEXT, PRIMARY KEY (n, b)) WITHOUT ROWID", "INSERT INTO p VALUES ('x',13800138000,'y')"}, "x\t13800138000\ty"},
		{"a column added later", []string{"CREATE TABLE p (a TEXT, n INTEGER, PRIMARY KEY (n)) WITHOUT ROWID", "INSERT INTO p VALUES ('x',13800138000)", "ALTER TABLE p ADD COLUMN z TEXT"}, "x\t13800138000"},
		{"UTF-16, big end first", []string{"PRAGMA encoding='UTF-16be'", "CREATE TABLE p (a TEXT)", "INSERT INTO p VALUES ('" + long + "电话')"}, long + "电话"},
		{"UTF-16 that was deleted", []string{sqliteKeep, "PRAGMA encoding='UTF-16le'", "CREATE TABLE p (a TEXT)", "INSERT INTO p VALUES ('电话 13800138000'),('b')", "DELETE FROM p WHERE a<>'b'"}, "电话 13800138000"},
		{"a view", []string{"PRAGMA encoding='UTF-16le'", "CREATE VIEW v AS SELECT '13800138000'"}, "13800138000"},
		{"a trigger", []string{"PRAGMA encoding='UTF-16le'", "CREATE TABLE p (a)", "CREATE TRIGGER t AFTER INSERT ON p BEGIN SELECT '13800138000'; END"}, "13800138000"},
		{"the user's version", []string{"PRAGMA user_version=1380013800", "CREATE TABLE p (a)"}, "1380013800"},
		{"a text with a NUL", []string{"CREATE TABLE p (a TEXT)", "INSERT INTO p VALUES (CAST(x'310033003800' AS TEXT))"}, "1\x003\x008\x00"},
		{"a packed blob", []string{"CREATE TABLE p (a BLOB)", fmt.Sprintf("INSERT INTO p VALUES (x'%x')", zlibbed("hidden"))}, zlibbed("hidden")},
		{"a mail in a text", []string{"CREATE TABLE p (a TEXT)", "INSERT INTO p VALUES ('" + strings.Repeat("A: b\n", 80) + "')"}, strings.Repeat("A: b\n", 80)},
		{"a number of a dropped table", []string{sqliteKeep, "CREATE TABLE p (a TEXT, n INTEGER)", sqliteFill + "INSERT INTO p SELECT 'row', 13800138000+x FROM c", "DROP TABLE p"}, "row\t13800138999"},
		{"a deleted number", []string{sqliteKeep, "CREATE TABLE p (n INTEGER, a TEXT)", sqliteFill + "INSERT INTO p SELECT 13800138000+x, 'row' FROM c WHERE x<300", "DELETE FROM p WHERE n=13800138200"}, "13800138200"},
		{"an early deleted number", []string{sqliteKeep, "CREATE TABLE p (a TEXT, n INTEGER)", "INSERT INTO p VALUES ('keep',1),('gone',13800138000),('keep',2)", "DELETE FROM p WHERE a='gone'"}, "13800138000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := whole(unpack.SQLite, database(t, tt.statements...), roomy)
			if !c.holds(tt.want) || len(c.misses) > 0 {
				t.Errorf("misses %v, parts %.2000q", c.misses, c.parts)
			}
		})
	}
}

func TestSQLiteBehind(t *testing.T) {
	one := database(t, "CREATE TABLE p (n INTEGER)", "INSERT INTO p VALUES (13800138000)")
	two := database(t, "PRAGMA page_size=1024", "CREATE TABLE q (n INTEGER)", "INSERT INTO q VALUES (13900139000)")
	for name, b := range map[string][]byte{
		"a database":                        append(bytes.Clone(one), two...),
		"a database behind other bytes":     append(append(bytes.Clone(one), "PK\x03\x04 other"...), two...),
		"a database in pages not accounted": func() []byte { b := append(bytes.Clone(one), two...); copy(b[92:96], "\x00\x00\x00\x00"); return b }(),
	} {
		if c := whole(unpack.SQLite, b, roomy); !c.holds("13800138000") || !c.holds("13900139000") || len(c.misses) > 0 {
			t.Errorf("%s: misses %v, parts %.900q", name, c.misses, c.parts)
		}
	}
	for name, statements := range map[string][]string{
		"a tree of places":         {"CREATE VIRTUAL TABLE r USING rtree(id, a, b)"},
		"words without their text": {"CREATE VIRTUAL TABLE f USING fts5(a, content='')"},
	} {
		if c := whole(unpack.SQLite, database(t, statements...), roomy); c.misses[inspect.GapUnknownFormat] == 0 {
			t.Errorf("%s: misses %v", name, c.misses)
		}
	}
}

// TestSQLiteDamaged breaks a database and holds that what is lost is told.
func TestSQLiteDamaged(t *testing.T) {
	b := database(t, "PRAGMA page_size=512", "CREATE TABLE p (a TEXT, n INTEGER)",
		sqliteFill+"INSERT INTO p SELECT 'row', 13800138000+x FROM c WHERE x<200", "CREATE TABLE q (t TEXT, n INTEGER)", "INSERT INTO q VALUES ('"+strings.Repeat("长", 900)+"',13900139000)")
	r := rand.New(rand.NewPCG(5, 1))
	for i := range 300 {
		c := bytes.Clone(b)
		switch i % 4 {
		case 0:
			c = c[:r.IntN(len(c))]
		case 1: // the head of a page
			c[r.IntN(len(c)/512)*512+r.IntN(12)] ^= 1 << r.IntN(8)
		case 2: // the places of cells
			binary.BigEndian.PutUint16(c[r.IntN(len(c)/512)*512+8+2*r.IntN(9):], uint16(r.IntN(512)))
		default:
			c[16+r.IntN(84)] ^= 1 << r.IntN(8)
		}
		got := whole(unpack.SQLite, c, roomy)
		if len(got.misses) > 0 {
			continue
		}
		lost := 0
		for x := range 200 {
			if !got.holds(fmt.Sprint(13800138000 + x)) {
				lost++
			}
		}
		if lost > 0 || !got.holds("13900139000") {
			t.Errorf("damage %d: %d rows lost and nothing said", i, lost)
		}
	}
}

// TestSQLiteBounds gives small files that claim much.
func TestSQLiteBounds(t *testing.T) {
	b := database(t, "PRAGMA page_size=65536", "CREATE TABLE p (a TEXT)", sqliteFill+"INSERT INTO p SELECT printf('%.500c','x') FROM c")
	same := bytes.Clone(b) // every cell of a page is the first one
	for page := 65536; page < len(same); page += 65536 {
		for i := range 60 {
			copy(same[page+8+2*i:], same[page+8:page+10])
		}
	}
	claim := bytes.Clone(b)
	binary.BigEndian.PutUint32(claim[28:], 1<<31)
	binary.BigEndian.PutUint32(claim[36:], 1<<31)
	small := append(bytes.Clone(b[:100]), make([]byte, 4000)...)
	for name, file := range map[string][]byte{"cells over each other": same, "claimed pages": claim, "one page": small} {
		if used, spent := sqliteTakes(unpack.SQLite, file, roomy); used > 64<<20 || spent > time.Minute {
			t.Errorf("%s: %d bytes, %v", name, used, spent)
		}
	}
}
