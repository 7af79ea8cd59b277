package main

import (
	"context"
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/content/contenttest"
	"github.com/scalebook/scalebook/testpart"
)

// TestSearching runs the search part on a few passages, so that the harness can't rot.
func TestSearching(t *testing.T) {
	results, err := searchingBy(t.Context(), config{root: "..", sizes: []int{60}, queries: 3}, func(int) []opener { return installed() })
	if err != nil {
		t.Fatal(err)
	}
	if want := (len(installed())-1)*(3+3*len(kinds)) + len(kinds); len(results) != want {
		t.Errorf("%d results, want %d", len(results), want)
	}
	goals := map[string]float64{}
	for _, r := range results {
		if r.Peer == "" {
			goals[r.Case] = r.Goal
		} else if r.Measure != "questions with a hit" && (r.Ours <= 0 || r.Theirs <= 0 || r.Ratio <= 0) {
			t.Errorf("%s: ours %g, theirs %g, ratio %g", r.key(), r.Ours, r.Theirs, r.Ratio)
		}
	}
	if goals["60 passages, typo"] != 25 || goals["60 passages, phrase"] != 10 {
		t.Errorf("goals %v", goals)
	}
}

// A peer's files are brought up to date where an earlier run has left older ones.
func TestOverwrite(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	for path, text := range map[string]string{filepath.Join(to, "a"): "old", filepath.Join(to, "kept"): "kept", filepath.Join(from, "a"): "new", filepath.Join(from, "b"): "new"} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := overwrite(to, from); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": "new", "b": "new", "kept": "kept"} {
		if got, err := os.ReadFile(filepath.Join(to, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
}

// TestLibrary builds a library of a few reports, and has Hugo build them, which is built first where no run of the bench did so.
func TestLibrary(t *testing.T) {
	cache, err := peerCache()
	if err != nil {
		t.Fatal(err)
	}
	hugo, err := installHugo(t.Context(), cache)
	if err != nil {
		t.Fatal(err)
	}
	binary, err := build(t.Context(), "..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	results, err := libraryOf(t.Context(), binary, hugo, 3)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := libraryOf(t.Context(), binary, "true", 3); err == nil {
		t.Error("a builder that writes nothing is taken for one that builds")
	}
	for i, want := range []string{"3 reports, built anew", "3 reports, one changed", "3 reports, opened", "3 reports, indexed anew", "3 reports, one changed, until it is found",
		"3 reports, by command, from nothing", "3 reports, by command, from nothing", "3 reports, by command, one changed", "3 reports, by command, one changed"} {
		if r := results[i]; r.Case != want || r.Ours <= 0 {
			t.Errorf("%s took %g s; want %s, and some time", r.Case, r.Ours, want)
		}
	}
}

// TestFound changes a report of a few until it is found.
func TestFound(t *testing.T) {
	dir := t.TempDir()
	reports := filepath.Join(dir, "reports")
	if err := os.Mkdir(reports, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := contenttest.WriteReports(reports, 3, 200); err != nil {
		t.Fatal(err)
	}
	results, err := found(t.Context(), dir, reports, 3)
	if err != nil || len(results) != 2 || results[1].Case != "3 reports, one changed, until it is found" || results[1].Ours <= 0 {
		t.Errorf("%+v, %v", results, err)
	}
}

// TestWriteObservations counts what is to be taken in, each of another series, subject or date.
func TestWriteObservations(t *testing.T) {
	dir := t.TempDir()
	const n = seriesSubjects*seriesDates + 250
	if err := writeObservations(dir, n); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "observations.csv"))
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		keys[line[:strings.LastIndex(line, ",")]] = true
	}
	if len(keys) != n+1 { // the header too
		t.Errorf("%d different lines, want %d", len(keys), n+1)
	}
}

// TestRunKeepsWhatWasMeasured has the first part fail half way and the second not at all.
func TestRunKeepsWhatWasMeasured(t *testing.T) {
	root := t.TempDir()
	for _, folder := range []string{"bench", "docs/img"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	before := Report{Machines: map[string]Machine{}, Results: []Result{{Part: "second", Case: "b", Ratio: 2}, {Part: "third", Case: "c", Ratio: 3}}}
	if err := before.write(resultsPath(root)); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err := run(t.Context(), config{root: root, binary: "none"}, []part{
		{"first", func(context.Context, config) ([]Result, error) { return []Result{{Case: "a", Ratio: 1}}, broken }},
		{"second", func(context.Context, config) ([]Result, error) { return []Result{{Case: "b", Ratio: 1}}, nil }},
		{"third", func(context.Context, config) ([]Result, error) { return nil, broken }},
	}, "", false)
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "first") || !strings.Contains(err.Error(), "third") {
		t.Errorf("error %v; want that first and third failed", err)
	}
	after, err := readReport(resultsPath(root))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, r := range after.Results {
		got[r.Part] = r.Ratio
	}
	if want := map[string]float64{"first": 1, "second": 1, "third": 3}; !maps.Equal(got, want) {
		t.Errorf("results %v, want %v", got, want)
	}
	if len(after.Losses) != 1 || !strings.Contains(after.Losses[0], "second") {
		t.Errorf("losses %q, want that of the second part", after.Losses)
	}
	text, err := os.ReadFile(filepath.Join(root, "docs", "benchmarks.md"))
	if err != nil || !strings.Contains(string(text), after.Losses[0]) {
		t.Errorf("the document does not name the loss: %v", err)
	}
}

