package law_test

import (
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
)

func civil(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.ParseInLocation(time.DateOnly, s, policy.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// autumn is a calendar with a week of holidays and one Saturday worked for it.
var autumn = law.Calendar{Verified: true, Source: "a test", Workdays: []string{"2026-10-10"},
	Holidays: []string{"2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07"}}

func TestWorkingDays(t *testing.T) {
	plain := law.Calendar{}
	unread := autumn
	unread.Verified = false
	tests := []struct {
		name     string
		calendar law.Calendar
		from     string
		n        int
		want     string
	}{
		{"the day itself", plain, "2026-11-21", 0, "2026-11-21"},
		{"over a weekend", plain, "2026-11-20", 1, "2026-11-23"},
		{"from a Saturday", plain, "2026-11-21", 1, "2026-11-23"},
		{"back over a weekend", plain, "2026-11-23", -1, "2026-11-20"},
		{"back from a Sunday", plain, "2026-11-22", -1, "2026-11-20"},
		{"sixty days before an end", plain, "2026-11-30", -60, "2026-09-07"},
		{"sixty days before an end with holidays", autumn, "2026-11-30", -60, "2026-09-01"},
		{"over the holidays", autumn, "2026-09-30", 1, "2026-10-08"},
		{"to the Saturday worked for them", autumn, "2026-10-09", 1, "2026-10-10"},
		{"back over the holidays", autumn, "2026-10-08", -1, "2026-09-30"},
		{"holidays that nobody compared", unread, "2026-09-30", 1, "2026-10-01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.calendar.Add(civil(t, tt.from), tt.n)
			if got.Format(time.DateOnly) != tt.want || got.Location() != policy.Shanghai {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Until undoes Add, from every day of a year and in both directions, and
// counts what going day by day counts.
func TestUntilCountsWhatAddGoes(t *testing.T) {
	for _, c := range []law.Calendar{{}, autumn} {
		for d := civil(t, "2026-01-01"); d.Year() == 2026; d = d.AddDate(0, 0, 1) {
			if !c.Working(d) {
				continue
			}
			for _, n := range []int{-61, -6, -5, -1, 0, 1, 4, 5, 23, 120} {
				if got := c.Until(d, c.Add(d, n)); got != n {
					t.Fatalf("from %s: %d days on lie %d days ahead", d.Format(time.DateOnly), n, got)
				}
			}
		}
		slow, from := 0, civil(t, "2026-08-29")
		for d := from; d.Year() == 2026; d = d.AddDate(0, 0, 1) {
			if d != from && c.Working(d) {
				slow++
			}
			if got := c.Until(from, d); got != slow {
				t.Fatalf("until %s: %d, want %d", d.Format(time.DateOnly), got, slow)
			}
		}
	}
}

func TestDaysAreThoseOfShanghai(t *testing.T) {
	late := time.Date(2026, 11, 20, 16, 30, 0, 0, time.UTC) // Saturday in Shanghai
	if got := (law.Calendar{}).Add(late, 0).Format(time.DateOnly); got != "2026-11-21" {
		t.Errorf("the day is %s", got)
	}
	if (law.Calendar{}).Working(late) {
		t.Error("a Saturday in Shanghai is a working day")
	}
}

func TestTermsOfPathways(t *testing.T) {
	b := opened(t, map[string]string{"next.yaml": sub(t, sub(t, builtinPack(t), "id: cn-2024", "id: cn-2027"), "from: 2024-03-22", "from: 2027-01-01")})
	sa := b.Pathway(policy.SA, "2026-11-22")
	if sa.Years != 3 || sa.Renew != 60 || len(sa.WarnDays) != 3 || sa.WarnDays[0] != 120 || sa.WarnDays[2] != 60 {
		t.Errorf("SA: %+v", sa)
	}
	if sc := b.Pathway(policy.SC, "2026-11-22"); sc.FileWithin != 10 || len(sc.WarnDays) != 3 {
		t.Errorf("SC: %+v", sc)
	}
	if w := b.Pathway("NONE", "2026-11-22"); w.Years != 0 || w.Satisfies != nil {
		t.Errorf("an unknown pathway binds: %+v", w)
	}
	if c := b.Calendar("2026-11-22"); c.Verified || len(c.Holidays) != 0 {
		t.Errorf("calendar: %+v", c)
	}
}
