package query_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/sqlite"
	"github.com/scalebook/scalebook/query"
)

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// ledger holds a benchmark with a model that was measured under two settings, a price series, and a chip's figures.
func ledger(t testing.TB) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "metrics.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	quarter, one := 0.25, 1.0
	must(t, s.PutMetrics(t.Context(), []metrics.Metric{
		{ID: "exam", Kind: "benchmark", Unit: "fraction", Scale: "linear", Direction: "higher", Floor: &quarter, Ceiling: &one, Title: metrics.Text{Ko: "시험", En: "Exam"}},
		{ID: "cost", Kind: "price", Unit: "USD", Scale: "log", Direction: "lower", Title: metrics.Text{Ko: "값", En: "Cost"}},
		{ID: "flops", Kind: "hardware", Unit: "FLOP/s", Scale: "log", Direction: "higher", Title: metrics.Text{Ko: "성능", En: "FLOPs"}},
		{ID: "empty", Kind: "benchmark", Unit: "fraction", Scale: "linear", Direction: "higher", Title: metrics.Text{Ko: "빈 지표", En: "Empty"}},
		{ID: "flops-per-dollar", Kind: "hardware", Unit: "FLOP/s/USD", Scale: "log", Direction: "higher", Title: metrics.Text{Ko: "가성비", En: "FLOP/s per dollar"}, Expression: "flops / cost"},
		{ID: "cost-of-half", Kind: "price", Unit: "USD", Scale: "log", Direction: "lower", Title: metrics.Text{Ko: "반타작 값", En: "Cost of half"}, Expression: "cost where exam >= 0.5"},
	}))
	must(t, s.PutSubjects(t.Context(), []metrics.Subject{
		{ID: "a", Name: "Model A", Kind: "model", Organization: "Alpha", Country: "Korea", Access: "closed"},
		{ID: "b", Name: "Model B", Kind: "model", Organization: "Beta", Country: "France", Access: "open"},
	}))
	add := func(metric, subject, setting, at string, value float64) {
		t.Helper()
		_, err := s.Append(t.Context(), date("2026-01-01"), []metrics.Observation{{Metric: metric, Subject: subject, Setting: setting, Time: date(at),
			Value: value, Source: metrics.Source{Name: "Lab", URL: "https://example.org"}}})
		must(t, err)
	}
	add("exam", "a", "low", "2023-01-01", 0.30)
	add("exam", "a", "high", "2023-01-01", 0.40)
	add("exam", "b", "", "2023-06-01", 0.38)
	add("exam", "c", "", "2024-01-01", 0.55)
	add("exam", "d", "", "2024-01-01", 0.52)
	add("exam", "e", "", "2024-08-01", 0.70)
	for i, v := range []float64{8, 4, 2, 1} {
		add("cost", string(rune('a'+i)), "", time.Date(2020+i, 1, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), v)
	}
	add("flops", "a", "", "2020-01-01", 16)
	add("flops", "b", "", "2021-01-01", 16)
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFrontier(t *testing.T) {
	e := query.New(query.Config{Ledger: ledger(t)})
	for _, test := range []struct {
		name   string
		filter query.Filter
		want   string // subject/setting per record
	}{
		{"best setting of a subject, best of a day, strict improvements", query.Filter{Metric: "exam"}, "a/high c/ e/"},
		{"since is applied first", query.Filter{Metric: "exam", Since: date("2023-02-01")}, "b/ c/ e/"},
		{"until is exclusive", query.Filter{Metric: "exam", Until: date("2024-08-01")}, "a/high c/"},
		{"of open models", query.Filter{Metric: "exam", Access: "open"}, "b/"},
		{"of a country in any letter case", query.Filter{Metric: "exam", Country: "korea"}, "a/high"},
		{"before anything was recorded", query.Filter{Metric: "exam", AsOf: date("2025-12-31")}, ""},
		{"lower is better", query.Filter{Metric: "cost"}, "a/ b/ c/ d/"},
		{"no data", query.Filter{Metric: "empty"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, err := e.Frontier(t.Context(), test.filter)
			must(t, err)
			var got []string
			for _, r := range f.Records {
				got = append(got, r.Subject+"/"+r.Setting)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("records %v, want %s", got, test.want)
			}
			if len(f.Records) > 0 && f.Records[0].Gain != nil {
				t.Error("the first record has a gain")
			}
		})
	}
	if _, err := e.Frontier(t.Context(), query.Filter{Metric: "none"}); !errors.Is(err, metrics.ErrUnknownMetric) {
		t.Errorf("unknown metric: %v", err)
	}
}

