package export

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"

	"github.com/datacustoms/customs/policy"
)

// PIAuditSchema is the schema of the pack's manifest.
const PIAuditSchema = "dc.pi-audit/1"

// Bundle takes files one after another: Create ends the file before it. A
// *zip.Writer is one.
type Bundle interface {
	Create(name string) (io.Writer, error)
}

// Attachment is a file that others made for the pack.
type Attachment struct {
	Name  string // in the pack
	Kind  string // of evidence: log, key, verification, filings
	Bytes []byte
}

// PIAudit is what a pack is made of.
type PIAudit struct {
	Each    Each
	Filter  Filter
	Filings Filings
	Now     time.Time
	Build   string
	Extra   []Attachment
	Missing []string // what could not be attached, and why
}

// PackManifest lists the files of a pack with their digests.
type PackManifest struct {
	Schema  string     `json:"schema"`
	Rule    string     `json:"rule"`
	From    time.Time  `json:"from,omitzero"`
	To      time.Time  `json:"to,omitzero"`
	Made    time.Time  `json:"made"`
	Build   string     `json:"build"`
	Counts  Counts     `json:"counts"`
	Files   []PackFile `json:"files"`
	Missing []string   `json:"missing,omitempty"`
}

// PackFile is one file of a pack.
type PackFile struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Write writes the evidence pack for a personal information protection audit:
// records, what was provided, counts, the flows described, filings, digests,
// and the log's checkpoint with its verification. manifest.json comes last
// and names every other file.
func (p *PIAudit) Write(b Bundle) (*PackManifest, error) {
	w := packWriter{to: b, manifest: &PackManifest{Schema: PIAuditSchema,
		Rule: "Personal information protection compliance audit; evidence as GB/T 46903-2025 asks (its final text is unconfirmed here)",
		From: p.Filter.From, To: p.Filter.To, Made: p.Now, Build: p.Build, Missing: p.Missing, Files: []PackFile{}}}
	given, risk, err := p.records(&w)
	if err != nil {
		return nil, err
	}
	w.manifest.Counts = given.Counts
	w.render("provision.json", "provision", func(o io.Writer) error { return given.Write(o, "json", "") })
	w.render("counts.json", "counts", func(o io.Writer) error { return risk.Write(o, "json", "") })
	for _, lang := range []string{policy.Chinese, policy.English} {
		w.render("provision."+lang+".md", "provision", func(o io.Writer) error { return given.Write(o, "md", lang) })
		w.render("flows."+lang+".md", "flow description", func(o io.Writer) error { return flowsDescribed(o, risk.Outbound, words(lang)) })
		w.render("README."+lang+".md", "guide", func(o io.Writer) error { return packGuide(o, w.manifest, words(lang)) })
	}
	w.render("digests.json", "digests", func(o io.Writer) error { return writeJSON(o, risk.Measures) })
	for _, name := range SchemaNames() {
		file, text, err := Schema(name)
		if err != nil {
			return nil, err
		}
		w.put("schema/"+file, "schema", text)
	}
	extra := slices.Clone(p.Extra)
	slices.SortFunc(extra, func(a, b Attachment) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	for _, a := range extra {
		w.put(a.Name, a.Kind, a.Bytes)
	}
	return w.manifest, w.close()
}

// records writes the records and adds them up in one reading.
func (p *PIAudit) records(w *packWriter) (given *Provision, risk *Risk, err error) {
	if !w.begin("records.jsonl", "records") {
		return nil, nil, w.err
	}
	// The risk report reads what the records of provision read.
	given, err = NewProvision(func(add func(policy.Record) error) error {
		risk, err = NewRisk(func(fn func(policy.Record) error) error {
			return p.Each.Filtered(p.Filter, func(r *policy.Record) error {
				if _, err := w.Write(append(JSON(*r), '\n')); err != nil {
					return err
				}
				return errors.Join(add(*r), fn(*r))
			})
		}, p.Filter, p.Filings, p.Now)
		return err
	}, p.Filter, p.Filings, p.Now)
	w.end()
	return given, risk, errors.Join(err, w.err)
}

// packWriter writes files and notes their digests. Its first error stays.
type packWriter struct {
	to       Bundle
	manifest *PackManifest
	file     io.Writer
	sum      hash.Hash
	now      PackFile
	err      error
}

func (w *packWriter) begin(name, kind string) bool {
	if w.err != nil {
		return false
	}
	for _, f := range w.manifest.Files {
		if f.Name == name {
			w.err = fmt.Errorf("evidence pack: two files are named %s", name)
			return false
		}
	}
	w.file, w.err = w.to.Create(name)
	w.sum, w.now = sha256.New(), PackFile{Name: name, Kind: kind}
	return w.err == nil
}

// Write adds to the file that was begun.
func (w *packWriter) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	w.sum.Write(p[:n])
	w.now.Bytes += int64(n)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

func (w *packWriter) end() {
	w.now.SHA256 = hex.EncodeToString(w.sum.Sum(nil))
	w.manifest.Files = append(w.manifest.Files, w.now)
}

func (w *packWriter) put(name, kind string, text []byte) {
	w.render(name, kind, func(o io.Writer) error { _, err := o.Write(text); return err })
}

func (w *packWriter) render(name, kind string, write func(io.Writer) error) {
	if !w.begin(name, kind) {
		return
	}
	if err := write(w); err != nil && w.err == nil {
		w.err = err
	}
	w.end()
}

// close writes the manifest, which does not list itself.
func (w *packWriter) close() error {
	if w.err != nil {
		return w.err
	}
	f, err := w.to.Create("manifest.json")
	if err != nil {
		return err
	}
	return writeJSON(f, w.manifest)
}
