package sqlite_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/sqlite"
)

var recorded = time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)

func observation(subject string, value float64) metrics.Observation {
	return metrics.Observation{
		Metric: "score", Subject: subject, Name: subject, Time: recorded.AddDate(-1, 0, 0), Value: value,
		Source: metrics.Source{Name: "lab", URL: "https://lab.example/"},
	}
}

// fill puts some revisions, a withdrawal and a subject into a ledger.
func fill(t testing.TB, l metrics.Ledger) {
	t.Helper()
	ctx := t.Context()
	if err := l.PutMetrics(ctx, []metrics.Metric{{ID: "score", Kind: metrics.KindBenchmark}}); err != nil {
		t.Fatal(err)
	}
	if err := l.PutSubjects(ctx, []metrics.Subject{{ID: "a", Name: "A", Aliases: []string{"가"}}}); err != nil {
		t.Fatal(err)
	}
	gone := observation("b", 2)
	gone.Withdrawn = true
	for i, obs := range [][]metrics.Observation{{observation("a", 1), observation("b", 2)}, {observation("a", 3), gone}} {
		if _, err := l.Append(ctx, recorded.AddDate(0, 0, i), obs); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name   string
		make   func(t *testing.T, path string)
		want   error
		saying string
	}{
		{"a text file", func(t *testing.T, path string) { write(t, path, "a,b\n1,2\n") }, metrics.ErrDamaged, "not a ledger"},
		{"a folder", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o755); err != nil {
				t.Fatal(err)
			}
		}, metrics.ErrUnavailable, "is a folder"},
		{"another program's database", func(t *testing.T, path string) { exec1(t, path, "CREATE TABLE theirs (x)") }, metrics.ErrDamaged, "another program"},
		{"a newer ledger", func(t *testing.T, path string) {
			open1(t, path)
			exec1(t, path, "PRAGMA user_version = 999")
		}, metrics.ErrDamaged, "newer scalebook"},
		{"a header and noise", func(t *testing.T, path string) {
			write(t, path, "SQLite format 3\x00"+strings.Repeat("noise", 2000))
		}, metrics.ErrDamaged, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, strings.ReplaceAll(c.name, " ", "-")+".db")
			c.make(t, path)
			_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
			if !errors.Is(err, c.want) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if text := err.Error(); !strings.Contains(text, path) || !strings.Contains(text, c.saying) || strings.Contains(text, "\n") {
				t.Errorf("%q: want one line that names %s and says %q", text, path, c.saying)
			}
		})
	}
	_, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(dir, "absent", "metrics.db")})
	if !errors.Is(err, metrics.ErrUnavailable) || !strings.Contains(err.Error(), "folder does not exist") {
		t.Errorf("no folder: %v", err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// exec1 runs a statement on the file behind the store's back.
func exec1(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// open1 creates a filled ledger and closes it.
func open1(t *testing.T, path string) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCheckFindsDamage(t *testing.T) {
	for _, c := range []struct{ damage, saying string }{
		{"UPDATE revision SET value = 9 WHERE id = 1", "revision 1: its checksum"},
		{"UPDATE revision SET row = row + 1 WHERE id = 2", "revision 2: its checksum"},
		{"UPDATE revision SET recorded_at = recorded_at - 1 WHERE id = 3", "revision 3: its checksum"},
		{"UPDATE text SET value = 'lob' WHERE value = 'lab'", "its checksum"},
		{"DELETE FROM text WHERE value = 'lab'", "is gone"},
		{"DELETE FROM revision WHERE id = 2", "revisions 2 to 2 are gone"},
		{"DELETE FROM head WHERE revision = 3", "does not point at the newest"},
		{"UPDATE head SET revision = 1 WHERE revision = 3", "does not point at the newest"},
		{"UPDATE head SET digest = digest + 1 WHERE revision = 3", "its digest"},
		{"UPDATE feed SET live = 7", "1 observations are live, 7 are counted"},
		{"UPDATE feed SET first = 2", "revision 1 is before its first"},
		{"UPDATE metric SET body = replace(body, 'benchmark', 'model')", "metric score"},
		{"UPDATE subject SET name = 'B'", "does not add up"},
		{"UPDATE state SET recorded_at = 0", "does not add up"},
		{"DELETE FROM revision WHERE id = (SELECT max(id) FROM revision)", "does not point"},
	} {
		t.Run(c.damage, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "metrics.db")
			open1(t, path)
			s := open(t, path)
			if err := s.Check(t.Context()); err != nil {
				t.Fatalf("before the damage: %v", err)
			}
			exec1(t, path, c.damage)
			err := s.Check(t.Context())
			if !errors.Is(err, metrics.ErrDamaged) || !strings.Contains(err.Error(), c.saying) {
				t.Errorf("%v, want damage: %s", err, c.saying)
			}
		})
	}
}

// Every byte of the file matters or is padding: flipping one is refused at opening, found by Check, or changes nothing
// that the ledger says.
func TestFlippedBits(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.db")
	open1(t, whole)
	want := dump(t, open(t, whole))
	bytes, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	step := 97
	if testing.Short() {
		step = 997
	}
	found := 0
	for i := 0; i < len(bytes); i += step {
		if bytes[i] == 0 && i%(7*step) != 0 { // mostly padding: a sample of it will do
			continue
		}
		path := filepath.Join(dir, "flipped.db")
		flipped := append([]byte(nil), bytes...)
		flipped[i] ^= 0x10
		write(t, path, string(flipped))
		if s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path, Readers: 1}); err != nil {
			found++
		} else {
			if err := s.Check(t.Context()); err != nil {
				found++
			} else if got := dump(t, s); got != want {
				t.Errorf("byte %d flipped: Check finds nothing, yet the ledger says\n%s\nnot\n%s", i, got, want)
			}
			s.Close()
		}
		for _, suffix := range []string{"", "-wal", "-shm"} {
			os.Remove(path + suffix)
		}
	}
	if found == 0 {
		t.Error("no flipped byte was found")
	}
}