func TestTrend(t *testing.T) {
	e := query.New(query.Config{Ledger: ledger(t)})
	answer, err := e.Trend(t.Context(), query.TrendParams{Filter: query.Filter{Metric: "cost"}, Fit: "exponential"})
	must(t, err)
	// The price halves each calendar year; a year of 365.25 days is 0.07% off.
	if h := answer.HalvingTime; h == nil || h.Value < 0.99 || h.Value > 1.01 || answer.DoublingTime != nil {
		t.Errorf("halving time %+v, doubling time %+v", h, answer.DoublingTime)
	}
	if !strings.Contains(answer.Answer.Ko, "절반이 된다") || !strings.Contains(answer.Answer.En, "halves every") {
		t.Errorf("answer %+v", answer.Answer)
	}
	body, err := json.Marshal(answer)
	must(t, err)
	for _, field := range []string{`"metric":{"id":"cost"`, `"fit":"exponential"`, `"n":4`, `"growth_per_year":{"value":0.5`, `"parameters":{"slope":-0.999`, `"citation":`, `"curve":[{"time":"2020-01-01"`} {
		if !strings.Contains(string(body), field) {
			t.Errorf("no %s in %.400s", field, body)
		}
	}
	if strings.Contains(string(body), "doubling_time_years") || strings.Contains(string(body), "null") {
		t.Error("a value that is unknown is not absent")
	}
}

func TestTrendSaysWhyNot(t *testing.T) {
	e := query.New(query.Config{Ledger: ledger(t)})
	for _, test := range []struct {
		name   string
		params query.TrendParams
		is     error
		ko     string
	}{
		{"too few", query.TrendParams{Filter: query.Filter{Metric: "exam", Access: "open"}}, query.ErrUnanswerable, "1개뿐이라"},
		{"none", query.TrendParams{Filter: query.Filter{Metric: "empty"}}, query.ErrUnanswerable, "없습니다"},
		{"no ceiling", query.TrendParams{Filter: query.Filter{Metric: "cost"}, Fit: "logistic"}, query.ErrUnanswerable, "상한이 없어"},
		{"beyond the ceiling", query.TrendParams{Filter: query.Filter{Metric: "exam"}, Fit: "logistic", Threshold: ptr(1.5)}, query.ErrUnanswerable, "이르지 않습니다"},
		{"unknown fit", query.TrendParams{Filter: query.Filter{Metric: "exam"}, Fit: "cubic"}, query.ErrParameter, "linear"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := e.Trend(t.Context(), test.params)
			if !errors.Is(err, test.is) {
				t.Fatalf("error %v, want %v", err, test.is)
			}
			var why metrics.Text
			var u *query.UnanswerableError
			var p *query.ParameterError
			if errors.As(err, &u) {
				why = u.Why
			} else if errors.As(err, &p) {
				why = p.Why
			}
			if !strings.Contains(why.Ko, test.ko) || why.En == "" {
				t.Errorf("why: %+v", why)
			}
		})
	}
}