// TestLossesAreAgainstWhatWasCommitted changes the results after they were committed.
func TestLossesAreAgainstWhatWasCommitted(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "bench"), 0o755); err != nil {
		t.Fatal(err)
	}
	committed := Report{Results: []Result{{Case: "a", Ratio: 2}}}
	if err := committed.write(resultsPath(root)); err != nil {
		t.Fatal(err)
	}
	there := Report{Results: []Result{{Case: "a", Ratio: 1}}}
	if got := committedReport(t.Context(), root, there); got.Results[0].Ratio != 1 {
		t.Errorf("without a history: ratio %g, want what is there", got.Results[0].Ratio)
	}
	for _, command := range [][]string{{"git", "init", "-q"}, {"git", "add", "."}, {"git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "results"}} {
		if err := quiet(t.Context(), root, command...); err != nil {
			t.Fatal(err)
		}
	}
	if err := there.write(resultsPath(root)); err != nil {
		t.Fatal(err)
	}
	if got := committedReport(t.Context(), root, there); got.Results[0].Ratio != 2 {
		t.Errorf("ratio %g, want the committed 2", got.Results[0].Ratio)
	}
}

// TestEnginesFind holds every engine to finding a passage by a word as it stands there.
func TestEnginesFind(t *testing.T) {
	for _, e := range installed() {
		holdToFinding(t, e)
	}
}

// TestPagefindFinds holds Pagefind to the same: it comes from npm, the others are built in or packages of the system.
func TestPagefindFinds(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		testpart.Missing(t, "npm is not installed, which fetches Pagefind")
	}
	open, err := openPagefind(t.Context(), "..")
	if err != nil {
		t.Fatal(err)
	}
	holdToFinding(t, opener{"Pagefind", open})
}

