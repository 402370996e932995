package registry

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/datacustoms/customs/policy/sign"
)

// needed is how many persons must approve.
const needed = 2

// answerSchema is the schema of what a reviewer signs.
const answerSchema = "dc.answer/1"

// Statement returns what is signed: the canonical JSON of the answer, under
// the kind sign.Approval.
func (a Answer) Statement() []byte {
	a.At, a.Expires = a.At.UTC(), a.Expires.UTC()
	b, err := json.Marshal(struct {
		Schema string `json:"schema"`
		Answer
	}{answerSchema, a})
	if err != nil {
		return nil // a time outside the years 0 to 9999; Verify refuses it
	}
	return b
}

// vote is a stored answer. by remembers the public key that its signature was
// found good under.
type vote struct {
	review
	by atomic.Pointer[string]
}

// signer returns the reviewer whose key made the vote, if he is one now.
func (v *vote) signer(reviewers []sign.Verifier) (sign.Verifier, bool) {
	for _, k := range reviewers {
		if k.Name() != v.Answer.Reviewer {
			continue
		}
		public := k.Public()
		if known := v.by.Load(); known != nil && *known == public {
			return k, true
		}
		if !signed(k, v.Answer, v.Signature) {
			return k, false
		}
		v.by.Store(&public)
		return k, true
	}
	return sign.Verifier{}, false
}

func signed(k sign.Verifier, a Answer, signature []byte) bool {
	statement := a.Statement()
	if len(statement) == 0 {
		return false
	}
	name, err := sign.Verify([]sign.Verifier{k}, sign.Approval, statement, signature)
	return err == nil && name == a.Reviewer
}

// quorum is what the answers to one object amount to.
type quorum struct {
	denied    string   // who denied it first; empty is nobody
	approvers []string // sorted; two names of one key are one
	expires   time.Time
	quota     Quota
}

// usage is what went out under one object.
type usage struct{ transfers, persons int64 }

// spent reports whether nothing is left for another transfer.
func (q *quorum) spent(u usage) bool {
	return u.transfers >= q.quota.Transfers || u.persons > 0 && u.persons >= q.quota.Persons
}

// terms are what an answer is read with.
type terms struct {
	object string // the digest that answers must name
	owner  string // who may not approve
	bound  Quota  // that no approval passes
	until  time.Time
	each   int64 // persons of one transfer, where an approval names none
}

// tally counts the votes that name the object. Approvals count only of keys
// that are among the reviewers now, one a key, the newest; a denial counts for
// good.
func tally(reviewers []sign.Verifier, votes []*vote, t terms) quorum {
	q := quorum{expires: t.until, quota: t.bound}
	newest := map[string]*vote{}
	for _, v := range votes {
		if v.Answer.Object != t.object {
			continue
		}
		if v.Answer.Verdict != Approve {
			q.denied = cmp.Or(q.denied, v.Answer.Reviewer, "unknown")
			continue
		}
		if k, ok := v.signer(reviewers); ok && !owns(reviewers, t.owner, k) {
			newest[k.Public()] = v
		}
	}
	for _, v := range newest {
		a := &v.Answer
		q.approvers = append(q.approvers, a.Reviewer)
		if !a.Expires.IsZero() && (q.expires.IsZero() || a.Expires.Before(q.expires)) {
			q.expires = a.Expires
		}
		given := t.given(a)
		q.quota.Transfers = min(q.quota.Transfers, given.Transfers)
		q.quota.Persons = min(q.quota.Persons, given.Persons)
	}
	slices.Sort(q.approvers)
	return q
}

// given is the quota of one approval with its defaults: of a ticket one
// transfer of as many persons as it holds, of an exception all it asks for.
func (t *terms) given(a *Answer) Quota {
	g := Quota{a.Transfers, a.Persons}
	if t.owner == "" { // a ticket
		g.Transfers = cmp.Or(g.Transfers, 1)
		g.Persons = cmp.Or(g.Persons, g.Transfers*t.each)
		return g
	}
	return Quota{cmp.Or(g.Transfers, t.bound.Transfers), cmp.Or(g.Persons, t.bound.Persons)}
}

// owns reports whether a key is the owner's, under whatever name.
func owns(reviewers []sign.Verifier, owner string, k sign.Verifier) bool {
	if owner == "" {
		return false
	}
	return strings.EqualFold(k.Name(), owner) || slices.ContainsFunc(reviewers, func(o sign.Verifier) bool {
		return strings.EqualFold(o.Name(), owner) && o.Public() == k.Public()
	})
}

func (l *lift) terms() terms {
	return terms{object: l.doc.Hash, owner: l.doc.Owner, bound: l.doc.Quota, until: l.until}
}

func (l *lift) quorum(reviewers []sign.Verifier, votes []*vote) quorum {
	return tally(reviewers, votes, l.terms())
}

func (r *Registry) reviewers() []sign.Verifier {
	if r.o.Reviewers == nil {
		return nil
	}
	return r.o.Reviewers()
}

func compareIDs(a, b string) int { return cmp.Compare(a, b) }
