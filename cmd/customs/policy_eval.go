package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/rego"
)

func newPolicyEvalCmd() *cobra.Command {
	var input, source string
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Ask the policy a question and print its verdict with the reasons in words",
		Long: `Ask the built-in policy together with yours. The question is the canonical JSON
that stands in a record, or a record as customs audit show prints it. It is asked
under the rule pack in force on its date, whichever pack the record was judged
under; customs explain derives what was decided then.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := policyFlags(cmd, source)
			if err != nil {
				return err
			}
			text, err := readInput(cmd, input)
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("--input: %w", err)}
			}
			q, err := questionOf(text)
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("--input: %w", err)}
			}
			return policyEval(cmd, a, q)
		},
	}
	cmd.Flags().StringVar(&input, "input", "", "file of the question or record, or - for standard input")
	cmd.Flags().StringVar(&source, "policy", "", "directory of modules or bundle, instead of the configured one")
	if err := cmd.MarkFlagRequired("input"); err != nil {
		panic(err)
	}
	return cmd
}

// maxInput bounds a question or record.
const maxInput = 16 << 20

func readInput(cmd *cobra.Command, name string) ([]byte, error) {
	if name == "-" {
		return readAtMost(cmd.InOrStdin(), maxInput)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a directory", name)
	}
	return readRegular(name, maxInput)
}

// recordInput is what holds a question in a record, or in what audit show
// prints of one.
type recordInput struct {
	Stage  *policy.Stage `json:"stage"` // a question has it
	Record *recordInput  `json:"record"`
	Intent *struct {
		Question json.RawMessage `json:"question"`
		Stopped  policy.Code     `json:"stopped"`
	} `json:"intent"`
}

// questionOf takes the question out of what was given. An error quotes nothing
// of it.
func questionOf(text []byte) (*policy.Question, error) {
	var in recordInput
	dec := json.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&in); err != nil {
		return nil, errors.New("is no JSON of a question or record; take one from customs audit show")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("has something after its end; give one question or record")
	}
	from := &in
	if in.Record != nil && in.Stage == nil {
		from = in.Record
	}
	if from.Intent == nil || in.Stage != nil {
		return rego.ParseQuestion(text)
	}
	if len(from.Intent.Question) == 0 {
		return nil, errors.New("the record has no question: the flow was stopped before the policy was asked")
	}
	return rego.ParseQuestion(from.Intent.Question)
}

func policyEval(cmd *cobra.Command, a policyAsk, q *policy.Question) error {
	day, err := time.ParseInLocation(time.DateOnly, q.Date, policy.Shanghai)
	if err != nil {
		return exitError{Code: 2, Err: errors.New("--input: date must be written 2006-01-02")}
	}
	rules, err := a.book.At(day)
	if err != nil {
		return exitError{Code: 2, Err: err}
	}
	asked := q.Pack
	q.Pack, q.Profile = rules.Pack, rules.Profile
	d, err := rego.New(a.options())
	if err != nil {
		return exitError{Code: 2, Err: errors.New(moduleFiles(err.Error(), a.dir))}
	}
	v, derr := d.Decide(cmd.Context(), q)
	if a.format == "json" {
		err = writeIndented(cmd.OutOrStdout(), map[string]any{"verdict": v, "pack": q.Pack, "profile": q.Profile})
	} else {
		err = printVerdict(cmd.OutOrStdout(), a, v, q, asked)
	}
	if derr != nil {
		return exitError{Code: 2, Err: derr}
	}
	return err
}

// mayRelax are the codes that a rule pack lets an operator's modules relax.
func mayRelax(book *law.Book, id string) []string {
	for _, p := range book.Packs() {
		if p.ID == id {
			return p.Operator.MayRelax
		}
	}
	return nil
}

// printVerdict writes a verdict in words.
func printVerdict(w io.Writer, a policyAsk, v policy.Verdict, q *policy.Question, asked policy.PackID) error {
	lang := policy.English
	if a.chinese {
		lang = policy.Chinese
	}
	line := func(zh, en string, args ...any) { fmt.Fprintf(w, a.say(zh, en)+"\n", args...) }
	line("结论    %s", "action    %s", v.Action)
	if q.Stage == policy.StageHead && !v.Final {
		line("        仅凭请求头不能定论，须读取内容", "          the head alone does not settle it: the content is read")
	}
	line("所需    %s", "need      %s", policy.NeedTitle(v.Need, lang))
	if v.Basis != "" {
		line("依据    %s", "basis     %s", v.Basis)
	}
	if v.Filing != "" {
		line("备案    %s 第 %d 版", "filing    %s revision %d", v.Filing, v.Revision)
	}
	if len(v.Limits) > 0 {
		line("限额    %s", "limits    %s", strings.Join(v.Limits, " "))
	}
	if len(v.Uses) > 0 {
		line("使用    %s", "uses      %s", strings.Join(v.Uses, " "))
	}
	line("规则包  %s，口径 %s", "pack      %s, profile %s", q.Pack.ID, q.Profile)
	if asked != (policy.PackID{}) && asked != q.Pack {
		line("        该记录当时依据 %s@%s，现为 @%s", "          the record was judged under %s@%s, this is @%s", asked.ID, short(asked.Digest), short(q.Pack.Digest))
	}
	line("策略    %s", "policy    %s", v.Policy)
	line("可放宽  %s", "may relax %s", cmp.Or(strings.Join(mayRelax(a.book, q.Pack.ID), " "),
		a.say("无：规则包的 operator.may_relax 为空，模块的 relax 不起作用", "nothing: the rule pack lists none under operator.may_relax, so relax in a module has no effect")))
	for _, r := range v.Reasons {
		t := policy.Text(r.Code, lang)
		fmt.Fprintf(w, "\n%s  %s\n", r, t.Title)
		for _, text := range []string{t.Detail, t.Remedy, t.Article} {
			if text != "" {
				fmt.Fprintf(w, "  %s\n", text)
			}
		}
	}
	if near := policy.NearMiss(v, lang); near != "" {
		fmt.Fprintf(w, "\n%s\n", near)
	}
	return nil
}
