package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/datacustoms/customs/inspect/synth"
)

// gatewayCmds are what a story with a running gateway has beside customs.
func gatewayCmds() map[string]func(ts *testscript.TestScript, neg bool, args []string) {
	return map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"gateway": scriptGateway, "upload": scriptUpload, "nowhere": scriptNowhere, "fill": scriptFill,
		"people": scriptPeople, "damage": scriptDamage,
	}
}

// runningKey is under which a story keeps its gateway.
type runningKey struct{}

// gatewaySetup makes room for the gateway of a story.
func gatewaySetup(env *testscript.Env) error {
	env.Values[runningKey{}] = &exec.Cmd{}
	return nil
}

// scriptGateway runs "gateway CONFIG": customs serve until the story ends, or
// until the next "gateway"; "gateway -" only ends it. PROXY is its address.
func scriptGateway(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: gateway CONFIG|-")
	}
	running := ts.Value(runningKey{}).(*exec.Cmd)
	end := func() {
		if running.Process != nil {
			running.Process.Signal(syscall.SIGTERM)
			running.Wait()
			*running = exec.Cmd{}
		}
	}
	end()
	if args[0] == "-" {
		return
	}
	exe, err := os.Executable()
	ts.Check(err)
	running.Path, running.Args = exe, []string{exe, "serve", "--config", ts.MkAbs(args[0])}
	running.Dir, running.Env = ts.MkAbs("."), append(os.Environ(), asProgram+"=1")
	out, err := running.StderrPipe()
	ts.Check(err)
	ts.Check(running.Start())
	ts.Defer(end)
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		var start struct{ Msg, Proxy string }
		if json.Unmarshal([]byte(line), &start) == nil && start.Msg == "listening" {
			ts.Setenv("PROXY", start.Proxy)
			break
		}
		if err != nil {
			ts.Fatalf("the gateway did not start: %s", line)
		}
	}
	go io.Copy(io.Discard, lines)
}

// scriptFill runs "fill FILE WORD FROM ...": a word of a file is replaced by
// what another holds, or by the text after =.
func scriptFill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args)%2 != 1 {
		ts.Fatalf("usage: fill FILE WORD FROM ...")
	}
	text := ts.ReadFile(args[0])
	for i := 1; i < len(args); i += 2 {
		to, ok := strings.CutPrefix(args[i+1], "=")
		if !ok {
			to = strings.TrimSpace(ts.ReadFile(args[i+1]))
		}
		text = strings.ReplaceAll(text, args[i], to)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// scriptUpload runs "upload FILE URL": posts a file through the gateway and
// sets RECORD; it wants a refusal, or with ! none.
func scriptUpload(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: upload FILE URL")
	}
	client := &http.Client{Timeout: deadline, Transport: &http.Transport{DisableKeepAlives: true,
		Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: ts.Getenv("PROXY")})}}
	resp, err := client.Post(args[1], "", strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	defer resp.Body.Close()
	if refused := resp.Header.Get("X-Customs-Record") != ""; refused == neg {
		ts.Fatalf("the answer was %s", resp.Status)
	}
	ts.Setenv("RECORD", resp.Header.Get("X-Customs-Record"))
}

// scriptNowhere runs "nowhere DIR FILE": no line of a file stands in any file
// below a directory, in any form.
func scriptNowhere(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: nowhere DIR FILE")
	}
	files, values := 0, strings.Fields(ts.ReadFile(args[1]))
	err := filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		for _, v := range values {
			for form, text := range forms(v) {
				if bytes.Contains(content, text) {
					err = fmt.Errorf("%s holds a value as %s", path, form)
				}
			}
		}
		return err
	})
	ts.Check(err)
	ts.Logf("%d values looked for in %d files: none", len(values), files)
	if files < 5 || len(values) == 0 {
		ts.Fatalf("too little to search")
	}
}

// scriptPeople runs "people LIST VALUES": a list of persons who do not exist,
// and what of it must be found nowhere. RESIDENT is the number of the first.
func scriptPeople(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: people LIST VALUES")
	}
	people := synth.New(20, time.Now()).Adults(3)
	var values []string
	for _, p := range people {
		values = append(values, p.ResidentID, p.Mobile, p.BankCard, p.Email, p.Name)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), synth.CSV(people), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Join(values, "\n")), 0o600))
	ts.Setenv("RESIDENT", people[0].ResidentID)
}

// scriptDamage runs "damage DIR": one byte of each JSON file is another.
func scriptDamage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damage DIR")
	}
	names, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*.json"))
	ts.Check(err)
	for _, name := range names {
		b, err := os.ReadFile(name)
		ts.Check(err)
		b[len(b)/2] ^= 1
		ts.Check(os.WriteFile(name, b, 0o600))
	}
}
