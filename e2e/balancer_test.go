package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// reader is one server of a fleet, with what stands between it and its stores.
type reader struct {
	fleet    *fleet
	data     string
	influx   *link
	bucket   *bucketLink
	address  atomic.Pointer[url.URL] // nil while it is down
	ready    atomic.Bool
	answered atomic.Int64
	ops      string
	cmd      *exec.Cmd
	stderr   *bytes.Buffer
	said     bytes.Buffer // what stderr was of those that have ended
}

func (f *fleet) newReader(t *testing.T) *reader {
	t.Helper()
	r := &reader{fleet: f, data: t.TempDir(), influx: newLink(t, strings.TrimPrefix(f.influx.URL, "http://")), bucket: f.bucket.link(t), ops: freeAddress(t)}
	t.Cleanup(func() {
		if r.cmd != nil {
			_ = r.cmd.Process.Kill() // it may have ended
			_ = r.cmd.Wait()
		}
	})
	return r
}

// start returns once the reader serves.
func (r *reader) start(t *testing.T) {
	t.Helper()
	r.stderr = &bytes.Buffer{}
	r.cmd = r.fleet.command("http://"+r.influx.address, r.bucket.url, "serve", "--addr", "127.0.0.1:0", "--ops-addr", r.ops, "--data", r.data)
	r.cmd.Stderr = r.stderr
	out, err := r.cmd.StdoutPipe()
	if err == nil {
		err = r.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "serving ")
	if err != nil || !ok {
		_ = r.cmd.Wait()
		t.Fatalf("a reader says %q, %v\n%s", line, err, r.stderr)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	r.address.Store(u)
}

// kill ends the reader as a machine that fails would.
func (r *reader) kill(t *testing.T) {
	t.Helper()
	if err := r.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = r.cmd.Wait() // it was killed
	r.said.Write(r.stderr.Bytes())
}

// stop ends it as an orderly restart does.
func (r *reader) stop(t *testing.T) {
	t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	err := r.cmd.Wait()
	r.said.Write(r.stderr.Bytes())
	r.ready.Store(false) // until it is asked again
	if err != nil {
		t.Errorf("a reader that was told to stop: %v\n%s", err, r.stderr)
	}
}

// cut separates the reader from InfluxDB and the bucket, or joins it with them again.
func (r *reader) cut(t *testing.T, off bool) {
	t.Helper()
	r.influx.cut(off)
	r.bucket.cut(t, off)
}

// shows reports whether the reader itself shows a version of the reports.
func (r *reader) shows(t *testing.T, version int) bool {
	t.Helper()
	res, err := http.Get(r.address.Load().String() + "/api/v1/reports")
	if err != nil {
		return false
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return err == nil && bytes.Contains(body, fmt.Appendf(nil, "version%d.", version))
}

// balancer is what stands before the readers: it asks whether they are ready, and tries a GET elsewhere where one doesn't answer or
// says 502 to 504.
type balancer struct {
	URL     string
	readers []*reader
	next    atomic.Int64
	retried atomic.Int64
}

func newBalancer(t *testing.T, ctx context.Context, readers []*reader) *balancer {
	t.Helper()
	b := &balancer{readers: readers}
	check := &http.Client{Timeout: time.Second}
	for _, r := range readers {
		r.ready.Store(true)
		go func() {
			for ctx.Err() == nil {
				res, err := check.Get("http://" + r.ops + "/readyz")
				if err == nil {
					res.Body.Close()
				}
				r.ready.Store(err == nil && res.StatusCode == http.StatusOK)
				pause(ctx, 200*time.Millisecond)
			}
		}()
	}
	s := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}, Transport: b, ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}})
	t.Cleanup(s.Close)
	b.URL = s.URL
	return b
}

