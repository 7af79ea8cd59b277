package trend

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/scalebook/scalebook/testpart"
)

// The results that docs/reproductions.md sets beside published ones.

// transistors reads Karl Rupp's series: a decimal year and thousands of
// transistors in each line.
func transistors(t testing.TB) []Point {
	t.Helper()
	file, err := os.Open(testpart.Shared(t, "upstream/karlrupp/transistors.dat"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var points []Point
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var year, thousands float64
		if _, err := fmt.Sscan(lines.Text(), &year, &thousands); err != nil {
			continue
		}
		start := time.Date(int(year), 1, 1, 0, 0, 0, 0, time.UTC)
		length := start.AddDate(1, 0, 0).Sub(start)
		at := start.Add(time.Duration((year - math.Floor(year)) * float64(length))).Truncate(24 * time.Hour)
		points = append(points, Point{Time: at, Value: 1000 * thousands, Subject: fmt.Sprint("row ", len(points))})
	}
	return points
}

func trainingCompute(t testing.TB) []Point {
	t.Helper()
	var points []Point
	for _, row := range records(t, filepath.Join(testpart.Shared(t, "upstream/epoch"), "frontier_ai_models.csv")) {
		flop, err := strconv.ParseFloat(row["Training compute (FLOP)"], 64)
		if err != nil || row["Publication date"] == "" {
			continue
		}
		points = append(points, Point{Time: on(row["Publication date"]), Value: flop, Subject: row["Model"]})
	}
	return points
}

// metrNames maps Epoch's model versions to the names under which METR gives
// release dates.
var metrNames = map[string]string{
	"claude-3-5-sonnet-20240620":     "Claude 3.5 Sonnet (Old)",
	"claude-3-5-sonnet-20241022":     "Claude 3.5 Sonnet (New)",
	"claude-3-7-sonnet-20250219_16K": "Claude 3.7 Sonnet",
	"claude-3-opus-20240229":         "Claude 3 Opus",
	"claude-opus-4-1-20250805_16K":   "Claude 4.1 Opus",
	"claude-opus-4-20250514_16K":     "Claude 4 Opus",
	"claude-sonnet-4-5-20250929_16K": "Claude Sonnet 4.5",
	"claude-sonnet-4-20250514_16K":   "Claude 4 Sonnet",
	"davinci-002":                    "davinci-002 (GPT-3)",
	"DeepSeek-R1":                    "DeepSeek-R1",
	"DeepSeek-R1-0528":               "DeepSeek-R1-0528",
	"DeepSeek-V3":                    "DeepSeek-V3",
	"DeepSeek-V3-0324":               "DeepSeek-V3-0324",
	"gemini-2.5-pro-preview-06-05":   "Gemini 2.5 Pro Preview",
	"gpt-3.5-turbo-instruct":         "gpt-3.5-turbo-instruct",
	"gpt-4-0125-preview":             "GPT-4 0125",
	"gpt-4-0314":                     "GPT-4 0314",
	"gpt-4-1106-preview":             "GPT-4 1106",
	"gpt-4-turbo-2024-04-09":         "GPT-4 Turbo",
	"gpt-4o-2024-11-20":              "GPT-4o",
	"gpt-5-2025-08-07_medium":        "GPT-5",
	"gpt-oss-120b":                   "gpt-oss-120b",
	"gpt2-xl":                        "GPT-2",
	"grok-4-0709":                    "Grok 4",
	"o1-2024-12-17_medium":           "o1",
	"o1-preview-2024-09-12":          "o1-preview",
	"o3-2025-04-16_medium":           "o3",
	"o4-mini-2025-04-16_medium":      "o4-mini",
	"qwen2-72b-instruct":             "Qwen2-72B",
	"qwen2.5-72b-instruct":           "Qwen2.5-72B",
}

// timeHorizons joins the horizons in minutes with METR's own release dates.
func timeHorizons(t testing.TB) []Point {
	t.Helper()
	data, err := os.ReadFile(testpart.Shared(t, "upstream/metr/release_dates.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var releases struct{ Date map[string]string }
	if err := yaml.Unmarshal(data, &releases); err != nil {
		t.Fatal(err)
	}
	var points []Point
	for _, row := range records(t, filepath.Join(testpart.Shared(t, "upstream/epoch"), "external", "external_benchmark_metr.csv")) {
		model := row["Model version"]
		date, ok := releases.Date[metrNames[model]]
		if !ok {
			t.Fatalf("METR gives no date for %q", model)
		}
		p := Point{Time: on(date), Subject: model, Interval: IntervalCI95}
		for column, v := range map[string]*float64{"Time horizon": &p.Value, "CI_low": &p.Low, "CI_high": &p.High} {
			if *v, err = strconv.ParseFloat(row[column], 64); err != nil {
				t.Fatalf("%s: %v", model, err)
			}
		}
		points = append(points, p)
	}
	return points
}

func between(points []Point, since, until string) []Point {
	var out []Point
	for _, p := range points {
		if !p.Time.Before(on(since)) && p.Time.Before(on(until)) {
			out = append(out, p)
		}
	}
	return out
}

// inDays converts an estimate in years.
func inDays(e Estimate) Estimate {
	return e.transform(func(v float64) float64 { return v * daysPerYear })
}

func asDocumented(t *testing.T, name string, got Estimate, value, low, high, tolerance float64) {
	t.Helper()
	for _, pair := range [][2]float64{{got.Value, value}, {got.Low, low}, {got.High, high}} {
		if math.Abs(pair[0]-pair[1]) > tolerance {
			t.Errorf("%s = %.4g [%.4g, %.4g], docs/reproductions.md says %v [%v, %v]", name, got.Value, got.Low, got.High, value, low, high)
			return
		}
	}
}

func TestReproduceMoore(t *testing.T) {
	points := transistors(t)
	all := fit(t, points, Config{Kind: Exponential})
	if all.N != 99 {
		t.Errorf("n = %d, want 99", all.N)
	}
	asDocumented(t, "doubling time", *all.DoublingTime, 1.995, 1.939, 2.055, 0.001)
	records := fit(t, Points(Frontier(points, FrontierOptions{})), Config{Kind: Exponential})
	if records.N != 32 {
		t.Errorf("%d records, want 32", records.N)
	}
	asDocumented(t, "doubling time of records", *records.DoublingTime, 2.024, 1.974, 2.077, 0.001)
}

func TestReproduceTimeHorizon(t *testing.T) {
	points := timeHorizons(t)
	options := FrontierOptions{TiesKept: true}
	for _, test := range []struct {
		since, until     string
		n                int
		value, low, high float64
		mcLow, mcHigh    float64
	}{
		{"2019-01-01", "2025-03-20", 11, 213.0, 192.8, 237.8, 161, 244},
		{"2019-01-01", "2026-01-01", 14, 202.3, 184.4, 224.0, 159, 224},
		{"2024-01-01", "2025-03-20", 9, 110.7, 94.7, 133.1, 74, 167},
		{"2024-01-01", "2026-01-01", 12, 116.4, 106.1, 128.9, 91, 143},
	} {
		t.Run(test.since+" to "+test.until, func(t *testing.T) {
			period := between(points, test.since, test.until)
			got := fit(t, Points(Frontier(period, options)), Config{Kind: Exponential})
			if got.N != test.n {
				t.Errorf("%d records, want %d", got.N, test.n)
			}
			asDocumented(t, "doubling time in days", inDays(*got.DoublingTime), test.value, test.low, test.high, 0.1)
			carried, err := FitMonteCarlo(period, Config{Kind: Exponential, Resamples: 5000}, &options)
			if err != nil {
				t.Fatal(err)
			}
			asDocumented(t, "with measurement error", inDays(*carried.DoublingTime), test.value, test.mcLow, test.mcHigh, 1)
		})
	}
}

func TestReproduceTrainingCompute(t *testing.T) {
	points := trainingCompute(t)
	if len(points) != 126 {
		t.Errorf("%d models with compute and date, want 126", len(points))
	}
	for _, test := range []struct {
		since            string
		n                int
		value, low, high float64
	}{
		{"2010-01-01", 84, 4.625, 4.410, 4.851},
		{"2018-01-01", 53, 4.976, 4.500, 5.502},
	} {
		got := fit(t, between(points, test.since, "2026-01-01"), Config{Kind: Exponential, Confidence: 0.9})
		if got.N != test.n {
			t.Errorf("since %s: n = %d, want %d", test.since, got.N, test.n)
		}
		asDocumented(t, "growth since "+test.since, *got.Growth, test.value, test.low, test.high, 0.001)
	}
	b, err := FindBreak(points, Config{Kind: Exponential})
	if err != nil {
		t.Fatal(err)
	}
	if b.Change != Accelerated || b.At.Format("2006-01") != "2009-03" || b.Low.Year() != 2007 || b.High.Year() != 2010 {
		t.Errorf("break %v [%v, %v] %s, want acceleration in March 2009", b.At, b.Low, b.High, b.Change)
	}
	if b, err = FindBreak(between(points, "2010-01-01", "2026-01-01"), Config{Kind: Exponential}); err != nil || b.Significant {
		t.Errorf("since 2010: %+v, %v; want no significant break", b, err)
	}
}
