package registry

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// set puts a cell's text into the field of a row, and says what is wrong with
// it and how to mend it. An empty text sets nothing.
func (c *sheetColumn) set(row reflect.Value, text string) (what, mend string) {
	if text == "" || len(c.steps) == 0 {
		return "", ""
	}
	v := walk(row, c.steps, true)
	switch {
	case c.void != "" && strings.EqualFold(strings.TrimSpace(text), c.void):
		return "", ""
	case len(c.inner) > 0:
		return c.setTogether(v, splitCell(text, true))
	case v.Kind() == reflect.Slice:
		return c.setList(v, splitCell(text, false))
	}
	return c.setLeaf(v, cellElement(text))
}

// cellElement reads a cell that is no list.
func cellElement(text string) element {
	s, quoted := unquoteCell(text)
	return element{s, quoted}
}

// walk goes down from a struct by field numbers. Without alloc a nil pointer
// on the way gives the zero Value.
func walk(v reflect.Value, steps []int, alloc bool) reflect.Value {
	for _, i := range steps {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				if !alloc {
					return reflect.Value{}
				}
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

func (c *sheetColumn) setList(v reflect.Value, list []element) (what, mend string) {
	if what, mend := tooMany(list); what != "" {
		return what, mend
	}
	if len(list) == 0 {
		return "", ""
	}
	out := reflect.MakeSlice(v.Type(), len(list), len(list))
	for i, e := range list {
		if what, mend := c.setLeaf(out.Index(i), e); what != "" {
			return nth(i, len(list)) + what, mend
		}
	}
	v.Set(out)
	return "", ""
}

// setTogether fills one field of each element of a list whose columns go
// together.
func (c *sheetColumn) setTogether(v reflect.Value, list []element) (what, mend string) {
	if what, mend := tooMany(list); what != "" {
		return what, mend
	}
	if v.Len() == 0 {
		v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	}
	if v.Len() != len(list) {
		group, _, _ := strings.Cut(c.name, ".")
		return fmt.Sprintf("has %d entries where another column of %s has %d", len(list), group, v.Len()),
			"give each entry its place in every column, or leave the column empty"
	}
	for i, e := range list {
		if what, mend := c.setLeaf(walk(v.Index(i), c.inner, true), e); what != "" {
			return nth(i, len(list)) + what, mend
		}
	}
	return "", ""
}

func tooMany(list []element) (what, mend string) {
	if len(list) > maxList {
		return fmt.Sprintf("has more than %d entries", maxList), "split it over several rows or filings"
	}
	return "", ""
}

// nth names an entry of a list that has several.
func nth(i, n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf("entry %d ", i+1)
}

// setLeaf reads one value. Empty ones stay as they are.
func (c *sheetColumn) setLeaf(v reflect.Value, e element) (what, mend string) {
	if e.text == "" {
		return "", ""
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if u.UnmarshalText([]byte(strings.ToLower(e.text))) != nil {
			return "is none that is known", "use " + c.choices()
		}
		return "", ""
	}
	switch v.Kind() {
	case reflect.Bool:
		return setFlag(v, e.text)
	case reflect.Int, reflect.Int64, reflect.Uint16:
		return setNumber(v, e.text)
	}
	if !e.quoted && sciForm.MatchString(e.text) {
		return "was a long number that a spreadsheet program rounded", "type it again in a cell of format text"
	}
	if c.date && !e.quoted {
		day, ok := parseDay(e.text)
		if !ok {
			return "is no date", "write it like 2026-11-22"
		}
		e.text = day
	}
	v.SetString(e.text)
	return "", ""
}

func (c *sheetColumn) choices() string { return strings.ReplaceAll(c.allowed, ",", ", ") }

func setFlag(v reflect.Value, s string) (what, mend string) {
	switch strings.ToLower(s) {
	case "true", "yes", "是", "1":
		v.SetBool(true)
	case "false", "no", "否", "0":
		v.SetBool(false)
	default:
		return "is neither true nor false", "write true or false, 是 or 否"
	}
	return "", ""
}

func setNumber(v reflect.Value, s string) (what, mend string) {
	if v.Kind() == reflect.Uint16 {
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil {
			return "is no number from 0 to 65535", "write it in digits"
		}
		v.SetUint(n)
		return "", ""
	}
	if sciForm.MatchString(s) {
		return "was a long number that a spreadsheet program rounded", "type it again in a cell of format text"
	}
	n, err := strconv.ParseInt(s, 10, v.Type().Bits())
	if err != nil {
		return "is no whole number", "write it in digits without separators, as 450000"
	}
	v.SetInt(n)
	return "", ""
}

// parseDay reads a date as people and spreadsheet programs write it.
func parseDay(s string) (string, bool) {
	day, clock, timed := strings.Cut(s, " ")
	if timed && strings.Trim(clock, "0:.") != "" {
		return "", false
	}
	for _, form := range [...]string{time.DateOnly, "2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日"} {
		if t, err := time.Parse(form, day); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}

// get writes the field of a row as the text of a cell. It is the reverse of
// set.
func (c *sheetColumn) get(row reflect.Value, csv bool) string {
	if len(c.steps) == 0 {
		return ""
	}
	v := walk(row, c.steps, false)
	style := sheetStyle{csv: csv, date: c.date}
	switch {
	case !v.IsValid():
		return ""
	case v.Kind() != reflect.Slice:
		inside := len(c.steps) > 1 && row.Field(c.steps[0]).Kind() == reflect.Pointer
		return c.leaf(v, style, inside)
	case v.Len() == 0:
		return c.void
	}
	style.element = true
	out, blank := make([]string, v.Len()), true
	for i := range out {
		e := walk(v.Index(i), c.inner, false)
		blank = blank && e.IsZero()
		out[i] = c.leaf(e, style, true)
	}
	// The first of the columns that go together tells how many entries there are.
	if blank && len(c.inner) > 0 && c.inner[0] > 0 {
		return ""
	}
	return strings.Join(out, ";")
}

// leaf writes one value. Where emptiness counts, also an empty text.
func (c *sheetColumn) leaf(v reflect.Value, style sheetStyle, empty bool) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		b, _ := m.MarshalText() // of a level: it has a name for every value
		return string(b)
	}
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Uint16:
		return strconv.FormatUint(v.Uint(), 10)
	}
	if v.String() == "" && !empty {
		return ""
	}
	return cellText(v.String(), style)
}
