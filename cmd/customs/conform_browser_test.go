package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// seaside serves the pages of the browser's rows.
func (o *shore) seaside() http.Handler {
	echo := o.echoes(websocket.CompressionContextTakeover)
	seen := make(chan struct{}, 1)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/page":
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, `<!doctype html><title>Harbour</title><link rel=stylesheet href=style.css><p id=p>The ships go out</p>
<form method=post action=/file enctype=multipart/form-data target=answer><input type=file name=file></form><iframe name=answer></iframe>`)
		case "/style.css":
			w.Header().Set("Content-Type", "text/css")
			io.WriteString(w, "#p { width: 321px }")
		case "/events":
			w.Header().Set("Content-Type", "text/event-stream")
			for i := range 3 { // the next only when the page has told of the last
				fmt.Fprintf(w, "data: event %d\n\n", i)
				http.NewResponseController(w).Flush()
				select {
				case <-seen:
				case <-r.Context().Done():
					return
				}
			}
		case "/seen":
			seen <- struct{}{}
		case "/chat":
			echo.ServeHTTP(w, r)
		default:
			plainShore(w, r)
		}
	})
}

// Each is an expression that becomes a text; %s is a text to send.
const (
	jsFetch = `fetch("/echo", {method: "POST", body: %s}).then(r => r.text())`
	jsForm  = `new Promise(done => {
  const files = new DataTransfer(), frame = document.querySelector("iframe"), form = document.forms[0]
  files.items.add(new File([%s], "list.txt", {type: "text/plain"}))
  form.file.files = files.files
  frame.onload = () => { try { done(frame.contentDocument.body.innerText) } catch (e) { done(String(e)) } }
  form.submit()
})`
	// The page of a refusal does not let itself be framed.
	jsSubmit = `{
  const files = new DataTransfer(), form = document.forms[0]
  files.items.add(new File([%s], "list.txt", {type: "text/plain"}))
  form.file.files = files.files
  form.target = "_self"
  setTimeout(() => form.submit())
}`
	jsSocket = `new Promise(done => {
  const chat = new WebSocket("wss://" + location.host + "/chat")
  let got = ""
  chat.onopen = () => { chat.send("ebb"); chat.send(%s) }
  chat.onmessage = m => { got += m.data; if (got.length > 3) { chat.close(1000); done(chat.extensions + " " + got) } }
  chat.onclose = e => done("closed " + e.code + " " + e.reason)
})`
	jsEvents = `new Promise(done => {
  const events = new EventSource("/events?q=" + encodeURIComponent(%s))
  let got = ""
  events.onmessage = e => { got += e.data + ";"; fetch("/seen") }
  events.onerror = e => { events.close(); done(got + "end") }
})`
)

// loaded waits for the page that the last one leads to.
func (b *browser) loaded() {
	b.t.Helper()
	for {
		if _, method, _ := b.next(); method == "Page.loadEventFired" {
			return
		}
	}
}

// chromiumRows run in one browser: to start one is what takes long.
func chromiumRows(g *group) {
	g.Run("one browser", func(t *testing.T) {
		b := g.k.browse(t)
		row := func(name string, want ending, run func(s *stand)) {
			s := g.newStand(t, name, want)
			s.shore.answer(s.shore.seaside())
			b.open(s.url + "/page")
			run(s)
			b.open("about:blank")
			g.end(s)
		}
		does := func(s *stand, script, text, want string) {
			s.Helper()
			if got := b.read(fmt.Sprintf(script, jsText(text))); got != want {
				s.Errorf("%s: the browser got %.300q, want %.300q", s.name, got, want)
			}
		}
		text := string(cleanText(300000))
		row("page", toPass, func(s *stand) {
			if got := b.read(`document.title + getComputedStyle(document.getElementById("p")).width + isSecureContext`); got != "Harbour321pxtrue" {
				s.Errorf("the page is %q", got)
			}
		})
		row("fetch", toPass, func(s *stand) { does(s, jsFetch, text, text) })
		row("upload form", toPass, func(s *stand) { does(s, jsForm, text, sumHex([]byte(text))) })
		row("web socket", toPass, func(s *stand) { does(s, jsSocket, text, "permessage-deflate ebb"+text) })
		row("events", toPass, func(s *stand) { does(s, jsEvents, "", "event 0;event 1;event 2;end") })
		person := g.k.person.ResidentID
		shows := func(s *stand, script string) string {
			got := b.read(fmt.Sprintf(script, jsText(person)))
			s.refusal(got)
			return got
		}
		row("page for a person", toRefuse, func(s *stand) {
			b.open(s.url + "/text?n=1&q=" + person)
			s.refusal(b.read("document.body.innerText"))
		})
		row("fetch with a person", toRefuse, func(s *stand) { shows(s, jsFetch) })
		row("upload form with a person", toRefuse, func(s *stand) {
			b.read(fmt.Sprintf(jsSubmit, jsText(person)))
			b.loaded()
			s.refusal(b.read("document.body.innerText"))
		})
		row("web socket with a person", toRefuse, func(s *stand) {
			if got := shows(s, jsSocket); !strings.HasPrefix(got, "closed 1008 ") {
				s.Errorf("%q", got)
			}
		})
		row("events for a person", toRefuse, func(s *stand) { does(s, jsEvents, person, "end") })
		row("fetch that a filing covers", toCover, func(s *stand) { does(s, jsFetch, person, person) })
	})
}
