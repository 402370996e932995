package index

import (
	"context"
	"database/sql"
	"strings"
)

// The kinds of names. A row keeps numbers instead of the texts, and its sets of
// reasons and classes are one name each: there are few that differ.
const (
	kindExporter = iota + 1
	kindRecipient
	kindCountry
	kindFiling
	kindReasons
	kindClasses
)

// setSep joins a set to one name; no code or class holds it.
const setSep = "\n"

// maxNames bounds the names that are remembered; more are looked up.
const maxNames = 1 << 16

type nameKey struct {
	kind int
	text string
}

// names numbers texts. The empty text is 0.
type names struct {
	of   map[nameKey]int64
	next int64
}

func newNames() *names { return &names{of: map[nameKey]int64{}} }

func (n *names) load(ctx context.Context, db *sql.DB) error {
	return db.QueryRowContext(ctx, "SELECT coalesce(max(n), 0) FROM names").Scan(&n.next)
}

// number returns the number of a name, and writes the name down if it is new.
func (n *names) number(ctx context.Context, w *writing, kind int, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	k := nameKey{kind, text}
	if id, ok := n.of[k]; ok {
		return id, nil
	}
	if len(n.of) >= maxNames {
		clear(n.of)
	}
	var id int64
	err := w.findName.QueryRowContext(ctx, kind, text).Scan(&id)
	if err == sql.ErrNoRows {
		n.next++
		id = n.next
		_, err = w.addName.ExecContext(ctx, id, kind, text)
	}
	if err == nil {
		n.of[k] = id
	}
	return id, err
}

func joinSet(set []string) string { return strings.Join(set, setSep) }

func splitSet(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, setSep)
}
