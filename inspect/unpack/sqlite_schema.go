package unpack

import (
	"slices"
	"strings"
)

// sqliteColumns reads the names of the columns from a CREATE TABLE statement.
// key is the column that stands for the row's own number, -1 for none; order
// says for a table WITHOUT ROWID which stored value each column has.
func sqliteColumns(sql string) (names []string, key int, order []int) {
	key = -1
	from := strings.IndexByte(sql, '(')
	if from < 0 {
		return nil, key, nil
	}
	var first []string // the columns of the primary key
	items, tail := sqliteItems(sql[from+1:])
	for _, item := range items {
		w := sqliteWords(item)
		if len(w) == 0 {
			continue
		}
		switch strings.ToUpper(w[0]) {
		case "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN":
			if k := sqliteFind(w, "PRIMARY"); k >= 0 && k+1 < len(w) {
				if open := strings.IndexByte(item, '('); open >= 0 {
					inner, _ := sqliteItems(item[open+1:])
					for _, c := range inner {
						if cw := sqliteWords(c); len(cw) > 0 {
							first = append(first, cw[0])
						}
					}
				}
			}
			continue
		}
		if sqliteFind(w, "PRIMARY") > 0 {
			first = append(first, w[0])
		}
		if sqliteFind(w, "AS") > 0 && sqliteFind(w, "STORED") < 0 {
			continue // worked out when asked for, and not stored
		}
		names = append(names, w[0])
	}
	if len(first) == 1 {
		key = sqliteKey(names, items, first[0])
	}
	if strings.Contains(strings.ToUpper(tail), "WITHOUT") {
		order, key = sqliteOrder(names, first), -1
	}
	return names, key, order
}

// sqliteKey finds the column of the primary key, if it is an INTEGER.
func sqliteKey(names, items []string, name string) int {
	for _, item := range items {
		w := sqliteWords(item)
		if len(w) > 1 && strings.EqualFold(w[0], name) && strings.EqualFold(w[1], "INTEGER") {
			return slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
		}
	}
	return -1
}

// sqliteOrder gives for each column the place where it is stored: those of the
// primary key come first.
func sqliteOrder(names, first []string) []int {
	place := map[string]int{}
	for _, n := range first {
		if _, ok := place[strings.ToLower(n)]; !ok {
			place[strings.ToLower(n)] = len(place)
		}
	}
	order := make([]int, len(names))
	for i, n := range names {
		at, ok := place[strings.ToLower(n)]
		if !ok {
			at = len(place)
			place[strings.ToLower(n)] = at
		}
		order[i] = at
	}
	sorted := slices.Sorted(slices.Values(order))
	for i, at := range sorted {
		if at != i { // no order of these columns
			return nil
		}
	}
	return order
}

// sqliteItems cuts a list at its commas, up to its closing bracket.
func sqliteItems(s string) (items []string, tail string) {
	depth, from := 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\'', '"', '`', '[':
			if c == '[' {
				c = ']'
			}
			end := strings.IndexByte(s[i+1:], c)
			if end < 0 {
				return append(items, s[from:]), ""
			}
			i += end + 1
		case '-', '/':
			n := sqliteComment(s[i:])
			if i+n >= len(s) {
				return append(items, s[from:i]), ""
			}
			i += max(0, n-1)
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return append(items, s[from:i]), s[i+1:]
			}
		case ',':
			if depth == 0 && len(items) < 1<<15 {
				items = append(items, s[from:i])
				from = i + 1
			}
		}
	}
	return append(items, s[from:]), ""
}

// sqliteWords cuts a definition into words, names without their quotes.
func sqliteWords(s string) (words []string) {
	for i := 0; i < len(s) && len(words) < 64; {
		c := s[i]
		switch {
		case sqliteComment(s[i:]) > 0:
			i += sqliteComment(s[i:])
		case c == '"' || c == '`' || c == '[' || c == '\'':
			if c == '[' {
				c = ']'
			}
			end := strings.IndexByte(s[i+1:], c)
			if end < 0 {
				return append(words, s[i+1:])
			}
			if word := s[i+1 : i+1+end]; c != '\'' || len(words) == 0 {
				words = append(words, word)
			} else {
				words = append(words, "'"+word) // a text, and no keyword
			}
			i += end + 2
		case strings.IndexByte(" \t\r\n(),", c) >= 0:
			i++
		default:
			end := strings.IndexAny(s[i:], " \t\r\n(),\"`['")
			if end <= 0 {
				return append(words, s[i:])
			}
			words = append(words, s[i:i+end])
			i += end
		}
	}
	return words
}

// sqliteComment is how long the comment is that begins s, 0 where none does.
func sqliteComment(s string) int {
	end := "\n"
	switch {
	case strings.HasPrefix(s, "/*"):
		end = "*/"
	case !strings.HasPrefix(s, "--"):
		return 0
	}
	if k := strings.Index(s[2:], end); k >= 0 {
		return 2 + k + len(end)
	}
	return len(s)
}

// odd tells a virtual table whose rows are packed in a way that is not read:
// places in a tree, words without the text that they were taken from.
func (d *sqliteDB) odd(sql string) bool {
	w := sqliteWords(sql)
	at := sqliteFind(w, "USING")
	if sqliteFind(w, "VIRTUAL") != 1 || at < 0 || at+1 >= len(w) {
		return false
	}
	switch kind := strings.ToLower(w[at+1]); {
	case strings.HasPrefix(kind, "rtree"), kind == "geopoly":
		return true
	case strings.HasPrefix(kind, "fts"):
		flat := strings.Map(func(r rune) rune {
			if r == ' ' || r == '\t' || r == '\n' || r == '\r' {
				return -1
			}
			return r
		}, strings.ToLower(sql))
		return strings.Contains(flat, "content=''") || strings.Contains(flat, `content=""`) || strings.Contains(flat, "compress=")
	}
	return false
}

// sqliteFind finds a keyword among words.
func sqliteFind(words []string, key string) int {
	for i, w := range words {
		if strings.EqualFold(w, key) {
			return i
		}
	}
	return -1
}
