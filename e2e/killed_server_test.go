package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// upstream is a git repository, a folder of reports with images and a folder of tables.
type upstream struct {
	dir, config string
	repository  *git.Repository
}

func newUpstream(t *testing.T) *upstream {
	t.Helper()
	u := &upstream{dir: t.TempDir()}
	u.config = filepath.Join(u.dir, "sources.yaml")
	write(t, u.config, "- {name: translations, kind: reports, location: repository/.git}\n- {name: scores, kind: csv, location: scores}\n- {name: essays, kind: reports, location: essays}\n")
	var err error
	if u.repository, err = git.PlainInit(filepath.Join(u.dir, "repository"), false); err != nil {
		t.Fatal(err)
	}
	return u
}

// publish makes them those of a version.
func (u *upstream) publish(t *testing.T, version int) {
	t.Helper()
	publish(t, u.dir, version)
	for i := range 12 {
		image := filepath.Join(u.dir, "essays", fmt.Sprintf("figure-%d.svg", i))
		write(t, image, fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"/>`, version+1, i+1))
		write(t, filepath.Join(u.dir, "essays", fmt.Sprintf("202403%02d-drawn-%d.md", i+1, i)),
			fmt.Sprintf("# Drawn %d\n\n![the curve](figure-%d.svg)\n\nDrawn for version%d of %d.\n", i, i, version, i))
		text := filepath.Join(u.dir, "repository", fmt.Sprintf("202405%02d-translation-%d.md", i+1, i))
		if (i+version)%5 == 0 {
			if err := os.Remove(text); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			continue
		}
		write(t, text, fmt.Sprintf("# 번역 %d\n\n%d째 문단은 추론 비용을 다룬다. This is version%d of translation %d.\n", i, version, version, i))
	}
	tree, err := u.repository.Worktree()
	if err == nil {
		err = tree.AddWithOptions(&git.AddOptions{All: true})
	}
	if err == nil {
		_, err = tree.Commit(fmt.Sprint("version ", version), &git.CommitOptions{AllowEmptyCommits: true,
			Author: &object.Signature{Name: "a", Email: "a@example.org", When: time.Date(2024, 6, 1, 0, 0, version, 0, time.UTC)}})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// process is a server that can be killed.
type process struct {
	cmd *exec.Cmd
	url string
}

func (u *upstream) serve(t *testing.T, data string) *process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "serve", "--addr", "127.0.0.1:0", "--no-bundled", "--data", data, "--config", u.config)
	cmd.Env = append(os.Environ(), "SCALEBOOK_API_TOKEN=secret")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 256)
	n, err := out.Read(line) // one line, in one write
	address, ok := strings.CutPrefix(strings.TrimSpace(string(line[:n])), "serving ")
	if err != nil || !ok {
		t.Fatalf("the server says %q, %v", line[:n], err)
	}
	return &process{cmd, address}
}

