package main

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/registry"
)

// remedies are the texts by which a refusal is told how to be mended.
func remedies(t *testing.T, lang string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../policy/reason.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`Code\s*= "([A-Z_]+)"`).FindAllStringSubmatch(string(text), -1) {
		out[m[1]] = policy.Text(policy.Code(m[1]), lang).Remedy
	}
	if len(out) < 60 {
		t.Fatalf("only %d codes found", len(out))
	}
	for _, g := range []inspect.GapReason{inspect.GapEncrypted, inspect.GapLimitRatio, inspect.GapLimitDepth, inspect.GapLimitBytes,
		inspect.GapLimitEntries, inspect.GapLimitTime, inspect.GapLimitFindings, inspect.GapUnknownFormat, inspect.GapBroken, inspect.GapHighEntropy} {
		r := policy.Reason{Code: policy.CoveragePartial, Gaps: []inspect.GapReason{g}}
		out["COVERAGE_PARTIAL "+string(g)] = policy.ReasonWords(r, lang).Remedy
	}
	return out
}

// settable holds what an operator can write: keys of the configuration with and
// without their path, fields of registered documents, and headers.
func settable() map[string]bool {
	out := map[string]bool{"Customs-Purpose": true, "FTZ_LIST": true, registry.ExporterSchema: true, "dc.exporter": true, "true": true, "false": true, "yes": true, "no": true}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(config.Reference(), -1) {
		parts := strings.Split(strings.ReplaceAll(m[1], "[]", ""), ".")
		for i := range parts {
			for j := i + 1; j <= len(parts); j++ {
				out[strings.Join(parts[i:j], ".")] = true
			}
		}
	}
	fields(reflect.TypeFor[policy.Filing](), out, 0)
	fields(reflect.TypeFor[law.List](), out, 0) // of a zone
	return out
}

// fields adds the JSON names of a type and of what it is made of.
func fields(t reflect.Type, out map[string]bool, depth int) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || depth > 6 {
		return
	}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" {
			out[name] = true
		}
		fields(t.Field(i).Type, out, depth+1)
	}
}

// common are words of a Chinese remedy that are nobody's setting.
var common = strings.Fields("HTTPS HTTP/1.1 HTTP/2 HTTP/3 HTTP TCP POST JSON CSV WebSocket gzip zip permessage-deflate SNI")

var (
	latin   = regexp.MustCompile(`[A-Za-z][A-Za-z0-9_./-]*`)
	command = regexp.MustCompile(`customs(?: [a-z]+)+(?: --[a-z-]+(?: [a-z]+)?)*`)
)

// unknownTo says what a remedy names that is neither there to be set nor to be run.
func unknownTo(root *cobra.Command, known map[string]bool, text, lang string) []string {
	var bad []string
	for _, c := range command.FindAllString(text, -1) {
		words := strings.Fields(c)
		found, rest, err := root.Find(commandWords(words[1:]))
		if err != nil || found == root || len(rest) > 0 && lang == policy.Chinese {
			bad = append(bad, c)
		}
		for i, w := range words {
			if flag, ok := strings.CutPrefix(w, "--"); ok && (found.Flag(flag) == nil || i == 0) {
				bad = append(bad, c)
			}
		}
	}
	text = command.ReplaceAllString(text, "")
	for _, w := range latin.FindAllString(text, -1) {
		w = strings.TrimRight(w, "./-")
		setting := lang == policy.Chinese || strings.ContainsAny(w, "_") || strings.Count(w, ".") == 1 && strings.ToLower(w) == w
		if setting && !known[w] && !slices.Contains(common, w) {
			bad = append(bad, w)
		}
	}
	return bad
}

// commandWords are those before the first flag.
func commandWords(words []string) []string {
	if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "-") }); i >= 0 {
		return words[:i]
	}
	return words
}

// TestRemediesNameWhatExists: a setting or command in a remedy is one of this
// program. In Chinese every Latin word is a name, so none can hide.
func TestRemediesNameWhatExists(t *testing.T) {
	root, known := newRootCmd(), settable()
	for _, lang := range []string{policy.Chinese, policy.English} {
		for code, text := range remedies(t, lang) {
			if bad := unknownTo(root, known, text, lang); len(bad) > 0 {
				t.Errorf("%s in %s names what there is not: %q\n%s", code, lang, bad, text)
			}
		}
	}
}

// TestRemediesNameTheSame: what is to be set does not depend on the language.
func TestRemediesNameTheSame(t *testing.T) {
	known, en := settable(), remedies(t, policy.English)
	for code, zh := range remedies(t, policy.Chinese) {
		for _, w := range latin.FindAllString(zh, -1) {
			if w = strings.TrimRight(w, "./-"); known[w] && !strings.Contains(en[code], w) {
				t.Errorf("%s: %q stands only in Chinese:\n%s\n%s", code, w, zh, en[code])
			}
		}
	}
}

func TestRemediesNameWhatExistsCatches(t *testing.T) {
	root, known := newRootCmd(), settable()
	for _, tt := range []struct{ lang, text string }{
		{policy.Chinese, "请在 limits.flow_spilling 中写明。"}, {policy.Chinese, "请在 nonsense 中写明。"},
		{policy.Chinese, "运行 customs audit pretend。"}, {policy.English, "Set limits.flow_spilling."},
		{policy.English, "Set flow_spilling."}, {policy.English, "Run customs filing list --nonsense x."},
	} {
		if len(unknownTo(root, known, tt.text, tt.lang)) == 0 {
			t.Errorf("nothing wrong with %q", tt.text)
		}
	}
	if bad := unknownTo(root, known, "Raise limits.flow_spill; see customs filing list --kind recipient: it is gone.", policy.English); len(bad) > 0 {
		t.Errorf("%q", bad)
	}
}
