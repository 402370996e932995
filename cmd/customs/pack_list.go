package main

import (
	"cmp"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy/law"
)

func newPackListCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the rule packs: dates, who signed them, what is in force on --date",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := packFlags(cmd)
			if err != nil {
				return err
			}
			return packList(cmd, a)
		},
	}
}

// packLine is a file in a list.
type packLine struct {
	File     string   `json:"file"`
	BuiltIn  bool     `json:"built_in"`
	ID       string   `json:"id,omitempty"`
	Schema   string   `json:"schema,omitempty"`
	Type     string   `json:"type,omitempty"`
	Zones    []string `json:"zones,omitempty"`
	From     string   `json:"effective_from,omitempty"`
	To       string   `json:"effective_to,omitempty"`
	Signer   string   `json:"signer,omitempty"`
	Digest   string   `json:"sha256,omitempty"`
	Entries  int      `json:"entries,omitempty"`
	Verified int      `json:"verified_entries,omitempty"`
	// State is in_force, not_yet, ended, replaced or faulty.
	State string `json:"state"`
	Title string `json:"title,omitempty"`
	Fault string `json:"fault,omitempty"`
}

func packList(cmd *cobra.Command, a packAsk) error {
	files := law.Inspect(a.options.Dir, a.options.Keys)
	// Where all fits together, the packs of the book tell which national one
	// rules; one without an end lasts until the next begins.
	national := ""
	book, err := law.Open(a.options)
	if err == nil {
		if rules, aerr := book.At(a.at); aerr == nil {
			national = rules.Pack.ID
		}
	}
	faulty := false
	tw := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	if a.format == "text" {
		fmt.Fprintln(tw, a.say("文件\t编号\t类别\t生效\t失效\t已核对\t签署\t状态\t名称", "FILE\tID\tKIND\tFROM\tTO\tVERIFIED\tSIGNER\tSTATE\tTITLE"))
	}
	for _, f := range files {
		l := packLineOf(f, a.day(), national)
		faulty = faulty || f.Err != nil
		if a.format == "json" {
			if err := writeJSON(cmd.OutOrStdout(), l); err != nil {
				return err
			}
			continue
		}
		verified := "-"
		if f.Schema == law.ListSchema {
			verified = fmt.Sprintf("%d/%d", l.Verified, l.Entries)
		}
		signer := dash(l.Signer)
		if f.BuiltIn {
			signer = a.say("内置", "built in")
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.File, dash(l.ID), dash(a.kind(packKind(f))), dash(l.From), dash(l.To), verified,
			signer, a.state(l.State), l.Title)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	switch {
	case faulty:
		return exitError{Code: 1, Err: fmt.Errorf("some files cannot be used; see customs pack verify %s", cmp.Or(shellWord(a.options.Dir), "DIR"))}
	case err != nil:
		return exitError{Code: 1, Err: err}
	}
	return nil
}

func packLineOf(f law.FileStatus, day, national string) packLine {
	l := packLine{File: f.Name, BuiltIn: f.BuiltIn, ID: f.ID, Schema: f.Schema, Type: f.Type, Zones: f.Zones, From: f.From, To: f.To,
		Signer: f.Signer, Digest: f.Digest, Entries: f.Entries, Verified: f.Verified, Title: f.Title, State: "in_force"}
	switch {
	case f.Err != nil:
		l.State, l.Fault = "faulty", f.Err.Error()
	case f.Replaced:
		l.State = "replaced"
	case day < f.From:
		l.State = "not_yet"
	case f.To != "" && day > f.To, f.Schema == law.Schema && national != "" && f.ID != national:
		l.State = "ended"
	}
	return l
}

// packKind is a short word for the schema of a file.
func packKind(f law.FileStatus) string {
	switch f.Schema {
	case law.Schema:
		return "national"
	case law.ListSchema:
		return cmp.Or(f.Type, "list")
	case law.CatalogueSchema:
		return "catalogue"
	}
	return ""
}

// kind gives the kind of a file in words.
func (a *packAsk) kind(k string) string {
	if zh := map[string]string{"national": "全国规则", "negative": "负面清单", "general": "一般数据清单", "list": "清单", "catalogue": "目录"}[k]; a.chinese && zh != "" {
		return zh
	}
	return k
}

// state gives a state in words.
func (a *packAsk) state(s string) string {
	if a.chinese {
		return map[string]string{"in_force": "有效", "not_yet": "尚未生效", "ended": "已失效", "replaced": "已被替换", "faulty": "有错误"}[s]
	}
	return map[string]string{"in_force": "in force", "not_yet": "not yet", "ended": "ended", "replaced": "replaced", "faulty": "FAULTY"}[s]
}
