package main

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
)

func FuzzQuestionOf(f *testing.F) {
	for _, s := range []string{`{"stage":"part","date":"2026-05-01"}`, `{"record":{"intent":{"question":{"stage":"head","date":"2026-05-01"}}}}`,
		`{"intent":{"stopped":"OVERSIZE"}}`, `{"record":null}`, `[]`, `{"stage":1}`, `{"stage":"part","date":"2026-05-01"}{}`, "",
		`{"record":{"record":{"record":{}}}}`, `{"stage":"part","date":"13812345678","x":"13812345678"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		q, err := questionOf(text)
		if err == nil && q.Stage != policy.StageHead && q.Stage != policy.StagePart {
			t.Errorf("took a question of stage %q", q.Stage)
		}
		if err != nil && strings.Contains(err.Error(), "13812345678") {
			t.Errorf("the error quotes the input: %v", err)
		}
	})
}
