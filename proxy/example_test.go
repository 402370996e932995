package proxy_test

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
)

// A front door walks each flow through the same five calls.
func ExampleGateway_Begin() {
	ctx := context.Background()
	gateway, err := proxy.New(newHouse().options())
	if err != nil {
		fmt.Println(err)
		return
	}
	session := &policy.Session{ID: gateway.NewID(), Door: "explicit", Client: netip.MustParseAddrPort("10.0.0.1:40000"),
		Exporter: policy.Exporter{USCC: "91310115MA1K3ABC99"}}
	flow := policy.Flow{Session: session, Method: "POST", Destination: policy.Destination{Host: "api.example.sg", Port: 443}}

	x := gateway.Begin(ctx, flow, []byte("POST /\n"), inspect.Meta{Size: -1})
	if x.Step() == proxy.Read {
		if err := x.Fill(ctx, strings.NewReader("the body")); err != nil {
			x.Fail(policy.ClientGone)
		}
	}
	verdict := x.Judge(ctx)
	if verdict.Action.Releases() {
		body, _ := io.ReadAll(x.Body())
		fmt.Printf("%s: %d bytes may leave\n", verdict.Action, len(body))
	}
	x.Done(ctx, policy.Outcome{Sent: policy.SentAll, Bytes: x.Size()})
	// Output: pass: 8 bytes may leave
}
