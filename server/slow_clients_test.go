package server

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Clients that send a byte now and then are cut off when the time for a request is over, and keep nobody else waiting.
func TestSlowClientsAreCutOff(t *testing.T) {
	s := newTestServer(t)
	s.app.Server().ReadTimeout = 500 * time.Millisecond
	address := listen(t, s)
	const clients = 200
	cut := make(chan time.Duration, clients)
	for range clients {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		began := time.Now()
		go func() {
			gone := make(chan struct{})
			go func() {
				_, _ = io.Copy(io.Discard, c) // until the server closes
				close(gone)
			}()
			drip := time.NewTicker(20 * time.Millisecond)
			defer drip.Stop()
			for rest := "GET /robots.txt HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 10000); rest != ""; rest = rest[1:] {
				select {
				case <-gone:
					cut <- time.Since(began)
					return
				case <-drip.C:
					_, _ = io.WriteString(c, rest[:1]) // a closed connection shows in gone
				}
			}
		}()
	}
	began := time.Now()
	res, err := http.Get("http://" + address + "/robots.txt")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if took := time.Since(began); res.StatusCode != http.StatusOK || took > 3*time.Second {
		t.Errorf("beside %d slow clients: %s after %v", clients, res.Status, took)
	}
	late := time.After(20 * time.Second)
	for i := range clients {
		select {
		case <-cut:
		case <-late:
			t.Fatalf("%d of %d slow clients are still connected", clients-i, clients)
		}
	}
}

// Headers that are too large are refused with a problem, whatever was asked for: it can't be read any more.
func TestLargeHeaders(t *testing.T) {
	address := listen(t, newTestServer(t))
	for _, headers := range []string{"X: " + strings.Repeat("a", 20<<10), "Cookie: " + strings.Repeat("a=b; ", 5000)} {
		statuses, answer := exchange(t, address, "GET /api/v1/metrics HTTP/1.1\r\nHost: a\r\n"+headers+"\r\n\r\n")
		if len(statuses) != 1 || statuses[0] != "431" || !strings.Contains(answer, "Content-Type: application/problem+json") || !strings.Contains(answer, `"status":431`) {
			t.Errorf("%.20s…: %v, %.400s", headers, statuses, answer)
		}
	}
}