// TestComparisonSaysWhyNot: what can't be compared is called by its name, once.
func TestComparisonSaysWhyNot(t *testing.T) {
	e := query.New(query.Config{Ledger: ledger(t)})
	exam := query.TrendParams{Filter: query.Filter{Metric: "exam"}, Fit: "exponential"}
	for _, test := range []struct {
		name   string
		second query.TrendParams
		ko, en string
	}{
		{"none", query.TrendParams{Filter: query.Filter{Metric: "empty"}, Fit: "exponential"},
			"이 조건에 맞는 빈 지표의 기록이 없습니다.", "There is no record of Empty under these conditions."},
		{"too few", query.TrendParams{Filter: query.Filter{Metric: "exam", Access: "open"}, Fit: "exponential"},
			"시험: 기록이 1개뿐이라 추세를 낼 수 없습니다. 3개부터 됩니다.", "Exam: Only 1 record: a trend needs 3."},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := e.Compare(t.Context(), query.CompareParams{Trends: []query.TrendParams{exam, test.second}})
			var u *query.UnanswerableError
			if !errors.As(err, &u) || u.Why.Ko != test.ko || u.Why.En != test.en {
				t.Errorf("%v: %+v", err, u)
			}
		})
	}
	if _, err := e.Compare(t.Context(), query.CompareParams{Trends: []query.TrendParams{exam, {Filter: query.Filter{Metric: "unheard-of"}}}}); !errors.Is(err, metrics.ErrUnknownMetric) {
		t.Errorf("an unknown metric: %v", err)
	}
}

func ptr(v float64) *float64 { return &v }

func TestDerived(t *testing.T) {
	e := query.New(query.Config{Ledger: ledger(t)})
	s, err := e.Series(t.Context(), query.Filter{Metric: "flops-per-dollar"})
	must(t, err)
	if len(s.Observations) != 2 || s.Observations[0].Value != 2 || s.Observations[1].Value != 4 || s.Observations[0].Source.Name != "Lab" {
		t.Errorf("flops per dollar: %+v", s.Observations)
	}
	s, err = e.Series(t.Context(), query.Filter{Metric: "cost-of-half"})
	must(t, err)
	// Of those with a price, only c (0.55) and d (0.52) score half; a price is dated by the later of price and score.
	if len(s.Observations) != 2 || s.Observations[0].Subject != "c" || s.Observations[0].Time.String() != "2024-01-01" {
		t.Errorf("cost of half: %+v", s.Observations)
	}
}

// TestDerivedOfWhatIsNotThere: a metric that is declared before a source has brought all that it follows from has nothing, and is no
// reason to answer nothing about the others.
func TestDerivedOfWhatIsNotThere(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "metrics.db")})
	must(t, err)
	defer s.Close()
	must(t, s.PutMetrics(t.Context(), []metrics.Metric{
		{ID: "exam", Kind: "benchmark", Unit: "fraction", Scale: "linear", Direction: "higher", Title: metrics.Text{En: "Exam"}},
		{ID: "cost-of-half", Kind: "price", Unit: "USD", Scale: "log", Direction: "lower", Title: metrics.Text{En: "Cost of half"}, Expression: "cost where exam >= 0.5"},
	}))
	must(t, s.PutSubjects(t.Context(), []metrics.Subject{{ID: "a", Name: "Model A", Kind: "model"}}))
	_, err = s.Append(t.Context(), date("2026-01-01"), []metrics.Observation{{Metric: "exam", Subject: "a", Time: date("2023-01-01"), Value: 0.6, Source: metrics.Source{Name: "Lab"}}})
	must(t, err)
	e := query.New(query.Config{Ledger: s})
	catalogue, err := e.Metrics(t.Context())
	if err != nil || len(catalogue.Metrics) != 2 {
		t.Errorf("catalogue: %+v, %v", catalogue, err)
	}
	if subject, err := e.Subject(t.Context(), "a", time.Time{}); err != nil || len(subject.Observations) != 1 {
		t.Errorf("subject: %+v, %v", subject, err)
	}
	if series, err := e.Series(t.Context(), query.Filter{Metric: "cost-of-half"}); err != nil || len(series.Observations) != 0 {
		t.Errorf("series: %+v, %v", series, err)
	}
}