func (p *process) end(t *testing.T, how syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(how); err != nil {
		t.Error(err)
	}
	if err := p.cmd.Wait(); how == syscall.SIGTERM && err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

// get returns an answer without what differs between two runs of the same.
func (p *process) get(t *testing.T, path string) string {
	t.Helper()
	status, body, err := p.ask(http.MethodGet, path)
	if err != nil || status != http.StatusOK {
		t.Fatalf("%s: %d %v %.300s", path, status, err, body)
	}
	return moments.ReplaceAllString(body, "")
}

func (p *process) ask(method, path string) (int, string, error) {
	r, err := http.NewRequest(method, p.url+path, nil)
	if err != nil {
		return 0, "", err
	}
	if method == http.MethodPost {
		r.Header.Set("Authorization", "Bearer secret")
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, string(body), err
}

// answers are what a server tells of everything that is ingested.
func (p *process) answers(t *testing.T) []string {
	t.Helper()
	var list struct{ Reports []struct{ Slug string } }
	reports := p.get(t, "/api/v1/reports?limit=100")
	if err := json.Unmarshal([]byte(reports), &list); err != nil {
		t.Fatal(err)
	}
	all := []string{reports, p.get(t, "/api/v1/series?metric=mmlu"), p.get(t, "/api/v1/series?metric=gpqa-diamond"), p.get(t, "/api/v1/subjects?kind=model")}
	for _, r := range list.Reports {
		all = append(all, p.get(t, "/api/v1/reports/"+r.Slug))
	}
	for _, q := range []string{"추론 비용", "version", "drawn OR passing"} {
		all = append(all, p.get(t, "/api/v1/search?limit=50&q="+url.QueryEscape(q)))
	}
	return all
}

// ingest starts an ingest over HTTP, once the one that a start may begin by itself is over.
func (p *process) ingest(t *testing.T) {
	t.Helper()
	waitFor(t, func() bool {
		status, body, err := p.ask(http.MethodPost, "/api/v1/ingest")
		if err != nil || status != http.StatusAccepted && status != http.StatusConflict {
			t.Fatal(status, body, err)
		}
		return status == http.StatusAccepted
	})
}

// TestKilledWhileServing kills a server at random moments of an ingest that was started over HTTP, of a git repository, tables and reports with
// images, while others search: each search is answered until then, what is left is sound, and the next ingest makes it what
// it is where nobody was killed.
func TestKilledWhileServing(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	const kills = 4
	u, killed, whole := newUpstream(t), filepath.Join(t.TempDir(), "killed"), filepath.Join(t.TempDir(), "whole")
	ingest := func(data string) {
		t.Helper()
		if code, _, stderr := run(t, "ingest", "--data", data, "--config", u.config); code != 0 {
			t.Fatal(stderr)
		}
	}
	random := rand.New(rand.NewPCG(7, 8))
	u.publish(t, 0)
	start := time.Now()
	ingest(killed)
	typical := time.Since(start)
	ingest(whole)
	for version := 1; version <= kills; version++ {
		u.publish(t, version)
		p := u.serve(t, killed)
		var searching sync.WaitGroup
		over := make(chan struct{})
		for range 2 {
			searching.Go(func() {
				for {
					status, body, err := p.ask(http.MethodGet, "/api/v1/search?q=version")
					select {
					case <-over:
						return
					default:
					}
					if err != nil || status != http.StatusOK {
						t.Errorf("version %d: a search meanwhile: %d %v %.200s", version, status, err, body)
						return
					}
				}
			})
		}
		p.ingest(t)
		<-time.After(time.Duration(random.Int64N(int64(typical) + 1)))
		close(over)
		p.end(t, syscall.SIGKILL)
		searching.Wait()
		if code, out, stderr := run(t, "doctor", "--data", killed); code != 0 && (!strings.Contains(out, "interrupted") || strings.Count(out, "wrong  ") != 1) {
			t.Fatalf("version %d: doctor finds more than an interruption: %s%s", version, out, stderr)
		}
		ingest(killed)
		ingest(whole)
		if code, out, stderr := run(t, "doctor", "--data", killed); code != 0 {
			t.Fatalf("version %d: doctor, after it was mended: %s%s", version, out, stderr)
		}
		one, other := u.serve(t, killed), u.serve(t, whole)
		got, want := one.answers(t), other.answers(t)
		if !slices.Equal(got, want) {
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Errorf("version %d: after a kill it answers\n%.800s\nundisturbed\n%.800s", version, got[i], want[i])
					break
				}
			}
			t.Fatalf("version %d: %d and %d answers", version, len(got), len(want))
		}
		one.end(t, syscall.SIGTERM)
		other.end(t, syscall.SIGTERM)
		if left := unfinished(t, killed); len(left) > 0 {
			t.Errorf("version %d: left of what was interrupted: %v", version, left)
		}
	}
}

// unfinished are files of a data directory that were being written and are nobody's.
func unfinished(t *testing.T, data string) (left []string) {
	t.Helper()
	err := filepath.WalkDir(data, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (strings.HasPrefix(d.Name(), ".tmp-") || strings.HasPrefix(d.Name(), "tmp_")) {
			left = append(left, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// TestKilledBeforeTheIndex kills an ingest once the library has its reports and before the index does: doctor says so, and a server that
// starts brings the index up to date, without another ingest.
func TestKilledBeforeTheIndex(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	u, data := newUpstream(t), t.TempDir()
	u.publish(t, 0)
	ingest := func() *exec.Cmd {
		return exec.CommandContext(t.Context(), program, "ingest", "--data", data, "--config", u.config)
	}
	if out, err := ingest().CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	state := func(name string) string {
		body, err := os.ReadFile(filepath.Join(data, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	const library, current = "library/essays/manifest.json", "index/CURRENT"
	version := 0
	for caught := false; !caught; {
		if version++; version > 20 {
			t.Fatal("the index was always there first")
		}
		u.publish(t, version)
		before, index := state(library), state(current)
		cmd := ingest()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, func() bool { return state(library) != before })
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		caught = state(current) == index
	}
	if code, out, _ := run(t, "doctor", "--data", data); code != 1 || !strings.Contains(out, "wrong  index: an ingest was interrupted") || !strings.Contains(out, "`scalebook serve` brings it up to date") {
		t.Errorf("doctor: %d %s", code, out)
	}
	if err := os.WriteFile(filepath.Join(data, "library", ".tmp-cut"), []byte("half"), 0o644); err != nil { // as a kill at another moment leaves
		t.Fatal(err)
	}
	p := u.serve(t, data)
	waitFor(t, func() bool {
		return strings.Contains(p.get(t, "/api/v1/search?q=drawn"), fmt.Sprintf("version%d", version))
	})
	waitFor(t, func() bool { code, _, _ := run(t, "doctor", "--data", data); return code == 0 })
	p.end(t, syscall.SIGTERM)
	if left := unfinished(t, data); len(left) > 0 {
		t.Errorf("left of what was interrupted: %v", left)
	}
}
