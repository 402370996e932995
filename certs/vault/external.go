package vault

import (
	"bufio"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"time"
)

const (
	maxAnswer     = 64 << 10 // bytes of one line
	externalTime  = 10 * time.Second
	externalTries = 2
)

// External is a key that another program holds, as one in front of a hardware
// module does. The program is started once, without a shell, and is asked in
// lines of JSON on its standard input; it answers each on its standard output,
// in order:
//
//	{"id":1,"op":"public"}
//	{"id":1,"public":"<base64 of the PKIX public key>"}
//	{"id":2,"op":"sign","hash":"sha256","padding":"","data":"<base64>"}
//	{"id":2,"signature":"<base64>"}  or  {"id":2,"error":"<why>"}
//
// hash is none for Ed25519, where data is the message, and else names the hash
// whose digest data is; padding is pkcs1 or pss with an RSA key. A program
// that ends, or is silent for too long, is started again. No signature is
// passed on that does not verify. It is safe for concurrent use.
type External struct {
	args   []string
	limit  time.Duration
	public crypto.PublicKey

	mu    sync.Mutex
	child *child
	next  uint64
}

var _ crypto.Signer = (*External)(nil)

// ErrRefused means that the external signer answered with an error of its own.
var ErrRefused = errors.New("the external signer refused")

// OpenExternal starts the program and asks for its public key. A zero limit is
// ten seconds a request.
func OpenExternal(args []string, limit time.Duration) (*External, error) {
	if len(args) == 0 {
		return nil, errors.New("external signer: no program is named")
	}
	if limit <= 0 {
		limit = externalTime
	}
	e := &External{args: args, limit: limit}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.start(); err != nil {
		return nil, fmt.Errorf("external signer %s: %w", args[0], err)
	}
	return e, nil
}

// Public returns the public key that the program named first.
func (e *External) Public() crypto.PublicKey { return e.public }

// Close ends the program.
func (e *External) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stop()
	return nil
}

type request struct {
	ID      uint64 `json:"id"`
	Op      string `json:"op"`
	Hash    string `json:"hash,omitempty"`
	Padding string `json:"padding,omitempty"`
	Data    []byte `json:"data,omitempty"`
}

type answer struct {
	ID        uint64 `json:"id"`
	Public    []byte `json:"public"`
	Signature []byte `json:"signature"`
	Error     string `json:"error"`
}

// parseAnswer reads one line. Its errors carry nothing of it.
func parseAnswer(line []byte, id uint64) (a answer, err error) {
	switch {
	case json.Unmarshal(line, &a) != nil:
		return answer{}, errors.New("its answer is no line of JSON")
	case a.ID != id:
		return answer{}, errors.New("its answer is to another request")
	case a.Error != "":
		return answer{}, ErrRefused
	}
	return a, nil
}

func parsePublic(der []byte) (crypto.PublicKey, error) {
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, errors.New("its public key cannot be read")
	}
	if _, ok := key.(interface{ Equal(crypto.PublicKey) bool }); !ok {
		return nil, errors.New("its public key is of a kind that is not known")
	}
	return key, nil
}

// start runs the program; another public key than before is refused.
func (e *External) start() error {
	c, err := startChild(e.args)
	if err != nil {
		return err
	}
	e.child = c
	a, err := e.ask(request{Op: "public"})
	var key crypto.PublicKey
	if err == nil {
		key, err = parsePublic(a.Public)
	}
	if err == nil && e.public != nil && !e.public.(interface{ Equal(crypto.PublicKey) bool }).Equal(key) {
		err = errors.New("it holds another key than before")
	}
	if err != nil {
		e.stop()
		return err
	}
	e.public = key
	return nil
}

// ask sends a request and waits for its answer. After any other failure than a
// refusal the program is not asked again.
func (e *External) ask(r request) (answer, error) {
	e.next++
	r.ID = e.next
	b, err := json.Marshal(r)
	if err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), e.limit)
	defer cancel()
	line, err := e.child.exchange(ctx, append(b, '\n'))
	if err != nil {
		return answer{}, err
	}
	return parseAnswer(line, r.ID)
}

func (e *External) stop() {
	if e.child != nil {
		e.child.end()
		e.child = nil
	}
}

// try asks once, with a program that runs.
func (e *External) try(r request) (answer, error) {
	if e.child == nil {
		if err := e.start(); err != nil {
			return answer{}, err
		}
	}
	a, err := e.ask(r)
	if err != nil && !errors.Is(err, ErrRefused) {
		e.stop()
	}
	return a, err
}

// child is one run of the program.
type child struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines chan []byte // closed when the program says no more
	done  chan struct{}
}

func startChild(args []string) (*child, error) {
	c := &child{cmd: exec.Command(args[0], args[1:]...), lines: make(chan []byte), done: make(chan struct{})}
	c.cmd.WaitDelay = commandWait
	in, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	c.in = in
	go c.read(out)
	return c, nil
}

func (c *child) read(out io.Reader) {
	defer close(c.lines)
	s := bufio.NewScanner(out)
	s.Buffer(nil, maxAnswer)
	for s.Scan() {
		select {
		case c.lines <- append([]byte(nil), s.Bytes()...):
		case <-c.done:
			return
		}
	}
}

// exchange writes one line and reads one. A program that does not read is cut
// off by end, which closes the pipe.
func (c *child) exchange(ctx context.Context, request []byte) ([]byte, error) {
	wrote := make(chan error, 1)
	go func() {
		_, err := c.in.Write(request)
		wrote <- err
	}()
	for {
		select {
		case err := <-wrote:
			if err != nil {
				return nil, errors.New("it has ended")
			}
			wrote = nil
		case line, ok := <-c.lines:
			if !ok {
				return nil, errors.New("it has ended, or its answer is too long")
			}
			return line, nil
		case <-ctx.Done():
			return nil, errors.New("it does not answer")
		}
	}
}

// end stops the program and waits for it.
func (c *child) end() {
	close(c.done)
	c.in.Close()
	c.cmd.Process.Kill()
	c.cmd.Wait() // closes our end too; its exit says nothing that is needed
	for range c.lines {
	}
}
