package rego

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// answer is what the policy must return. Pointers tell absent from zero.
type answer struct {
	Action   *policy.Action  `json:"action"`
	Reasons  []policy.Reason `json:"reasons"`
	Final    *bool           `json:"final"`
	Need     policy.Need     `json:"need"`
	Basis    string          `json:"basis"`
	Filing   string          `json:"filing"`
	Revision int             `json:"revision"`
	Limits   []string        `json:"limits"`
	Uses     []string        `json:"uses"`
	Escalate bool            `json:"escalate"`
}

var (
	codeForm = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,40}$`)
	ruleForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
)

// read turns the policy's document into a verdict, and refuses any that does
// not hold together: the policy is trusted to judge, not to be well formed.
func read(doc any, q *policy.Question, r *policy.Rules) (policy.Verdict, error) {
	b, err := json.Marshal(doc)
	if err != nil {
		return policy.Verdict{}, errors.New("read verdict: not JSON")
	}
	var a answer
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&a); err != nil {
		return policy.Verdict{}, fmt.Errorf("read verdict: %s", misfit(b))
	}
	if err := a.check(q); err != nil {
		return policy.Verdict{}, fmt.Errorf("read verdict: %w", err)
	}
	if err := a.checkSplit(q); err != nil {
		return policy.Verdict{}, fmt.Errorf("read verdict: %w", err)
	}
	if err := a.checkLifted(q, r); err != nil {
		return policy.Verdict{}, fmt.Errorf("read verdict: %w", err)
	}
	if a.Action.Releases() {
		if err := a.checkRelease(q, r); err != nil {
			return policy.Verdict{}, fmt.Errorf("read verdict: %w", err)
		}
	}
	if len(a.Uses) == 0 {
		a.Uses = nil
	}
	return policy.Verdict{Action: *a.Action, Reasons: a.Reasons, Final: *a.Final, Need: a.Need, Basis: a.Basis,
		Filing: a.Filing, Revision: a.Revision, Limits: a.Limits,
		Uses: a.Uses, Escalate: a.Escalate}, nil
}

// check holds for every verdict.
func (a *answer) check(q *policy.Question) error {
	if a.Action == nil || a.Final == nil {
		return errors.New("action or final is missing")
	}
	if q.Stage != policy.StageHead && !*a.Final {
		return errors.New("a part question was not settled")
	}
	if q.Stage == policy.StageWindow && *a.Action != policy.Pass && *a.Action != policy.Block {
		return errors.New("a window is passed or blocked, and nothing else")
	}
	if len(a.Reasons) == 0 && *a.Final {
		return errors.New("no reason is given")
	}
	for _, r := range a.Reasons {
		if slices.ContainsFunc(r.Gaps, func(g inspect.GapReason) bool { return !slices.Contains(q.Coverage.Gaps, g) }) {
			return errors.New("a reason names a gap that the coverage does not have")
		}
		if !codeForm.MatchString(string(r.Code)) {
			return errors.New("a reason has no proper code")
		}
		if r.Rule != "" && !ruleForm.MatchString(r.Rule) {
			return errors.New("the id of an operator's rule must be lower case letters, digits, dot, dash or underscore, at most 64")
		}
	}
	return nil
}

// checkRelease holds for verdicts that let bytes out.
func (a *answer) checkRelease(q *policy.Question, r *policy.Rules) error {
	if a.Basis == "" || !*a.Final {
		return errors.New("a release without legal basis")
	}
	if q.Stage == policy.StageHead && *a.Action != policy.PassUnread || q.Stage != policy.StageHead && *a.Action != policy.Pass {
		return fmt.Errorf("action %s does not belong to stage %s", *a.Action, q.Stage)
	}
	if a.Basis == string(policy.NotOutbound) && q.Destination.Overseas {
		return errors.New("an overseas flow was called domestic")
	}
	if a.Basis != string(policy.NotOutbound) && (!q.Destination.Overseas || !a.covered(q)) {
		return errors.New("a release on a basis that this coverage or place does not allow")
	}
	of := a.candidate(q)
	if !a.restsOn(of, q, r) {
		return errors.New("basis and filing do not belong together")
	}
	if q.Stage == policy.StageWindow && !opens(of, q) {
		return errors.New("a window was released that no filing opens")
	}
	limits := r.Limits(q.Exporter)
	for _, id := range a.Limits {
		known := slices.ContainsFunc(limits, func(l policy.Limit) bool { return l.ID == id })
		if !known && (of == nil || !slices.Contains(of.LimitIDs, id)) {
			return errors.New("a limit that nobody set")
		}
	}
	return nil
}

// covered reports whether the coverage allows a release on its basis. What was
// not read in full goes only by the operator's setting, says so, and is never
// called free of personal information.
func (a *answer) covered(q *policy.Question) bool {
	said := slices.ContainsFunc(a.Reasons, func(r policy.Reason) bool { return r.Code == policy.UnreadAllowed })
	if q.Coverage.Full() {
		return !said && a.Basis != string(policy.UnreadAllowed)
	}
	return said && q.UnreadGranted() && a.Basis != string(policy.ExNoPI)
}

// checkSplit holds for parts that look like pieces: a release says so, and
// nothing says so of others.
func (a *answer) checkSplit(q *policy.Question) error {
	said := slices.ContainsFunc(a.Reasons, func(r policy.Reason) bool { return r.Code == policy.SplittingSuspected })
	switch suspected := len(q.Split.Evidence) > 0; {
	case said && !suspected:
		return errors.New("splitting is suspected without evidence")
	case suspected && !said && a.Action.Releases() && a.Basis != string(policy.NotOutbound):
		return errors.New("a release does not say that splitting is suspected")
	}
	return nil
}
