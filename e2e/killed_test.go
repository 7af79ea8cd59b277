package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics/influx/influxtest"
)

// moments are what differs between two runs of the same: the time of an answer, and when something was taken in.
var moments = regexp.MustCompile(`"took_us": ?\d+|\d{4}-\d\d-\d\dT[\d:.]+Z`)

// TestKilledIngest kills the program at random moments while it takes new versions of measurements and reports in, and lets the
// next run finish. Then the ledger, the library and what the search index answers are those of a run that nobody disturbed.
// The suite of package ingest kills at more moments, with a stand-in for library and index.
func TestKilledIngest(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	t.Run("sqlite", func(t *testing.T) { killedIngest(t, func(string) []string { return nil }) })
	t.Run("influx", func(t *testing.T) {
		server := influxtest.Start(t)
		bucket := server.Database(t)
		killedIngest(t, func(which string) []string {
			return []string{"SCALEBOOK_METRICS=influx", "SCALEBOOK_INFLUX_URL=" + server.URL, "SCALEBOOK_INFLUX_TOKEN=" + server.Token,
				"SCALEBOOK_INFLUX_BUCKET=" + bucket + which}
		})
	})
}

func killedIngest(t *testing.T, environment func(which string) []string) {
	const kills = 5
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(3, 4))
	command := func(which string, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), program, append(args, "--data", filepath.Join(dir, which))...)
		cmd.Env = append(os.Environ(), environment(which)...)
		return cmd
	}
	finish := func(which string, args ...string) string {
		t.Helper()
		cmd := command(which, args...)
		var failed strings.Builder
		cmd.Stderr = &failed
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v\n%s%s", args, err, out, failed.String())
		}
		return moments.ReplaceAllString(string(out), "")
	}
	config := filepath.Join(dir, "sources.yaml")
	write(t, config, "- {name: scores, kind: csv, location: scores}\n- {name: essays, kind: reports, location: essays}\n")
	ingest := []string{"ingest", "--config", config}
	answers := func(which string) string {
		return finish(which, "search", "--json", "추론 비용 OR passing") +
			finish(which, "export", "--format", "csv", "mmlu", "gpqa-diamond")
	}
	var typical time.Duration
	cut := 0
	for version := 0; cut < kills; version++ {
		if version > 5*kills {
			t.Fatalf("only %d of %d runs could be cut short", cut, version)
		}
		publish(t, dir, version)
		if version > 0 {
			after := typical/10 + time.Duration(random.Int64N(int64(typical)))
			if killedAfter(t, command("killed", ingest...), after) {
				cut++
			} else {
				typical = typical * 3 / 4 // it was over before its moment came
			}
		}
		start := time.Now()
		finish("killed", ingest...)
		if version == 0 {
			typical = time.Since(start)
		}
		finish("whole", ingest...)
		got, want := answers("killed"), answers("whole")
		if got != want {
			t.Fatalf("version %d: after a kill it answers\n%s\nundisturbed\n%s", version, got, want)
		}
		if !strings.Contains(want, fmt.Sprintf("version%d", version)) {
			t.Fatalf("version %d: what is searched is older: %s", version, want)
		}
	}
}

// killedAfter starts a command and kills it after a while; false if it was over by then.
func killedAfter(t *testing.T, cmd *exec.Cmd, after time.Duration) bool {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(after, func() { _ = cmd.Process.Kill() }).Stop()
	return cmd.Wait() != nil
}

// publish writes what the upstreams have at some time: revised, gone and new rows and reports.
func publish(t *testing.T, dir string, version int) {
	t.Helper()
	var table strings.Builder
	table.WriteString("metric,subject,kind,time,value\n")
	for i := range 300 {
		if (i+version)%37 == 0 {
			continue
		}
		fmt.Fprintf(&table, "%s,model-%d,model,2024-01-%02d,0.%03d\n", []string{"mmlu", "gpqa-diamond"}[i%2], i, i%28+1, (i*7+i%5*version)%1000)
	}
	write(t, filepath.Join(dir, "scores", "scores.csv"), table.String())
	for i := range 4 {
		write(t, filepath.Join(dir, "essays", fmt.Sprintf("2024010%d-essay-%d.md", i+1, i)),
			fmt.Sprintf("# Essay %d version%d\n\nGPT-4의 추론 비용은 그 사이 %d배가 되었다. This is version%d of the essay.\n", i, version, version+2, version))
	}
	if err := os.RemoveAll(filepath.Join(dir, "essays", fmt.Sprintf("20240201-essay-%d.md", version-1))); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "essays", fmt.Sprintf("20240201-essay-%d.md", version)), fmt.Sprintf("# Passing essay %d\n\nGone by the next version.\n", version))
}
