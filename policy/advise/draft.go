package advise

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/idna"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

var (
	idForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	landForm = regexp.MustCompile(`^[A-Z]{2}$`)
	codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)
)

// What stands in a draft where only a person can know. No host has the name,
// and no country the code.
const (
	blank        = "待填写 / to be filled in"
	blankHost    = "to-be-filled-in.invalid"
	blankCountry = "ZZ"
)

// draft writes what would have to be filed for a way that nothing held covers
// until the end of the year.
func (a *adviser) draft(x *exporting, w *Way) error {
	if w.Cover.Now && w.Cover.Then && w.needs.asked <= policy.NeedNone || w.Cover.Then && w.Cover.Now && w.Cover.Filing != "" {
		return nil
	}
	if a.drafts >= maxDrafts {
		w.Notes = append(w.Notes, tooManyDrafts())
		return nil
	}
	a.drafts++
	f := &policy.Filing{Schema: policy.FilingSchema, ID: draftID(x, w), Pathway: pathwayOf(w), Status: statusDraft, Authority: blank,
		Exporter: policy.Filer{USCC: x.facts.USCC, Name: x.facts.Name, CIIO: x.facts.CIIO == policy.Yes, Zone: x.facts.Zone, CityCode: x.facts.City},
		Revision: 0}
	for _, u := range x.facts.Group {
		if u != x.facts.USCC {
			f.Exporter.GroupUSCCs = append(f.Exporter.GroupUSCCs, u)
		}
	}
	if f.Exporter.Name == "" {
		f.Exporter.Name = blank
	}
	w.fill(a, f)
	terms := a.src.Pathway(f.Pathway, a.now.at.In(policy.Shanghai).Format(time.DateOnly))
	day := a.now.at.In(policy.Shanghai)
	f.Valid.Effective = day.Format(time.DateOnly)
	if terms.Years > 0 {
		f.Valid.Issued, f.Valid.Expires = f.Valid.Effective, yearsAfter(day, terms.Years).Format(time.DateOnly)
		w.Scale.Years, w.Scale.Total = terms.Years, int64(terms.Years)*w.Scale.any
	}
	f.Volume = policy.Volume{NSPerYear: w.Scale.NSPerYear, SPPerYear: w.Scale.SPPerYear, TotalOverValidity: w.Scale.Total,
		Period: "calendar_year", TZ: "Asia/Shanghai"}
	w.Draft, w.Changes = f, w.Cover.Filing
	w.FillIn = fillIns(f, w)
	return nil
}

// pathwayOf is the first pathway that the Decider took; where it took none,
// that of the need.
func pathwayOf(w *Way) policy.Pathway {
	switch {
	case len(w.Options) > 0:
		return w.Options[0]
	case w.needs.asked == policy.NeedSCOrCert:
		return policy.SC
	}
	return policy.SA
}

// yearsAfter is the same day years later; 29 February becomes the 28th.
func yearsAfter(d time.Time, years int) time.Time {
	t := d.AddDate(years, 0, 0)
	if t.Day() != d.Day() {
		t = t.AddDate(0, 0, -t.Day())
	}
	return t
}

// draftID names a draft by what it is of, so that later advice on the same is
// its next revision. The dash keeps it from looking like somebody's number.
func draftID(x *exporting, w *Way) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{x.facts.USCC, w.Recipient, w.Country, w.Purpose}, "\x00")))
	h := hex.EncodeToString(sum[:6])
	return "DRAFT-" + h[:6] + "-" + h[6:]
}

// fill writes recipients, purposes, items and links.
func (w *Way) fill(a *adviser, f *policy.Filing) {
	r := policy.Recipient{ID: recipientID(w), Name: blank, Country: w.Country, Address: blank, Contact: blank}
	if !landForm.MatchString(r.Country) {
		r.Country = blankCountry
	}
	if known := a.recipient(f.Exporter.USCC, w.Recipient); known != nil && w.Known {
		r = *known
	}
	f.Recipients = []policy.Recipient{r}
	purpose := w.Purpose
	if !plain(purpose, 200) {
		purpose = blank
	}
	f.Purposes = []string{purpose}
	if codeForm.MatchString(w.scenario) && len(w.scenario) <= 64 && !longNumber(w.scenario) {
		f.Scenario = w.scenario
	}
	for n, i := range w.Items {
		f.Items = append(f.Items, policy.Item{ID: strconv.Itoa(n + 1), NameZH: i.Title.ZH, Level: i.Level, PI: i.Personal,
			Sensitive: i.Sensitive, Categories: []inspect.Class{i.Class}, Processing: "raw"})
	}
	f.Links = w.links(r.ID, purpose)
}

