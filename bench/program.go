package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// build compiles the program as it is shipped and returns its path.
func build(ctx context.Context, root, dir string) (string, error) {
	path := filepath.Join(dir, "scalebook")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./cmd/scalebook")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return path, nil
}

// program is a running server.
type program struct {
	cmd   *exec.Cmd
	url   string
	ready time.Duration // from start until it said where it serves
}

// start serves a data folder on a free port, and returns once the server is ready.
func start(ctx context.Context, binary, data string, flags ...string) (*program, error) {
	began := time.Now()
	cmd := exec.CommandContext(ctx, binary, append([]string{"serve", "--addr", "127.0.0.1:0", "--data", data}, flags...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &program{cmd: cmd}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "serving "); ok {
			p.url, p.ready = url, time.Since(began)
			return p, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("%s ended before it served", binary), p.stop())
}

func (p *program) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	return p.cmd.Wait()
}

// resident returns the memory that the process has in RAM, in MB.
func (p *program) resident() (float64, error) {
	kb, err := strconv.ParseFloat(strings.TrimSuffix(field(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid), "VmRSS", ":"), " kB"), 64)
	if err != nil {
		return 0, fmt.Errorf("read the memory of process %d: %w", p.cmd.Process.Pid, err)
	}
	return kb / 1024, nil
}

// page is an answer as it was sent.
type page struct {
	body        []byte
	contentType string
	took        time.Duration
}

// fetch gets an address; with gzip the body is left compressed.
func fetch(ctx context.Context, url string, gzip bool) (page, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return page{}, err
	}
	encoding := "identity"
	if gzip {
		encoding = "gzip"
	}
	req.Header.Set("Accept-Encoding", encoding)
	began := time.Now()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return page{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return page{}, fmt.Errorf("get %s: %w", url, err)
	}
	if res.StatusCode != http.StatusOK {
		return page{}, fmt.Errorf("get %s: %s", url, res.Status)
	}
	return page{body, res.Header.Get("Content-Type"), time.Since(began)}, nil
}
