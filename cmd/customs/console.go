package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// consolePage is what the console shows until it has pages of its own.
const consolePage = `Data Customs %s, mode %s
每一次传输，一条记录 / one record for each transfer

/metrics   Prometheus metrics
/healthz   the process lives
/readyz    every store answers and a rule pack is in force
/notice    给员工的告知 / notice for employees: what is read, what is not

NOT inspected / 不检查:
%s`

// newConsole serves metrics, health and the notice for employees on the
// console address.
func newConsole(version, mode string, uninspected func() []string, metrics, notice http.Handler, ready func(context.Context) error) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	mux.Handle("GET /notice", notice)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		w.Header().Set("Cache-Control", "no-store")
		if err := ready(ctx); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintf(w, "not ready: %v\n", err)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		list := ""
		for _, u := range uninspected() {
			list += "  - " + u + "\n"
		}
		fmt.Fprintf(w, consolePage, version, mode, list)
	})
	return &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10}
}
