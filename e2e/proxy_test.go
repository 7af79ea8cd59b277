package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/testpart"
)

const proxyConfig = `daemon off;
pid %[1]s/pid;
error_log stderr crit;
events {}
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	upstream scalebook { server %[2]s; keepalive 4; }
	server {
		listen %[3]s;
		location / {
			proxy_pass http://scalebook;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
		}
	}
}
`

// proxy starts nginx in front of an address, with connections to it that are kept, and returns nginx's own address.
func proxy(t *testing.T, address string) string {
	t.Helper()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		testpart.Missing(t, "nginx is not installed: `make packages`")
	}
	front := freeAddress(t)
	dir := t.TempDir()
	config := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, proxyConfig, dir, strings.TrimPrefix(address, "http://"), front), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(nginx, "-p", dir, "-c", config)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt) // it has nothing to lose
		_ = cmd.Wait()
	})
	waitFor(t, func() bool {
		res, err := http.Get("http://" + front + "/robots.txt")
		if err == nil {
			res.Body.Close()
		}
		return err == nil
	})
	return front
}

// TestSmugglingThroughProxy hides a request in the body of another, behind a proxy that keeps its connections. Whatever nginx
// makes of it, nobody else gets the answer to the hidden one.
func TestSmugglingThroughProxy(t *testing.T) {
	front := proxy(t, serve(t, "--data", t.TempDir(), "--no-bundled"))
	const hidden = "GET /api/v1/subjects/smuggled HTTP/1.1\r\nHost: hidden\r\n\r\n"
	chunked := "0\r\n\r\n" + hidden
	for _, attack := range []struct{ headers, body string }{
		{fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: chunked", len(chunked)), chunked},
		{"Transfer-Encoding: chunked\r\nContent-Length: 4", chunked},
		{fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding: xchunked", len(chunked)), chunked},
		{fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding : chunked", len(chunked)), chunked},
		{fmt.Sprintf("Content-Length: %d\r\nTransfer-Encoding:\x0bchunked", len(chunked)), chunked},
		{fmt.Sprintf("Content-Length: %d\r\nX: a\nTransfer-Encoding: chunked", len(chunked)), chunked},
		{fmt.Sprintf("Content-Length: 0\r\nContent-Length: %d", len(hidden)), hidden},
		{fmt.Sprintf("Content-Length: %d", len(hidden)), hidden},
		{"Expect: 100-continue\r\n" + fmt.Sprintf("Content-Length: %d", len(hidden)), hidden},
		{"Transfer-Encoding: chunked", "1;a=b\nX\r\n" + chunked},
		{"Transfer-Encoding: chunked", "ffffffffffffffff1\r\n" + chunked},
	} {
		for _, method := range []string{"POST", "GET"} {
			send(t, front, method+" /robots.txt HTTP/1.1\r\nHost: a\r\n"+attack.headers+"\r\n\r\n"+attack.body)
			for range 8 { // more than nginx keeps connections
				res, err := http.Get("http://" + front + "/robots.txt")
				if err != nil {
					t.Fatalf("%s, %q: %v", method, attack.headers, err)
				}
				body, err := io.ReadAll(res.Body)
				res.Body.Close()
				if err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(string(body), "User-agent") {
					t.Fatalf("after %s, %q somebody else gets %s: %.100q", method, attack.headers, res.Status, body)
				}
			}
		}
	}
}

// send writes bytes on a connection of its own and reads the first answer.
func send(t *testing.T, address, text string) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, text); err != nil {
		return // refused before all was sent
	}
	if res, err := http.ReadResponse(bufio.NewReader(c), nil); err == nil {
		res.Body.Close()
	}
}
