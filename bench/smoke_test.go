package main

import (
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/testpart"
)

// TestSearching runs the search part on a few passages, so that the harness can't rot.
func TestSearching(t *testing.T) {
	results, err := searching(t.Context(), config{root: "..", sizes: []int{60}, queries: 3})
	if err != nil {
		t.Fatal(err)
	}
	if want := (len(installed()) - 1) * (2 + 3*len(kinds)); len(results) != want {
		t.Errorf("%d results, want %d", len(results), want)
	}
	for _, r := range results {
		if r.Measure != "questions with a hit" && (r.Ours <= 0 || r.Theirs <= 0 || r.Ratio <= 0) {
			t.Errorf("%s: ours %g, theirs %g, ratio %g", r.key(), r.Ours, r.Theirs, r.Ratio)
		}
	}
}

// TestEnginesFind holds every engine to finding a passage by a word as it stands there.
func TestEnginesFind(t *testing.T) {
	texts := []string{"데이터센터 전력 수요가 늘었다.", "반도체 공급망 재편이 이어진다.", "Trainium2 가속기 출하가 시작됐다."}
	for _, e := range installed() {
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
			Result{Part: "search", Case: r.size + " passages", Measure: "index size", Unit: "MB", Ours: 5})
	}
	got := growth(results)
	for _, want := range []string{"| engine | 1000 | 100000 |", "| phrase | p99 | scalebook | 1 ms | 10 ms | 0.50 |", "| phrase | p99 | them | 2 ms | 200 ms | 1.00 |"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
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