// recipient is how the exporter's filings name a recipient.
func (a *adviser) recipient(uscc, id string) *policy.Recipient {
	for i := range a.src.Filings {
		f := &a.src.Filings[i]
		if !holds(f, uscc) || f.Status == statusDraft {
			continue
		}
		for j := range f.Recipients {
			if f.Recipients[j].ID == id {
				return &f.Recipients[j]
			}
		}
	}
	return nil
}

// recipientID is the id in filings, or one made of the name and country.
func recipientID(w *Way) string {
	if w.Known && idForm.MatchString(w.Recipient) && !longNumber(w.Recipient) {
		return w.Recipient
	}
	id := w.Recipient + "-" + w.Country
	if w.Country == "" {
		id = w.Recipient + "-" + blankCountry
	}
	if idForm.MatchString(id) && !longNumber(id) {
		return id
	}
	sum := sha256.Sum256([]byte(w.Recipient + "\x00" + w.Country))
	return "recipient-" + hex.EncodeToString(sum[:4])
}

// links is the export-link table: one row a host, protocol and direction.
func (w *Way) links(recipient, purpose string) []policy.Link {
	var out []policy.Link
	transfers := map[int]int64{}
	for _, l := range w.lines {
		row := policy.Link{Recipient: recipient, SrcSystem: blank, Protocol: filedProtocol(l.line), Direction: l.direction, Purpose: purpose, Encryption: "tls1.2+"}
		if row.Direction != policy.Pull && row.Direction != policy.RemoteAccess {
			row.Direction = policy.Push
		}
		if row.Protocol == "http" {
			row.Encryption = "none"
		}
		row.DstDomains, row.DstCIDRs = destination(l.line)
		at := slices.IndexFunc(out, func(o policy.Link) bool {
			return o.Protocol == row.Protocol && o.Direction == row.Direction && slices.Equal(o.DstDomains, row.DstDomains) && slices.Equal(o.DstCIDRs, row.DstCIDRs)
		})
		if at < 0 {
			if len(out) >= maxLinks {
				w.cutLinks++
				continue
			}
			at = len(out)
			row.ID = "L" + strconv.Itoa(at+1)
			out = append(out, row)
		}
		if l.port > 0 && !slices.Contains(out[at].Ports, l.port) {
			out[at].Ports = append(out[at].Ports, l.port)
			slices.Sort(out[at].Ports)
		}
		transfers[at] += l.Transfers
	}
	for i := range out {
		out[i].Frequency = frequency(transfers[i], w.Scale.Days)
	}
	if w.cutLinks > 0 {
		w.Notes = append(w.Notes, cutLinks(w.cutLinks))
	}
	return out
}

// frequency calls a link that is used more than once an hour realtime.
func frequency(transfers int64, days float64) string {
	if float64(transfers) > 24*max(1, days) {
		return "realtime"
	}
	return "batch"
}

// filedProtocol is the word of the link table for how a flow was sent.
func filedProtocol(l *line) string {
	switch {
	case l.scheme == "https" || l.scheme == "wss":
		return "https"
	case l.scheme == "http" || l.scheme == "ws":
		return "http"
	case slices.Contains([]string{"sftp", "smtp", "mq"}, l.protocol):
		return l.protocol
	}
	return ""
}

// destination is where a link leads, as a name or as an address. A name that
// is withheld, or is none, has its address in its place, or a blank.
func destination(l *line) (domains, ranges []string) {
	for _, s := range []string{l.host, l.address} {
		if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
			return nil, []string{a.Unmap().String()}
		}
	}
	name, err := idna.Lookup.ToASCII(strings.TrimSuffix(l.host, "."))
	if l.host == withheld || err != nil || name == "" || strings.Contains(name, "*") {
		return []string{blankHost}, nil
	}
	return []string{name}, nil
}

// plain reports whether a text can stand in a filing: one line, of a length,
// and no number that could be a person's.
func plain(s string, most int) bool {
	digits := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		}
		if !unicode.IsGraphic(r) {
			return false
		}
	}
	return strings.TrimSpace(s) == s && s != "" && len(s) <= most && digits <= 10
}

// longNumber reports whether a text holds more than ten digits in a row.
func longNumber(s string) bool {
	run := 0
	for _, r := range s {
		if run++; !unicode.IsDigit(r) {
			run = 0
		}
		if run > 10 {
			return true
		}
	}
	return false
}