func holdToFinding(t *testing.T, e opener) {
	t.Helper()
	texts := []string{"데이터센터 전력 수요가 늘었다.", "반도체 공급망 재편이 이어진다.", "Trainium2 가속기 출하가 시작됐다."}
	running, err := e.open(t.Context(), t.TempDir(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []question{{"one word", []string{"공급망"}}, {"phrase", []string{"반도체", "공급망"}}} {
		hits, _, err := running.ask(t.Context(), q)
		if err != nil || !slices.Contains(hits, 1) {
			t.Errorf("%s, %s: %v, %v; want passage 1", e.name, q.kind, hits, err)
		}
	}
	if err := running.close(); err != nil {
		t.Error(err)
	}
}

// TestNginxServesTheBytes fetches from nginx what it was given, plain and compressed.
func TestNginxServesTheBytes(t *testing.T) {
	if _, err := exec.LookPath("nginx"); err != nil {
		testpart.Missing(t, "nginx is not installed: `make packages`")
	}
	plain := map[string]page{"a": {body: []byte("plain"), contentType: "text/html; charset=utf-8"}}
	gzip := map[string]page{"a": {body: []byte("squeezed")}}
	n, err := startNginx(t.Context(), filepath.Join(t.TempDir(), "nginx"), plain, gzip)
	if err != nil {
		t.Fatal(err)
	}
	defer n.stop()
	for _, compressed := range []bool{false, true} {
		got, err := fetch(t.Context(), n.url+"/a", compressed)
		if err != nil {
			t.Fatal(err)
		}
		want := "plain"
		if compressed {
			want = "squeezed"
		}
		if string(got.body) != want || got.contentType != "text/html; charset=utf-8" {
			t.Errorf("compressed %v: %s %q", compressed, got.contentType, got.body)
		}
	}
}

func TestParseWrk(t *testing.T) {
	l, err := parseWrk([]byte("  Latency Distribution\n     50%  1.00ms\n     99%  4.25ms\n  4936 requests in 3.05s, 20.90MB read\nRequests/sec:   1618.88\n"))
	if err != nil || l != (loaded{rate: 1618.88, p99: 4.25, n: 4936}) {
		t.Errorf("%+v, %v", l, err)
	}
	if _, err := parseWrk([]byte("Non-2xx or 3xx responses: 3\nRequests/sec: 5")); err == nil {
		t.Error("failed requests are no error")
	}
}

func TestParseBenchmarks(t *testing.T) {
	got, err := parseBenchmarks("BenchmarkAppend/ledger-2   \t 12\t 96100 ns/op\t 53600 rows/s\nok\n")
	if err != nil || got["Append/ledger"]["rows/s"] != 53600 || got["Append/ledger"]["ns/op"] != 96100 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestPairTakesTheMedianOfRatios(t *testing.T) {
	p := pair{Result: Result{Peer: "them"}}
	for _, round := range [][2]float64{{1, 2}, {10, 40}, {3, 9}} {
		p.add(round[0], round[1])
	}
	if r := p.result(); r.Ours != 3 || r.Theirs != 9 || r.Ratio != 3 {
		t.Errorf("ours %g, theirs %g, ratio %g; want 3, 9, 3", r.Ours, r.Theirs, r.Ratio)
	}
	p.Higher = true
	if r := p.result(); r.Ratio != 1.0/3 {
		t.Errorf("where more is better: ratio %g, want 1/3", r.Ratio)
	}
}

func TestLosses(t *testing.T) {
	before := Report{Results: []Result{{Case: "a", Ratio: 1}, {Case: "b", Ratio: 1}}}
	after := Report{Results: []Result{{Case: "a", Ratio: 0.84}, {Case: "b", Ratio: 0.86}}}
	if got := losses(before, after); len(got) != 1 || !strings.Contains(got[0], "/ a /") {
		t.Errorf("%q, want the loss of a alone", got)
	}
}

func TestRenderListsMissedGoals(t *testing.T) {
	r := Report{Machines: map[string]Machine{}, Results: []Result{
		{Part: "serving", Case: "report", Measure: "throughput", Peer: "nginx", Ours: 1, Theirs: 2, Ratio: 0.5, Goal: 0.8, Higher: true},
		{Part: "startup", Case: "idle", Measure: "resident memory", Unit: "MB", Ours: 110, Goal: 150},
	}}
	text, err := render(r)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "- serving, report, throughput: ratio 0.5, goal 0.8") || strings.Contains(string(text), "- startup") {
		t.Errorf("missed goals of:\n%s", text)
	}
}

func TestGrowthTellsTheExponent(t *testing.T) {
	var results []Result
	for _, r := range []struct {
		size         string
		ours, theirs float64
	}{{"1000", 1, 2}, {"100000", 10, 200}} {
		results = append(results, Result{Part: "search", Case: r.size + " passages, phrase", Measure: "p99", Unit: "ms", Peer: "them", Ours: r.ours, Theirs: r.theirs},
			Result{Part: "search", Case: r.size + " passages", Measure: "time to index", Unit: "s", Peer: "them", Ours: r.ours, Theirs: r.theirs})
	}
	got := growth(results)
	for _, want := range []string{"| engine | 1000 | 100000 |", "| phrase | p99 | scalebook | 1 ms | 10 ms | 0.50 |", "| phrase | p99 | them | 2 ms | 200 ms | 1.00 |"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	measured := Report{Results: results}
	if shown, want := figuresOf(measured, "search"), "![Indexing passages](img/growth-indexing.svg)\n\n"; shown != want {
		t.Errorf("shows %q, want %q: nothing else was measured", shown, want)
	}
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "docs", "img"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := drawFigures(root, measured); err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile(filepath.Join(root, "docs", "img", "growth-indexing.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"scalebook 0.50", "them 1.00"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("the figure lacks %q", want)
		}
	}
}

// Three sizes on a curve that bends: the exponent is that of least squares, not of the ends.
func TestExponentOfThreeSizes(t *testing.T) {
	l := line{sizes: []float64{1, 10, 1000}, values: []float64{1, 100, 1000}}
	if got := l.exponent(); math.Abs(got-0.9286) > 1e-4 { // by hand: 13/14, on the logarithms (0, 0), (1, 2), (3, 3)
		t.Errorf("exponent %.4f", got)
	}
}

func TestMistypeChangesOneSyllable(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		got, changed := []rune(mistype(rng, "데이터센터")), 0
		for i, r := range []rune("데이터센터") {
			if got[i] != r {
				changed++
			}
		}
		if changed != 1 {
			t.Fatalf("%s: %d syllables changed", string(got), changed)
		}
	}
}

// TestDictionary runs the benchmark of the dictionary and reads what it says.
func TestDictionary(t *testing.T) {
	results, err := dictionary(t.Context(), "..")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Ours <= 0 {
			t.Errorf("%s: %g %s", r.key(), r.Ours, r.Unit)
		}
	}
}

// TestVolume takes in little by the program itself, and starts it on that.
func TestVolume(t *testing.T) {
	binary, err := build(t.Context(), "..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	results, err := volume(t.Context(), config{binary: binary, observations: []int{50, 200}, stored: 3, rounds: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Ours <= 0 {
			t.Errorf("%s: %g %s", r.key(), r.Ours, r.Unit)
		}
	}
	if len(results) != 8 { // time and peak of three ingests, and of a start
		t.Errorf("%d results, want 8", len(results))
	}
}
