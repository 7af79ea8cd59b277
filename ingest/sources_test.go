package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/ingesttest"
)

func readSources(t testing.TB, text string) (ingest.Sources, string, error) {
	t.Helper()
	path := filepath.Join(ingesttest.Folder(t, map[string]string{"sources.yaml": text}), "sources.yaml")
	s, err := ingest.ReadSources(path, []string{"reports", "csv"})
	return s, path, err
}

func TestReadSources(t *testing.T) {
	s, path, err := readSources(t, `
# a comment
- name: mine
  kind: csv
  location: figures/mine.csv
  schedule: "30 6 * * *"
  timeout: 90s
  license: CC BY 4.0
- {name: theirs, kind: reports, location: "https://example.com/reports.git", public: false, enabled: false}
`)
	if err != nil || len(s) != 2 {
		t.Fatalf("%d sources, %v", len(s), err)
	}
	mine, theirs := s[0], s[1]
	if want := filepath.Join(filepath.Dir(path), "figures", "mine.csv"); mine.Location != want || !mine.Public || !mine.Enabled ||
		mine.Timeout != 90*time.Second || mine.License != "CC BY 4.0" || mine.Schedule == nil {
		t.Errorf("mine: %+v", mine)
	}
	if theirs.Location != "https://example.com/reports.git" || theirs.Public || theirs.Enabled || theirs.Schedule != nil {
		t.Errorf("theirs: %+v", theirs)
	}
	for _, test := range []struct {
		names []string
		want  string
	}{{nil, "mine"}, {[]string{"theirs", "mine"}, "theirs mine"}, {[]string{"nobody"}, `no source is named "nobody"; there are mine, theirs`}} {
		jobs, err := s.Jobs(test.names...)
		var got []string
		for _, j := range jobs {
			got = append(got, j.Name)
		}
		if text := strings.Join(got, " "); text != test.want && fmt.Sprint(err) != test.want {
			t.Errorf("%v: %s, %v", test.names, text, err)
		}
	}
}

func TestBadSources(t *testing.T) {
	const good = "- name: a\n  kind: csv\n  location: x\n"
	for _, test := range []struct{ text, want string }{
		{"", "no source in it"},
		{"[]", "no source in it"},
		{"sources:\n- name: a", "line 1: a list of sources is needed"},
		{"- just a word", "line 1: a source needs keys"},
		{"- name: a", "line 1: kind: missing"},
		{good + "  locaton: y", "line 4: locaton: no such key"},
		{good + "  location: y", "line 4: location: given twice"},
		{good + "  license: [a, b]", "line 4: license: a single value"},
		{good + "  public: perhaps", `line 4: public: "perhaps" is neither true nor false`},
		{good + "  enabled: \"true\"", "line 4: enabled"},
		{good + "  timeout: 10", `line 4: timeout: "10" is not a duration`},
		{good + "  timeout: -10s", "line 4: timeout"},
		{good + "  schedule: daily", `line 4: schedule: "daily"`},
		{good + "  schedule: 61 * * * *", "line 4: schedule"},
		{good + good, `line 4: name: "a" is the name of the source at line 1`},
		{strings.Replace(good, "csv", "cvs", 1), `line 2: kind: "cvs" is not one of reports, csv`},
		{strings.Replace(good, ": x", ": ''", 1), "line 3: location: blank"},
		{"- name: a\n  kind: [", "line 2"},
	} {
		_, path, err := readSources(t, test.text)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v, want %q", test.text, err, test.want)
		}
	}
	_, _, err := readSources(t, "- name: a\n  kind: cvs\n  schedul: x\n")
	if lines := strings.Split(fmt.Sprint(err), "\n"); len(lines) != 3 {
		t.Errorf("all that is wrong is said at once: %q", lines)
	}
	if _, err := ingest.ReadSources(filepath.Join(t.TempDir(), "sources.yaml"), nil); err == nil {
		t.Error("a missing file is no error")
	}
}

func FuzzReadSources(f *testing.F) {
	f.Add("- name: a\n  kind: csv\n  location: x\n  schedule: '@daily'\n")
	f.Add("- {name: a, kind: csv, location: &x y, license: *x}")
	f.Fuzz(func(t *testing.T, text string) {
		s, _, err := readSources(t, text)
		for _, source := range s {
			if err == nil && (source.Name == "" || source.Location == "") {
				t.Errorf("%q: %+v", text, source)
			}
		}
	})
}

// The clock of this test jumps to the end of each wait.
func TestSchedule(t *testing.T) {
	s, _, err := readSources(t, `
- {name: hourly, kind: csv, location: a, schedule: "0 * * * *"}
- {name: at-two, kind: csv, location: b, schedule: "0 2 * * *"}
- {name: asleep, kind: csv, location: c, schedule: "* * * * *", enabled: false}
- {name: by-hand, kind: csv, location: d}
`)
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Date(2026, 1, 1, 0, 30, 0, 0, time.UTC)
	ctx, cancel := context.WithCancel(t.Context())
	var started []string
	schedule := ingest.NewSchedule(ingest.ScheduleConfig{Sources: s,
		Now: func() time.Time { return clock },
		After: func(d time.Duration) <-chan time.Time {
			clock = clock.Add(d)
			c := make(chan time.Time, 1)
			c <- clock
			return c
		},
		Start: func(_ context.Context, jobs []ingest.Job) error {
			line := clock.Format("15:04")
			for _, j := range jobs {
				line += " " + j.Name
			}
			started = append(started, line)
			switch len(started) {
			case 2:
				clock = clock.Add(150 * time.Minute) // a long run: three and four o'clock pass
			case 3:
				return errors.New("a failure ends nothing")
			case 4:
				cancel()
			}
			return nil
		}})
	if err := schedule.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	want := []string{"01:00 hourly", "02:00 hourly at-two", "05:00 hourly", "06:00 hourly"}
	if fmt.Sprint(started[:4]) != fmt.Sprint(want) {
		t.Errorf("started %q, want %q", started, want)
	}
}

// With nothing scheduled, a schedule waits for its end.
func TestEmptySchedule(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ingest.NewSchedule(ingest.ScheduleConfig{}).Run(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// The sample names real upstreams, each of a kind that exists, and dates models before it uses the dates.
func TestSample(t *testing.T) {
	s, err := ingest.ReadSources(filepath.Join("..", "sources.yaml"), []string{"reports", "epoch-benchmarks", "epoch-hardware",
		"epoch-models", "cpu-trends", "aider", "llm-prices", "lmarena", "chip-counts", "csv", "lineprotocol"})
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, source := range s {
		if !strings.HasPrefix(source.Location, "https://") || source.License == "" || source.Schedule == nil {
			t.Errorf("%s: location %s, licence %q", source.Name, source.Location, source.License)
		}
		at[source.Kind] = i
	}
	if at["lmarena"] < at["epoch-benchmarks"] || at["llm-prices"] < at["epoch-models"] {
		t.Error("a source that doesn't date models comes before those that do")
	}
}
