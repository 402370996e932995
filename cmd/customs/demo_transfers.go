package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// transfer is one row of the demo: who sends what whither, and what should
// become of it.
type transfer struct {
	name   string
	client string // address that it is sent from
	host   string
	body   []byte
	action policy.Action
	reason policy.Code
}

// demoTransfers invents the people of a run and what is sent of them. Every
// row that a filing decides needs at least a standard contract: its data is
// sensitive, or its exporter is past 100,000 persons.
func demoTransfers(now time.Time) []transfer {
	m := synth.New(uint64(now.Year()), now)
	const motors, bank, clinic, retail = "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"
	three, five, one := m.Adults(3), m.Adults(5), m.Adults(1)
	ids := synth.JSONOf(three, "id_card", "mobile")
	return []transfer{
		{"a harbour timetable", motors, "crm.example.sg", m.Clean(40), policy.Pass, policy.ExNoPI},
		{"3 customers, within the contract", motors, "crm.example.sg", ids, policy.Pass, policy.FilingCovers},
		{"the same, to another recipient", motors, "other.example.de", ids, policy.Block, policy.RecipientMismatch},
		{"the same with bank cards", motors, "crm.example.sg", synth.JSONOf(three, "id_card", "mobile", "card_no"), policy.Block, policy.CategoryNotCovered},
		{"3 customers, contract expired", bank, "crm.example.sg", ids, policy.Block, policy.FilingExpired},
		{"5 members, exactly the volume", retail, "crm.example.sg", synth.JSONOf(five, "mobile", "email"), policy.Pass, policy.FilingCovers},
		{"1 member more", retail, "crm.example.sg", synth.JSONOf(one, "mobile", "email"), policy.Block, policy.VolumeExceeded},
		{"a child's diagnosis, no filing", clinic, "other.example.de", synth.JSONOf([]synth.Person{m.Minor()}, "id_card", "diagnosis"), policy.Block, policy.FilingNotFound},
		{"a document with a secrecy mark", motors, "crm.example.sg", synth.Secret(), policy.Block, policy.StateSecret},
		{"3 customers, inside the mainland", motors, "hub.example.cn", ids, policy.PassUnread, policy.NotOutbound},
		{"3 customers, sender unknown", demoStranger, "crm.example.sg", ids, policy.Block, policy.ExporterUnknown},
		{"3 mobile numbers, small exporter", clinic, "other.example.de", synth.JSONOf(three, "mobile"), policy.Pass, policy.ExSmall},
	}
}

// demoChild is a body for trying by hand.
func demoChild() string {
	p := synth.New(1, time.Now()).Minor()
	return "身份证号: " + p.ResidentID + " 诊断: J45.900"
}

// sendAll sends the transfers and prints the table. It returns how many came
// out otherwise than they should.
func (d *demo) sendAll(ctx context.Context, out io.Writer) (unexpected int, err error) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TRANSFER\tFOUND\tVERDICT\tREASON\tFILING\tORIGIN GOT")
	for i, t := range demoTransfers(time.Now()) {
		path := "/" + strconv.Itoa(i+1)
		rec, err := d.send(ctx, t, path)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", t.name, err)
		}
		v, got := rec.Verdict(), d.origin.received(path)
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%d B\n", t.name, foundText(rec), rec.Intent.Enforced,
			strings.Join(codes(v), " "), orDash(v.Filing), got)
		if rec.Intent.Enforced != t.action || !v.Has(t.reason) || !t.action.Releases() && got != 0 ||
			t.action.Releases() && got != int64(len(t.body)) {
			unexpected++
		}
	}
	return unexpected, table.Flush()
}

// send posts one transfer by a client of its own, from its own address, and
// waits for the record.
func (d *demo) send(ctx context.Context, t transfer, path string) (*policy.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(d.house.authority.Bundle())
	roots.AppendCertsFromPEM(d.origin.root) // a domestic flow meets the origin's own certificate
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(t.client)}}
	tr := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: d.run.Proxy}), DialContext: dialer.DialContext,
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	target := "https://" + net.JoinHostPort(t.host, d.origin.port) + path
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(t.body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := (&http.Client{Transport: tr}).Do(req)
	if err != nil {
		return nil, err
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	tr.CloseIdleConnections() // ends a tunnel that was passed unread
	select {
	case rec := <-d.records:
		return &rec, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("no record of it: %w", ctx.Err())
	}
}

func foundText(r *policy.Record) string {
	var parts []string
	for _, c := range r.Intent.Classes {
		if n := c.Medium + c.High; n > 0 {
			parts = append(parts, fmt.Sprintf("%s×%d", strings.TrimPrefix(string(c.Class), "pi."), n))
		}
	}
	if r.Intent.Judged == "unread" {
		return "not read"
	}
	return orDash(strings.Join(parts, " "))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
