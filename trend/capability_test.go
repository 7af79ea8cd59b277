package trend

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/testpart"
)

// records reads a CSV file into one map per row, keyed by column.
func records(t testing.TB, path string) []map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	header := rows[0]
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	out := make([]map[string]string, 0, len(rows)-1)
	for _, row := range rows[1:] {
		m := make(map[string]string, len(header))
		for i, v := range row {
			m[header[i]] = v
		}
		out = append(out, m)
	}
	return out
}

// internalTasks are the benchmarks that Epoch runs itself and that enter the
// index: the public halves of FrontierMath don't.
var internalTasks = map[string]string{
	"GPQA diamond":                           "gpqa-diamond",
	"FrontierMath-2025-02-28-Private":        "frontiermath",
	"MATH level 5":                           "math-level-5",
	"OTIS Mock AIME 2024-2025":               "otis-mock-aime",
	"FrontierMath-Tier-4-2025-07-01-Private": "frontiermath-tier-4",
	"SWE-Bench verified":                     "swe-bench-verified",
}

// externalFiles are the collected benchmarks: the file, the column of the score
// and what it is divided by. BoolQ is left out as a part of SuperGLUE, MCBench
// as a win rate, METR as a number of minutes.
var externalFiles = []struct {
	file, column string
	scale        float64
	noSource     bool // Source need not be filled in
}{
	{"aider_polyglot", "Percent correct", 100, false},
	{"anli", "Score", 100, false},
	{"arc_agi", "Score", 100, false},
	{"arc_ai2", "Challenge score", 100, false},
	{"balrog", "Average progress", 100, true},
	{"bbh", "Average", 100, false},
	{"cadeval", "Overall pass (%)", 100, false},
	{"csqa2", "Score", 100, false},
	{"cybench", "Unguided % Solved", 100, false},
	{"deepresearch", "Average score", 100, false},
	{"factorio_learning_environment", "Lab Success %", 100, false},
	{"fictionlivebench", "16k token score", 100, false},
	{"geobench", "ACW Country %", 100, false},
	{"gsm8k", "EM", 100, false},
	{"gso_bench", "Score OPT@1", 100, false},
	{"hellaswag", "Overall accuracy", 100, false},
	{"lambada", "Score", 100, false},
	{"lech_mazur_writing", "Mean score", 10, false},
	{"livebench", "Global average", 100, false},
	{"mmlu", "EM", 100, false},
	{"openbookqa", "Accuracy", 100, false},
	{"os_world", "Score", 100, false},
	{"osuniverse", "Weighted Score", 100, false},
	{"piqa", "Score", 100, false},
	{"scienceqa", "Score", 100, false},
	{"simple_bench", "Score (AVG@5)", 100, false},
	{"superglue", "Score", 100, false},
	{"terminal_bench", "Accuracy mean", 100, false},
	{"the_agent_company", "% Resolved", 100, false},
	{"triviaqa", "EM", 100, false},
	{"videomme", "Overall (no subtitles)", 100, false},
	{"vpct", "Correct", 100, false},
	{"weirdml", "Accuracy", 100, false},
	{"winogrande", "Accuracy", 100, false},
}

// epochScores prepares the index's input the way the published fit does.
func epochScores(t testing.TB) []Score {
	t.Helper()
	folder := testpart.Shared(t, "upstream/epoch")
	dates := make(map[string]time.Time)
	for _, row := range records(t, filepath.Join(folder, "model_versions.csv")) {
		d, _ := time.Parse("2006-01-02", row["Version release date"])
		switch row["id"] { // misprints of the upstream table, mended as the published fit mends them
		case "gemini-exp-1206":
			d = time.Date(2024, 12, 6, 0, 0, 0, 0, time.UTC)
		case "LLaMA-13B", "LLaMA-33B":
			d = time.Date(2023, 2, 24, 0, 0, 0, 0, time.UTC)
		}
		dates[row["id"]] = d
	}
	var scores []Score
	add := func(model, benchmark, value string, scale float64) {
		v, err := strconv.ParseFloat(strings.TrimSuffix(value, "%"), 64)
		if err != nil {
			t.Fatalf("%s: %v", benchmark, err)
		}
		if d, ok := dates[model]; ok {
			scores = append(scores, Score{Subject: model, Benchmark: benchmark, Value: v / scale, Time: d})
		}
	}
	for _, row := range records(t, filepath.Join(folder, "benchmarks_runs.csv")) {
		if name, ok := internalTasks[row["task"]]; ok {
			add(row["model"], name, row["Best score (across scorers)"], 1)
		}
	}
	for _, f := range externalFiles {
		name := strings.ReplaceAll(f.file, "_", "-")
		for _, row := range records(t, filepath.Join(folder, "external", "external_benchmark_"+f.file+".csv")) {
			if row["Model version"] != "" && row[f.column] != "" && (f.noSource || row["Source"] != "") {
				add(row["Model version"], name, row[f.column], f.scale)
			}
		}
	}
	return scores
}

// The published fit of epoch-research/benchmark-stitching at f87d3cc8.
func TestCapabilityReproducesPublishedFit(t *testing.T) {
	scores := epochScores(t)
	for _, test := range []struct {
		name                       string
		since                      time.Time
		scores, models, benchmarks int
		cost                       float64
		growth                     [3]float64
	}{
		{"since November 2022", time.Date(2022, 11, 1, 0, 0, 0, 0, time.UTC), 1324, 179, 38, 3.447, [3]float64{0.559, 0.433, 0.685}},
		{"all", time.Time{}, 1407, 193, 40, 3.607, [3]float64{0.415, 0.365, 0.464}},
	} {
		t.Run(test.name, func(t *testing.T) {
			x, err := FitCapability(scores, CapabilityConfig{Since: test.since})
			if err != nil {
				t.Fatal(err)
			}
			if x.NScores != test.scores || x.NModels != test.models || x.NBenchmarks != test.benchmarks {
				t.Errorf("%d scores, %d models, %d benchmarks; want %d, %d, %d",
					x.NScores, x.NModels, x.NBenchmarks, test.scores, test.models, test.benchmarks)
			}
			if math.Abs(x.Cost-test.cost) > 0.0005 {
				t.Errorf("cost = %.5f, want %.3f", x.Cost, test.cost)
			}
			asDocumented(t, "growth", *x.Growth, test.growth[0], test.growth[1], test.growth[2], 0.001)
			// The profile interval is asymmetric, but of the same size.
			best := x.Models[0]
			if !test.since.IsZero() {
				asDocumented(t, "best model", best.Theta, 2.66, 2.14, 3.18, 0.005)
			}
			profile, err := x.Profile(best.Subject, best.Setting, 0.95)
			if err != nil || !profile.Bounded || profile.Low > best.Theta.Value || profile.High < best.Theta.Value {
				t.Fatalf("profile of %s: %+v, %v", best.Subject, profile, err)
			}
			if r := (profile.High - profile.Low) / (best.Theta.High - best.Theta.Low); r < 0.7 || r > 1.4 {
				t.Errorf("profile %+v is %.2f times as wide as %+v", profile, r, best.Theta)
			}
		})
	}
}
