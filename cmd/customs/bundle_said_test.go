package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
)

// What answers at the address of a bundle may be anything, and an error must
// not quote it.
func TestAFetchQuotesNothing(t *testing.T) {
	const said = "4444333322221111" // stands for anything
	for name, answer := range map[string]string{
		"no HTTP":         "SSH-2.0-" + said + "\r\n",
		"a bad head":      "HTTP/1.1 200 OK\r\n" + said + "\r\n\r\n",
		"a bad status":    "HTTP/1.1 " + said + "\r\n\r\n",
		"a bad redirect":  "HTTP/1.1 302 Found\r\nLocation: http://[" + said + "\r\n\r\n",
		"an odd redirect": "HTTP/1.1 302 Found\r\nLocation: gopher://" + said + "/\r\n\r\n",
		"a bad length":    "HTTP/1.1 200 OK\r\nContent-Length: " + said + "x\r\n\r\n",
		"bad chunks":      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + said + "zz\r\n",
		"an odd encoding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + said + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				c, err := l.Accept()
				if err != nil {
					return
				}
				defer c.Close()
				in := bufio.NewReader(c)
				for line := ""; line != "\r\n"; {
					if line, err = in.ReadString('\n'); err != nil {
						return
					}
				}
				fmt.Fprint(c, answer)
			}()
			_, err = newBundleSource("http://"+l.Addr().String()+"/b?token=s3cret", nil).fetch(context.Background())
			if err == nil || strings.Contains(err.Error(), said) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("got %v", err)
			}
		})
	}
}
