package registry

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
)

// Calendar counts working days; a law.Calendar does. Until is negative when to
// lies before from.
type Calendar interface {
	Add(day time.Time, n int) time.Time
	Until(from, to time.Time) int
}

// Warning is a date that comes near, or has passed and still matters.
type Warning struct {
	Kind   Kind        `json:"kind"` // of the document
	Object string      `json:"object"`
	What   WarningKind `json:"what"`
	Date   string      `json:"date"` // 2006-01-02
	// Left are the working days until Date; negative when it has passed.
	Left int    `json:"working_days_left"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// WarningKind says what a warning is of.
type WarningKind string

// The kinds of warning.
const (
	WarnExpiry      WarningKind = "expiry"            // an assessment or certificate ends
	WarnRenewal     WarningKind = "renewal"           // the last day to apply for its extension
	WarnContract    WarningKind = "contract_end"      // a standard contract ends
	WarnNumber      WarningKind = "authority_no"      // a contract in force was not given a filing number
	WarnClaim       WarningKind = "claim_expiry"      // an exemption or the registration of a zone list ends
	WarnApproval    WarningKind = "approval_expiry"   // a sector approval ends
	WarnException   WarningKind = "exception_expiry"  // an exception ends
	WarnReviewOpen  WarningKind = "exception_open"    // an exception in time waits for reviewers
	WarnOtherPlaces WarningKind = "recipient_country" // filings and register disagree
)

// notice is how many working days before the end of something somebody is
// told, where the rule pack does not say. It is no legal number.
const notice = 30

// warner collects the warnings of one day.
type warner struct {
	day time.Time
	c   Calendar
	law Terms
	out []Warning
}

// Warnings returns what is about to end on a day, the nearest first.
func (r *Registry) Warnings(ctx context.Context, day time.Time, c Calendar) ([]Warning, error) {
	if err := r.refresh(ctx, 0); err != nil {
		return nil, fmt.Errorf("warnings: %w", err)
	}
	text := day.In(policy.Shanghai).Format(time.DateOnly)
	day, err := midnight(text)
	if err != nil {
		return nil, err
	}
	w := &warner{day: day, c: c, law: r.o.Law}
	b := r.view.Load().book
	reviewers := r.reviewers()
	for k, row := range b.newest {
		switch d := row.doc.(type) {
		case filing:
			if d.Status == statusEffective {
				w.filing((*policy.Filing)(&d), b)
			}
		case ExceptionDoc:
			if d.Status != statusEffective {
				continue
			}
			l, err := newLift(d)
			if err != nil {
				return nil, fmt.Errorf("warnings: %w", err)
			}
			q := l.quorum(reviewers, b.votes[k.id])
			w.exception(&d, q)
		}
	}
	slices.SortFunc(w.out, func(a, b Warning) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Object, b.Object), cmp.Compare(a.What, b.What))
	})
	return w.out, nil
}

// near reports whether a day lies within so many working days ahead, or as
// many behind, and how many are left.
func (w *warner) near(date string, days int) (int, bool) {
	t, err := midnight(date)
	if err != nil || t.IsZero() {
		return 0, false
	}
	left := w.c.Until(w.day, t)
	return left, left <= days && left >= -days
}

// add appends a warning; zh and en get date and working days left.
func (w *warner) add(k Kind, id string, what WarningKind, date string, left int, zh, en string) {
	w.out = append(w.out, Warning{k, id, what, date, left, zh + remainZH(date, left), en + remainEN(date, left)})
}

func remainZH(date string, left int) string {
	if left < 0 {
		return fmt.Sprintf("：%s，已过%d个工作日", date, -left)
	}
	return fmt.Sprintf("：%s，还剩%d个工作日", date, left)
}

func remainEN(date string, left int) string {
	if left < 0 {
		return fmt.Sprintf(": %s, %d working days ago", date, -left)
	}
	return fmt.Sprintf(": %s, in %d working days", date, left)
}

func (w *warner) filing(f *policy.Filing, b *book) {
	terms := w.law.Pathway(f.Pathway, cmp.Or(f.Valid.Issued, f.Valid.Effective))
	days := notice
	if len(terms.WarnDays) > 0 {
		days = slices.Max(terms.WarnDays)
	}
	left, near := w.near(f.Valid.Expires, days)
	switch {
	case !near:
	case f.Pathway == policy.SA || f.Pathway == policy.CERT:
		w.expiry(f, terms, left)
	case f.Pathway == policy.SC || f.Pathway == policy.GBASC:
		w.add(KindFiling, f.ID, WarnContract, f.Valid.Expires, left, "标准合同到期"+step(terms, left, zh), "the standard contract ends"+step(terms, left, en))
	default:
		w.add(KindFiling, f.ID, WarnClaim, f.Valid.Expires, left, "豁免或清单登记到期", "the registered exemption or use of a list ends")
	}
	w.number(f, terms)
	for _, a := range f.Approvals {
		if left, near := w.near(a.Expires, notice); near {
			w.add(KindFiling, f.ID, WarnApproval, a.Expires, left, "行业主管部门批准（"+a.Kind+"）到期", "the sector approval "+a.Kind+" ends")
		}
	}
	for _, r := range f.Recipients {
		row := b.newest[key{KindRecipient, r.ID}]
		if row == nil {
			continue
		}
		if d, ok := row.doc.(RecipientDoc); ok && d.Country != r.Country {
			w.out = append(w.out, Warning{KindFiling, f.ID, WarnOtherPlaces, w.day.Format(time.DateOnly), 0,
				"境外接收方 " + r.ID + " 的国家（地区）在备案中为 " + r.Country + "，登记为 " + d.Country,
				"recipient " + r.ID + " is in " + r.Country + " by the filing and in " + d.Country + " by the register"})
		}
	}
}

// The languages of a step.
const (
	zh = "（%d个工作日提醒）"
	en = " (%d working days' notice)"
)

// step names the lead time of the pack that was passed last.
func step(terms law.Pathway, left int, format string) string {
	best := 0
	for _, d := range terms.WarnDays {
		if left <= d && (best == 0 || d < best) {
			best = d
		}
	}
	if best == 0 || left < 0 {
		return ""
	}
	return fmt.Sprintf(format, best)
}

// expiry warns of the end of a fixed term, and of the last day on which its
// extension can be applied for.
func (w *warner) expiry(f *policy.Filing, terms law.Pathway, left int) {
	what := [2]string{"数据出境安全评估结果有效期届满", "the result of the security assessment ends"}
	if f.Pathway == policy.CERT {
		what = [2]string{"个人信息出境认证证书到期", "the certificate ends"}
	}
	w.add(KindFiling, f.ID, WarnExpiry, f.Valid.Expires, left, what[0]+step(terms, left, zh), what[1]+step(terms, left, en))
	if terms.Renew == 0 || f.Valid.ExtensionApplied != "" {
		return
	}
	end, err := midnight(f.Valid.Expires)
	if err != nil {
		return
	}
	last := w.c.Add(end, -terms.Renew)
	w.add(KindFiling, f.ID, WarnRenewal, last.Format(time.DateOnly), w.c.Until(w.day, last),
		fmt.Sprintf("申请延长有效期的最后日期（届满前%d个工作日）", terms.Renew), fmt.Sprintf("the last day to apply for an extension (%d working days before the end)", terms.Renew))
}

// number warns of a contract whose filing is due and has no number.
func (w *warner) number(f *policy.Filing, terms law.Pathway) {
	from, err := midnight(f.Valid.Effective)
	if err != nil || from.IsZero() || terms.FileWithin == 0 || f.AuthorityNo != "" {
		return
	}
	due := w.c.Add(from, terms.FileWithin)
	if left := w.c.Until(w.day, due); left <= 0 {
		w.add(KindFiling, f.ID, WarnNumber, due.Format(time.DateOnly), left,
			fmt.Sprintf("合同生效后应在%d个工作日内备案，尚无备案号", terms.FileWithin),
			fmt.Sprintf("to be filed within %d working days after it took effect, and there is no filing number", terms.FileWithin))
	}
}

// exception warns of the end of an exception, and of one that nobody released.
func (w *warner) exception(d *ExceptionDoc, q quorum) {
	left, near := w.near(d.Expires, notice)
	if len(q.approvers) < needed && q.denied == "" && d.Effective <= w.day.Format(time.DateOnly) && left >= 0 {
		w.add(KindException, d.ID, WarnReviewOpen, d.Expires, left, "例外尚待两人复核，期限", "the exception waits for two reviewers and ends")
		return
	}
	if end := q.expires.In(policy.Shanghai).Format(time.DateOnly); len(q.approvers) >= needed && end < d.Expires {
		if left, near := w.near(end, notice); near {
			w.add(KindException, d.ID, WarnException, end, left, "例外的复核批准到期", "the approval of the exception ends")
		}
		return
	}
	if near {
		w.add(KindException, d.ID, WarnException, d.Expires, left, "例外到期", "the exception ends")
	}
}