// dump is all that a ledger says.
func dump(t *testing.T, l metrics.Ledger) string {
	t.Helper()
	ctx := t.Context()
	ms, err1 := l.Metrics(ctx)
	ss, err2 := l.Subjects(ctx, metrics.SubjectQuery{})
	revs, err3 := l.Revisions(ctx, metrics.RevisionQuery{})
	live, err4 := l.SourceObservations(ctx, "lab")
	state, err5 := l.State(ctx)
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return err.Error()
	}
	for i := range revs {
		revs[i].Before = nil
	}
	return fmt.Sprintf("%+v\n%+v\n%+v\n%+v\n%+v", ms, ss, revs, live, state)
}

func TestTruncated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.db")
	open1(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{info.Size() / 2, 4096, 100, 20} {
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
		if err == nil {
			err = s.Check(t.Context())
			s.Close()
		}
		if !errors.Is(err, metrics.ErrDamaged) {
			t.Errorf("cut to %d bytes: %v, want ErrDamaged", size, err)
		}
	}
}

func TestBackup(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "metrics.db"))
	fill(t, s)
	path := filepath.Join(dir, "copy of the ledger.db")
	if err := s.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if got, want := dump(t, open(t, path)), dump(t, s); got != want {
		t.Errorf("the copy says\n%s\nnot\n%s", got, want)
	}
	if err := s.Backup(t.Context(), path); !errors.Is(err, os.ErrExist) {
		t.Errorf("over an existing file: %v, want ErrExist", err)
	}
	exec1(t, filepath.Join(dir, "metrics.db"), "UPDATE revision SET value = 9 WHERE id = 1")
	if err := s.Backup(t.Context(), filepath.Join(dir, "bad.db")); !errors.Is(err, metrics.ErrDamaged) {
		t.Errorf("of a damaged ledger: %v, want ErrDamaged", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*bad*"))
	if err != nil || len(left) > 0 {
		t.Errorf("a failed backup leaves %v (%v)", left, err)
	}
}

func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.db")
	one, two := open(t, path), open(t, path)
	fill(t, one)
	if got, want := dump(t, two), dump(t, one); got != want {
		t.Errorf("the other reads\n%s\nnot\n%s", got, want)
	}
	for i, s := range []*sqlite.Store{two, one, two} {
		if _, err := s.Append(t.Context(), recorded.AddDate(0, 1, 0), []metrics.Observation{observation(fmt.Sprint("new", i), 1)}); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := dump(t, two), dump(t, one); got != want {
		t.Errorf("the other reads\n%s\nnot\n%s", got, want)
	}
	if err := one.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestKilled ends a process that appends without pause, and finds whole appends only.
func TestKilled(t *testing.T) {
	if path := os.Getenv("LEDGER_TO_APPEND_TO"); path != "" {
		appendForever(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "metrics.db")
	acknowledged := 0
	for range 4 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$", "-test.v")
		cmd.Env = append(os.Environ(), "LEDGER_TO_APPEND_TO="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for seen := 0; seen < 5 && lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "appended") {
				seen++
				acknowledged++
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "appended") {
				acknowledged++
			}
		}
		cmd.Wait()
		s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
		live, err := s.Observations(t.Context(), metrics.Query{Metric: "score"})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(live); n%rowsPerCall != 0 || n < acknowledged*rowsPerCall || n > (acknowledged+1)*rowsPerCall {
			t.Errorf("%d observations after %d acknowledged appends of %d", n, acknowledged, rowsPerCall)
		}
		acknowledged = len(live) / rowsPerCall
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

const rowsPerCall = 100

func appendForever(t *testing.T, path string) {
	s, err := sqlite.Open(context.Background(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.PutMetrics(t.Context(), []metrics.Metric{{ID: "score", Kind: metrics.KindBenchmark}}); err != nil {
		t.Fatal(err)
	}
	for call := 0; ; call++ {
		var obs []metrics.Observation
		for i := range rowsPerCall {
			obs = append(obs, observation(fmt.Sprintf("%d-%d-%d", os.Getpid(), call, i), 1))
		}
		if _, err := s.Append(t.Context(), recorded, obs); err != nil {
			t.Fatal(err)
		}
		fmt.Println("appended", call)
	}
}

// TestMigrates opens a ledger of the first schema, and goes on with it.
func TestMigrates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "metrics.db")
	schema, err := os.ReadFile(filepath.Join("migrations", "0001_ledger.sql"))
	if err != nil {
		t.Fatal(err)
	}
	exec1(t, path, string(schema)+"; PRAGMA application_id = 0x7363626b; PRAGMA user_version = 1")
	s := open(t, path)
	fill(t, s)
	if revs, err := s.Revisions(t.Context(), metrics.RevisionQuery{Source: "lab", Limit: -1}); err != nil || len(revs) != 1 || revs[0].Value != 1 {
		t.Errorf("its oldest revision: %+v, %v", revs, err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