// TestDisagreement tells a disagreement on a release date from a series: of three sources two give the same date, and prices
// and later counts say nothing of a release.
func TestDisagreement(t *testing.T) {
	s := ledger(t)
	add := func(metric, source, at string) {
		t.Helper()
		_, err := s.Append(t.Context(), date("2026-01-02"), []metrics.Observation{{Metric: metric, Subject: "b", Time: date(at), Value: 0.5,
			Source: metrics.Source{Name: source}}})
		must(t, err)
	}
	add("cost", "Shop", "2025-12-01")
	add("flops", "Lab", "2023-06-01") // Lab has 2021 as well
	e := query.New(query.Config{Ledger: s})
	got, err := e.Subject(t.Context(), "b", time.Time{})
	must(t, err)
	if got.Dated != nil {
		t.Errorf("one source alone disagrees: %+v", got.Dated)
	}
	add("exam", "Other lab", "2023-06-02")
	add("exam", "A third", "2021-01-01")
	e = query.New(query.Config{Ledger: s})
	got, err = e.Subject(t.Context(), "b", time.Time{})
	must(t, err)
	text, err := json.Marshal(got.Dated)
	must(t, err)
	if want := `[{"date":"2021-01-01","sources":["A third","Lab"]},{"date":"2023-06-02","sources":["Other lab"]}]`; string(text) != want {
		t.Errorf("got %s, want %s", text, want)
	}
}

func TestCheckExpression(t *testing.T) {
	catalogue := map[string]metrics.Metric{
		"flops": {ID: "flops", Unit: "FLOP/s"}, "power": {ID: "power", Unit: "W"}, "price": {ID: "price", Unit: "USD"},
	}
	for _, test := range []struct{ unit, expression, fault string }{
		{"FLOP/s/USD", "flops / price", ""},
		{"FLOP/J", "flops / power", ""}, // a watt is a joule a second
		{"FLOP/s", "flops * 2", ""},
		{"FLOP/s", "flops where price <= 100", ""},
		{"FLOP/s/W", "flops / price", "comes out in FLOP/USD/s"},
		{"FLOP/s", "flops + price", "can't be added"},
		{"FLOP/s", "flops / weight", "unknown metric"},
		{"FLOP/s", "flops / (price", "not closed"},
		{"FLOP/s", "flops price", "not expected"},
		{"FLOP/s", "flops where price", "METRIC >= NUMBER"},
	} {
		err := query.CheckExpression(metrics.Metric{ID: "m", Unit: test.unit, Expression: test.expression}, func(id string) (metrics.Metric, bool) {
			m, ok := catalogue[id]
			return m, ok
		})
		if test.fault == "" && err != nil || test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)) {
			t.Errorf("%s in %s: %v, want %q", test.expression, test.unit, err, test.fault)
		}
	}
}

func TestCSV(t *testing.T) {
	table := query.Table{Header: []string{"이름", "값"}, Rows: [][]string{{"=HYPERLINK(\"x\")", "-1.5"}, {"@cmd", "+3"}, {"a,b", ""}, {"＝1+1", "가=1"}, {"＋1", "\n=1"}, {"＠cmd", "－1"}}}
	want := "\ufeff이름,값\r\n\"'=HYPERLINK(\"\"x\"\")\",-1.5\r\n'@cmd,+3\r\n\"a,b\",\r\n'＝1+1,가=1\r\n'＋1,\"'\r\n=1\"\r\n'＠cmd,'－1\r\n"
	if got := string(table.CSV()); got != want {
		t.Errorf("CSV %q, want %q", got, want)
	}
}

func FuzzCheckExpression(f *testing.F) {
	f.Add("a / (b - 2) where c >= 1")
	f.Fuzz(func(t *testing.T, s string) {
		_ = query.CheckExpression(metrics.Metric{ID: "m", Expression: s}, func(string) (metrics.Metric, bool) { return metrics.Metric{Unit: "W"}, true })
	})
}