// RoundTrip implements [http.RoundTripper].
func (b *balancer) RoundTrip(req *http.Request) (*http.Response, error) {
	var res *http.Response
	err := errors.New("no reader is ready")
	turn := int(b.next.Add(1))
	tried := 0
	for _, willing := range []bool{true, false} { // those that aren't ready come last
		for i := range b.readers {
			r := b.readers[(turn+i)%len(b.readers)]
			if r.ready.Load() != willing {
				continue
			}
			if res != nil {
				res.Body.Close()
			}
			if tried++; tried == 2 {
				b.retried.Add(1)
			}
			res, err = r.ask(req)
			if err == nil && res.StatusCode < http.StatusBadGateway {
				r.answered.Add(1)
				return res, nil
			}
		}
	}
	return res, err
}

func (r *reader) ask(req *http.Request) (*http.Response, error) {
	to := req.Clone(req.Context())
	address := r.address.Load()
	to.URL.Scheme, to.URL.Host = address.Scheme, address.Host
	res, err := http.DefaultTransport.RoundTrip(to)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body) // whole, or it is tried elsewhere
	res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	return res, nil
}

// link forwards connections until it is cut.
type link struct {
	address string
	target  string
	mu      sync.Mutex
	off     bool
	open    map[net.Conn]bool
}

func newLink(t *testing.T, target string) *link {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	l := &link{address: listener.Addr().String(), target: target, open: map[net.Conn]bool{}}
	go func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			go l.forward(from)
		}
	}()
	return l
}

func (l *link) forward(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", l.target)
	if err != nil {
		return
	}
	defer to.Close()
	l.mu.Lock()
	off := l.off
	l.open[from], l.open[to] = true, true
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.open, from)
		delete(l.open, to)
	}()
	if off {
		return
	}
	done := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1]) // ends with either side
			done <- struct{}{}
		}()
	}
	<-done
}

func (l *link) cut(off bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.off = off
	for c := range l.open {
		if off {
			c.Close()
		}
	}
}

// testBucket is a bucket that each reader reaches by a way of its own.
type testBucket struct {
	url    string
	env    []string
	folder string // of file://
	server string // of s3://
}

// newBucket is in an S3-compatible server where there is one, and else in a folder.
func newBucket(t *testing.T) testBucket {
	t.Helper()
	gateway, err := filepath.Abs("../.cache/bin/versitygw")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if _, err := os.Stat(gateway); err != nil {
		t.Logf("without an S3-compatible server (make s3) the bucket is a folder")
		return testBucket{url: "file://" + folder, folder: folder}
	}
	if err := os.Mkdir(filepath.Join(folder, "scalebook"), 0o755); err != nil {
		t.Fatal(err)
	}
	b := testBucket{server: freeAddress(t), env: []string{"AWS_ACCESS_KEY_ID=scalebook", "AWS_SECRET_ACCESS_KEY=secret-of-the-test", "AWS_EC2_METADATA_DISABLED=true"}}
	b.url = s3URL(b.server)
	var said bytes.Buffer
	cmd := exec.Command(gateway, "--port", b.server, "--access", "scalebook", "--secret", "secret-of-the-test", "--region", "us-east-1", "--quiet", "posix", folder)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the S3 server said %s", said.String())
		}
	})
	waitFor(t, func() bool {
		c, err := net.Dial("tcp", b.server)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return b
}

func s3URL(address string) string {
	return "s3://scalebook?region=us-east-1&use_path_style=true&endpoint=" + url.QueryEscape("http://"+address)
}

// bucketLink is one reader's way to the bucket.
type bucketLink struct {
	url    string
	tcp    *link  // to a server
	folder string // else a name of the bucket's folder
	target string
}

func (b testBucket) link(t *testing.T) *bucketLink {
	t.Helper()
	if b.server != "" {
		l := newLink(t, b.server)
		return &bucketLink{url: s3URL(l.address), tcp: l}
	}
	name := filepath.Join(t.TempDir(), "bucket")
	if err := os.Symlink(b.folder, name); err != nil {
		t.Fatal(err)
	}
	return &bucketLink{url: "file://" + name, folder: name, target: b.folder}
}

func (l *bucketLink) cut(t *testing.T, off bool) {
	t.Helper()
	var err error
	switch {
	case l.tcp != nil:
		l.tcp.cut(off)
	case off:
		err = os.Remove(l.folder)
	default:
		err = os.Symlink(l.target, l.folder)
	}
	if err != nil {
		t.Error(err)
	}
}
