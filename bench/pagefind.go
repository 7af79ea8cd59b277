package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// pagefindHolds is the size of the largest index that Pagefind is asked to make: each passage is a page in a file of its own, and so
// is the fragment that it makes of it.
const pagefindHolds = 10_000

// pagefind is Pagefind, each passage a page. A process with its search is asked over a pipe; its times are its own, without the pipe.
type pagefind struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

// openPagefind returns how Pagefind is opened, or why it can't be.
func openPagefind(ctx context.Context, root string) (func(context.Context, string, []string) (engine, error), error) {
	cache, err := peerCache()
	if err != nil {
		return nil, err
	}
	run, err := script("pagefind.mjs")(ctx, root, cache)
	if err != nil {
		return nil, err
	}
	indexer := filepath.Join(cache, "node", "node_modules", ".bin", "pagefind")
	return func(ctx context.Context, dir string, texts []string) (engine, error) {
		site, index := filepath.Join(dir, "site"), filepath.Join(dir, "index")
		if err := os.Mkdir(site, 0o755); err != nil {
			return nil, err
		}
		for i, text := range texts {
			page := fmt.Sprintf("<!doctype html><html lang=\"ko\"><title>%d</title><body><p>%s</p></body></html>", i, html.EscapeString(text))
			if err := os.WriteFile(filepath.Join(site, strconv.Itoa(i)+".html"), []byte(page), 0o644); err != nil {
				return nil, err
			}
		}
		if err := quiet(ctx, "", indexer, "--site", site, "--output-path", index, "--force-language", "ko"); err != nil {
			return nil, err
		}
		if err := os.RemoveAll(site); err != nil { // which is no part of the index
			return nil, err
		}
		cmd := exec.CommandContext(ctx, run[0], append(run[1:], index)...)
		cmd.Stderr = os.Stderr
		in, out, err := converse(cmd)
		if err != nil {
			return nil, err
		}
		p := pagefind{cmd, in, bufio.NewScanner(out)}
		if !p.out.Scan() || p.out.Text() != "ready" {
			return nil, errors.Join(errors.New("pagefind does not get ready"), p.close())
		}
		return p, nil
	}, nil
}

func (p pagefind) ask(_ context.Context, q question) ([]int, time.Duration, error) {
	text := strings.Join(q.words, " ")
	if q.kind == "phrase" {
		text = `"` + text + `"`
	}
	if _, err := io.WriteString(p.in, text+"\n"); err != nil {
		return nil, 0, err
	}
	if !p.out.Scan() {
		return nil, 0, errors.Join(errors.New("pagefind ended"), p.out.Err())
	}
	fields := strings.Fields(p.out.Text())
	if len(fields) == 0 {
		return nil, 0, errors.New("pagefind answers nothing")
	}
	ms, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		return nil, 0, fmt.Errorf("pagefind answers %q: %w", p.out.Text(), err)
	}
	var hits []int
	for _, number := range fields[1:] {
		i, err := strconv.Atoi(number)
		if err != nil {
			return nil, 0, fmt.Errorf("pagefind answers %q: %w", p.out.Text(), err)
		}
		hits = append(hits, i)
	}
	return hits, time.Duration(ms * float64(time.Millisecond)), nil
}

func (p pagefind) close() error { return errors.Join(p.in.Close(), p.cmd.Wait()) }
