// Package influxtest starts real InfluxDBs for tests, each on a free port with a folder of its own: influxd 1.8.10, built from
// its Go module where it is missing, and influxd 2.7 where build-influxd2.sh has built it. An InfluxDB 2 named by
// SCALEBOOK_TEST_INFLUX_URL, _TOKEN and _ORG is offered too.
package influxtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/scalebook/scalebook/testpart"
)

// module is the server that is built. Version 1.8 is the last that is Go alone; it answers the write and Flux query API
// of version 2.
const module = "github.com/influxdata/influxdb/cmd/influxd@v1.8.10"

// Server is a running InfluxDB.
type Server struct {
	URL   string
	Token string
	Org   string // blank for InfluxDB 1.8

	folder string
	args   []string // the command, once the port is chosen
	cmd    *exec.Cmd
	log    *bytes.Buffer
	exited chan struct{}
}

// Database returns the name of a bucket of this server that no test has used: a database of InfluxDB 1.8.
func (s *Server) Database(t testing.TB) string {
	return fmt.Sprintf("test_%d_%x", time.Now().UnixNano(), bytesOf(t.Name()))
}

// bytesOf is a short hash of a name, for names that differ.
func bytesOf(name string) uint32 {
	h := uint32(2166136261)
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return h
}

// Each runs a test against every server that there is, each in a subtest: influxd 1.8.10, influxd 2.7 and, where the
// environment names it, an external one. Where cargo could build 2.7 and nobody did it is [testpart.Missing]; without cargo its
// subtest is skipped.
func Each(t *testing.T, test func(t *testing.T, server *Server)) {
	t.Run("1.8.10", func(t *testing.T) { test(t, Start(t)) })
	t.Run("2.7", func(t *testing.T) { test(t, startV2(t)) })
	if url := os.Getenv("SCALEBOOK_TEST_INFLUX_URL"); url != "" {
		t.Run("external", func(t *testing.T) {
			test(t, &Server{URL: url, Token: os.Getenv("SCALEBOOK_TEST_INFLUX_TOKEN"), Org: os.Getenv("SCALEBOOK_TEST_INFLUX_ORG")})
		})
	}
}

// Start runs influxd 1.8.10 until the test ends. Where it can't be built (it is fetched once) the test is skipped with the
// reason, or fails where the environment variable CI is set.
func Start(t testing.TB) *Server {
	t.Helper()
	binary, err := build()
	if err != nil {
		testpart.Missing(t, "influxd can't be built: %v", err)
	}
	s := &Server{Token: "scalebook:secret-of-the-test", folder: t.TempDir()}
	s.start(t, func(address string) error { return s.configure(binary, address) })
	return s
}

// start runs the server on a free port until the test ends. configure sets its command.
func (s *Server) start(t testing.TB, configure func(address string) error) {
	t.Helper()
	for attempt := 0; ; attempt++ { // another process may take the port between our finding it and the server's
		address, err := freeAddress()
		if err == nil {
			s.URL = "http://" + address
			err = configure(address)
		}
		if err == nil {
			err = s.Resume(t.Context())
		}
		if err == nil {
			break
		}
		if attempt == 3 {
			t.Fatalf("start influxd: %v", err)
		}
	}
	t.Cleanup(s.Kill)
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// configure writes the configuration of influxd 1.8.
func (s *Server) configure(binary, address string) error {
	config := filepath.Join(s.folder, "influxdb.conf")
	s.args = []string{binary, "-config", config}
	return os.WriteFile(config, fmt.Appendf(nil, `reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
  dir = %[1]q
[data]
  dir = %[2]q
  wal-dir = %[3]q
  query-log-enabled = false
  max-series-per-database = 0
  max-values-per-tag = 0
[coordinator]
[monitor]
  store-enabled = false
[http]
  bind-address = %[4]q
  flux-enabled = true
  log-enabled = false
[continuous_queries]
  enabled = false
`, filepath.Join(s.folder, "meta"), filepath.Join(s.folder, "data"), filepath.Join(s.folder, "wal"), address), 0o644)
}

// Resume starts the server again after Kill, with the same address and data, and returns once it answers.
func (s *Server) Resume(ctx context.Context) error {
	s.log = new(bytes.Buffer)
	s.cmd = exec.Command(s.args[0], s.args[1:]...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	go func() {
		s.cmd.Wait()
		close(exited)
	}()
	s.exited = exited
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		if s.ready(ctx) {
			return nil
		}
		select {
		case <-exited:
			return fmt.Errorf("influxd ended: %s", s.log)
		case <-ctx.Done():
			s.Kill()
			return fmt.Errorf("influxd does not answer: %w: %s", ctx.Err(), s.log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *Server) ready(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/ping", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusNoContent
}

// Kill ends a server that Start started, at once, as a power cut would.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Kill()
	<-s.exited
}

// building keeps the tests of one process from building twice.
var building sync.Mutex

// build returns the path of influxd, building it into the repository's cache where it is missing.
func build() (string, error) {
	building.Lock()
	defer building.Unlock()
	binary, err := built("influxd")
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return binary, err
	}
	bin := filepath.Dir(binary)
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", err
	}
	scratch, err := os.MkdirTemp(bin, "build-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(scratch)
	cmd := exec.Command("go", "install", module)
	cmd.Dir = scratch
	cmd.Env = append(os.Environ(), "GOBIN="+scratch, "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go install %s: %w: %s", module, err, bytes.TrimSpace(out))
	}
	return binary, os.Rename(filepath.Join(scratch, "influxd"), binary)
}

// built returns where the cache has a program; the error is os.ErrNotExist where it has not.
func built(name string) (string, error) {
	root, err := repository()
	if err != nil {
		return "", err
	}
	binary := filepath.Join(root, ".cache", "bin", name)
	_, err = os.Stat(binary)
	return binary, err
}

// repository is the folder of go.mod, at or above the working folder.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("not within a Go module")
		}
		dir = parent
	}
}
