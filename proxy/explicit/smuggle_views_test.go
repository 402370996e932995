package explicit_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// view is a request as one reader understood it.
type view struct{ method, target, host, fields, body, trailer string }

var (
	lineForm    = regexp.MustCompile("^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([^\\x00-\\x20\\x7f]+) HTTP/1[.]([01])$")
	fieldForm   = regexp.MustCompile("^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\\x00-\\x08\\x0a-\\x1f\\x7f]*)$")
	sizeForm    = regexp.MustCompile("^[0-9a-fA-F]{1,15}$")
	lengthForm  = regexp.MustCompile("^[0-9]{1,18}$")
	lenientSize = regexp.MustCompile("^[ \t]*(?:0x)?([0-9a-fA-F]+)")
	digits      = regexp.MustCompile("[0-9]+")
)

// reader reads requests one after the other, strictly or as the most tolerant
// of servers do.
type reader struct {
	rest   string
	strict bool
	bad    bool // a rule was broken, or the end is missing
}

// read returns the requests up to the end or to what cannot be one.
func read(b []byte, strict bool) (views []view, whole bool) {
	r := &reader{rest: string(b), strict: strict}
	for {
		for !strict && strings.HasPrefix(strings.TrimLeft(r.rest, "\r"), "\n") {
			_, r.rest, _ = strings.Cut(r.rest, "\n")
		}
		if r.rest == "" {
			return views, true
		}
		v := r.request()
		if r.bad {
			return views, false
		}
		views = append(views, v)
	}
}

// line takes one line.
func (r *reader) line() string {
	l, rest, ok := strings.Cut(r.rest, "\n")
	end := strings.HasSuffix(l, "\r")
	if !ok || r.strict && !end {
		r.bad = true
		return ""
	}
	r.rest = rest
	return strings.TrimSuffix(l, "\r")
}

// block takes fields up to an empty line.
func (r *reader) block() (names, values []string) {
	for !r.bad {
		l := r.line()
		if l == "" {
			break
		}
		if r.strict {
			m := fieldForm.FindStringSubmatch(l)
			if m == nil {
				r.bad = true
				break
			}
			names, values = append(names, strings.ToLower(m[1])), append(values, strings.Trim(m[2], " \t"))
			continue
		}
		if (l[0] == ' ' || l[0] == '\t') && len(values) > 0 {
			values[len(values)-1] += " " + strings.TrimSpace(l)
			continue
		}
		name, value, _ := strings.Cut(l, ":")
		names = append(names, strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "_", "-"))
		values = append(values, strings.TrimSpace(value))
	}
	return names, values
}

func (r *reader) request() (v view) {
	l := r.line()
	if m := lineForm.FindStringSubmatch(l); m != nil {
		v.method, v.target = m[1], m[2]
	} else if p := strings.Fields(l); r.strict || len(p) < 2 {
		r.bad = true
		return v
	} else {
		v.method, v.target = p[0], p[1]
	}
	names, values := r.block()
	var lengths, codings []string
	for i, n := range names {
		switch n {
		case "host":
			if v.host != "" && r.strict {
				r.bad = true
			}
			v.host = values[i]
		case "content-length":
			lengths = append(lengths, values[i])
		case "transfer-encoding":
			codings = append(codings, values[i])
		}
	}
	v.fields = shown(names, values)
	if r.strict {
		r.bad = r.bad || len(lengths)+len(codings) > 1 || len(lengths) == 1 && !lengthForm.MatchString(lengths[0]) || len(codings) == 1 && codings[0] != "chunked"
	}
	switch {
	case r.bad:
	case len(lengths) > 0: // the lenient one goes by the last length, whatever the coding
		n, _ := strconv.Atoi(digits.FindString(lengths[len(lengths)-1]))
		if n > len(r.rest) {
			r.bad = true
			break
		}
		v.body, r.rest = r.rest[:n], r.rest[n:]
	case len(codings) > 0 && strings.Contains(strings.ToLower(strings.Join(codings, ",")), "chunked"):
		r.chunks(&v)
	}
	return v
}

func (r *reader) chunks(v *view) {
	for !r.bad {
		l := r.line()
		form := sizeForm
		if !r.strict {
			form = lenientSize
		}
		m := form.FindStringSubmatch(l)
		if m == nil {
			r.bad = true
			return
		}
		n, _ := strconv.ParseInt(m[len(m)-1], 16, 32)
		if n == 0 {
			v.trailer = shown(r.block())
			return
		}
		if int(n) > len(r.rest) {
			r.bad = true
			return
		}
		v.body, r.rest = v.body+r.rest[:n], r.rest[n:]
		if r.line() != "" {
			r.bad = true
		}
	}
}

// made are the fields that belong to a connection, that the sender makes anew,
// or that do not travel on.
var made = regexp.MustCompile(`^(host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|proxy-.*|customs-.*|x-forwarded-.*|x-original-.*|x-rewrite-url|x-host|forwarded)$`)

// shown writes the fields that travel.
func shown(names, values []string) string {
	var lines []string
	for i, n := range names {
		if !made.MatchString(n) {
			lines = append(lines, n+": "+values[i])
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// inspected reads a head as it was scanned.
func inspected(text string) view {
	first, rest, _ := strings.Cut(text, "\n")
	method, target, _ := strings.Cut(first, " ")
	return view{method: method, target: target, fields: scanned(rest)}
}

func scanned(text string) string {
	var names, values []string
	for l := range strings.Lines(text) {
		n, v, _ := strings.Cut(strings.TrimSuffix(l, "\n"), ":")
		names, values = append(names, strings.ToLower(n)), append(values, strings.TrimSpace(v))
	}
	return shown(names, values)
}

// same compares what the origin reads with what was inspected.
func (v view) same(o view) error {
	for _, p := range [][3]string{{"method", v.method, o.method}, {"target", v.target, o.target}, {"fields", v.fields, o.fields},
		{"body", v.body, o.body}, {"trailers", v.trailer, o.trailer}} {
		if p[1] != p[2] {
			return fmt.Errorf("%s %.80q against %.80q", p[0], p[1], p[2])
		}
	}
	return nil
}

// meant is the target as it travels on.
func meant(target string) string {
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return target
	}
	return u.RequestURI()
}
