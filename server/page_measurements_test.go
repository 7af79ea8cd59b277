package server

import (
	"context"
	"encoding/xml"
	"errors"
	"html"
	"image/png"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// wrongText is what a page says when a message or a format went wrong.
var wrongText = regexp.MustCompile(`%!|<no value>|&lt;nil&gt;|>(answer|axis|basis|chart|column|estimator|finding|fit|interval|legend|of|unit|verdict|hardware|capability)\.[a-z-]+<`)

// seen is a page as it reads: without markup, and spaces that don't break as plain ones.
func seen(body string) string {
	text := regexp.MustCompile(`<[^>]+>`).ReplaceAllString(body, "")
	return strings.ReplaceAll(html.UnescapeString(text), "\u00a0", " ")
}

// record is the present record of a metric as the pages write it.
func record(t *testing.T, s *Server, metric, lang string) (name, value string) {
	t.Helper()
	f, err := s.Engine().Frontier(context.Background(), query.Filter{Metric: metric})
	if err != nil || len(f.Records) == 0 {
		t.Fatalf("record of %s: %v", metric, err)
	}
	last := f.Records[len(f.Records)-1]
	return last.Name, strings.ReplaceAll(quantity.Format(last.Value, f.Metric.Unit, lang), "\u00a0", " ")
}

func TestMeasurementPages(t *testing.T) {
	s := newTestServer(t)
	gpqa, gpqaValue := record(t, s, "gpqa-diamond", "ko")
	_, horizon := record(t, s, "metr-time-horizon", "ko")
	_, horizonEn := record(t, s, "metr-time-horizon", "en")
	_, price := record(t, s, "price-input", "ko")
	for _, test := range []struct {
		address string
		status  int
		ko, en  []string
	}{
		{"/metrics", 200, []string{gpqa, gpqaValue, "벤치마크", "토큰 가격"}, []string{gpqa, "Benchmarks"}},
		{"/metrics/gpqa-diamond", 200, []string{"최고 기록은 " + gpqa + "의 " + gpqaValue + "다.", "찍었을 때 25%", "로지스틱", "유지 중"}, []string{"The record is", gpqa, "chance 25%", "standing"}},
		{"/metrics/gpqa-diamond?of=all&fit=linear&access=open", 200, []string{"점 하나가 관측 하나", "직선"}, []string{"Each dot is an observation"}},
		{"/metrics/metr-time-horizon", 200, []string{horizon + "이다.", "로그 눈금"}, []string{horizonEn, "log scale"}},
		{"/metrics/price-input", 200, []string{"가장 낮은 값은", price}, []string{"The lowest is"}},
		{"/metrics/re-bench", 200, []string{"추세를 낼 수 없습니다"}, []string{"a trend needs"}},
		{"/metrics/gpqa-diamond?as_of=1990-01-01", 200, []string{"이 조건에 맞는 관측이 없습니다"}, []string{"No observation fits"}},
		{"/subjects/gpt-5-1", 200, []string{"GPT-5.1", "미국", "GPQA 다이아몬드"}, []string{"United States", "OpenAI"}},
		{"/hardware", 200, []string{"두 배가 됐다", "NVIDIA", "16비트, TFLOP/s"}, []string{"has doubled every", "16-bit, TFLOP/s"}},
		{"/hardware?x=hardware-memory-bandwidth&since=all", 200, []string{"두 배인 칩은", "로그끼리의 직선"}, []string{"goes with"}},
		{"/hardware?y=hardware-price&scale=linear&maker=AMD&maker=other&all=1", 200, []string{"AMD"}, []string{"AMD"}},
		{"/hardware?maker=nobody", 200, []string{"이 조건에 맞는 칩이 없습니다"}, []string{"No chip fits"}},
		{"/trends", 200, []string{"CPU 트랜지스터 수는 1971년 뒤로 2.0년마다 두 배가 됐다.", "/trends?fit=exponential&metric=cpu-transistors"}, []string{"has doubled every 2.0 years since 1971."}},
		{"/trends?metric=gpqa-diamond&fit=logistic&threshold=99%25", 200, []string{"맞춘 곡선이 99%에 이르는 때는"}, []string{"passes 99% in"}},
		{"/trends?metric=re-bench", 422, []string{"있는 자료", "Claude 3.5 Sonnet"}, []string{"The data that there are"}},
		{"/trends?metric=gpqa-diamond&fit=logistic&threshold=1.5", 200, []string{"이르지 않습니다", "S자 곡선"}, []string{"never reaches"}},
		{"/compare", 200, []string{"1로 놓은 배수", "FP16/BF16 연산 성능"}, []string{"Multiples of the value"}},
		{"/compare?metric=cpu-transistors&metric=cpu-frequency&of=all", 200, []string{"연간 증가율"}, []string{"Growth a year"}},
		{"/compare?metric=cpu-frequency&split=2005-01-01&of=all", 200, []string{"(2005-01-01 앞)", "(2005-01-01부터)"}, []string{"(before 2005-01-01)"}},
		{"/compare?metric=re-bench,gpqa-diamond", 200, []string{"RE-Bench:"}, []string{"RE-Bench:"}},
		{"/index", 200, []string{"지금 가장 앞선 모델은", "난도"}, []string{"The most capable model", "Difficulty"}},
		{"/index?scaled=true&all=1", 200, []string{"150.0"}, []string{"150.0"}},
		{"/trends/progress", 200, []string{"학습 연산량이 열 배면", "역량 지수"}, []string{"Ten times the training compute raises"}},
		{"/trends/progress?metric=re-bench", 422, []string{"역량"}, []string{"Capability by"}},
		{"/trends/price", 200, []string{"에 이르는 가장 싼 값은", "넘을 점수"}, []string{"The cheapest way to"}},
		{"/trends/price?metric=gpqa-diamond&threshold=60%25,99.9%25", 200, []string{"에 이르는 가장 싼 값은 2024-09-12의"}, []string{"No model with a known price reaches 99.9%"}},
		{"/trends/price?metric=gpqa-diamond", 400, nil, nil},
		{"/trends/optimal?access=open", 200, []string{"파라미터당", "어림값 20"}, []string{"tokens per parameter", "rule of thumb, 20"}},
		{"/trends/optimal?until=1950-01-01", 422, []string{"모두 알려진 모델이 없습니다"}, []string{"No model has both"}},
		{"/trends/forecasts", 200, []string{"아직 남긴 예측이 없다."}, []string{"No forecast has been kept yet."}},
		{"/trends/forecasts?metric=nonesuch", 404, nil, nil},
		{"/metrics/nonesuch", 404, nil, nil},
		{"/subjects/nonesuch", 404, nil, nil},
		{"/trends?metric=nonesuch", 404, nil, nil},
		{"/trends?metric=gpqa-diamond&since=soon", 400, []string{"날짜"}, []string{"date"}},
		{"/hardware?y=nonesuch", 400, []string{"hardware-memory"}, []string{"hardware-memory"}},
		{"/subjects/gpt-5-1.svg", 404, nil, nil},
	} {
		for lang, want := range map[string][]string{"ko": test.ko, "en": test.en} {
			separator := "?"
			if strings.Contains(test.address, "?") {
				separator = "&"
			}
			address := test.address + separator + "lang=" + lang
			status, _, body := get(t, s, address)
			if status != test.status {
				t.Errorf("%s: status %d, want %d", address, status, test.status)
				continue
			}
			if bad := wrongText.FindString(body); bad != "" {
				t.Errorf("%s says %q", address, bad)
			}
			text := seen(body)
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("%s does not say %q", address, w)
				}
			}
		}
	}
}

// TestEveryMetricAndItsHolder opens the page of each metric with data and of who holds its record.
func TestEveryMetricAndItsHolder(t *testing.T) {
	s := newTestServer(t)
	catalogue, err := s.Engine().Metrics(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range catalogue.Metrics {
		status, _, body := get(t, s, metricURL(m.ID)+"?lang=ko")
		if bad := wrongText.FindString(body); status != http.StatusOK || bad != "" {
			t.Errorf("%s: status %d, %q", m.ID, status, bad)
		}
		f, err := s.Engine().Frontier(context.Background(), query.Filter{Metric: m.ID})
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Records) == 0 {
			continue
		}
		last := f.Records[len(f.Records)-1]
		value := strings.ReplaceAll(quantity.Format(last.Value, m.Unit, "ko"), "\u00a0", " ")
		if !strings.Contains(seen(body), value) {
			t.Errorf("%s does not say its record, %s", m.ID, value)
		}
		if status, _, body := get(t, s, subjectURL(last.Subject)+"?lang=en"); status != http.StatusOK || !strings.Contains(body, "●") {
			t.Errorf("%s: status %d, or its record is not marked", last.Subject, status)
		}
	}
}

// TestMeasurementLinks follows every link of the pages once.
func TestMeasurementLinks(t *testing.T) {
	s := newTestServer(t)
	href := regexp.MustCompile(`(?:href|src)="(/[^"#]*)`)
	followed := map[string]bool{}
	for _, page := range []string{"/metrics/gpqa-diamond", "/subjects/gpt-5-1", "/hardware", "/trends", "/compare", "/index"} {
		_, _, body := get(t, s, page+"?lang=en")
		for _, m := range href.FindAllStringSubmatch(body, -1) {
			address := html.UnescapeString(m[1])
			// A PNG takes a second to draw, and all are drawn alike.
			if followed[address] || strings.HasPrefix(address, "/assets/") || strings.Contains(address, ".png") {
				continue
			}
			followed[address] = true
			if status, _, _ := get(t, s, address); status != http.StatusOK {
				t.Errorf("%s links to %s: status %d", page, address, status)
			}
		}
	}
	if len(followed) < 100 {
		t.Errorf("only %d links were followed", len(followed))
	}
}

func TestMeasurementCharts(t *testing.T) {
	s := newTestServer(t)
	for _, address := range []string{"/metrics/gpqa-diamond.svg", "/trends.svg", "/trends.svg?metric=re-bench", "/hardware.svg?x=hardware-tdp", "/compare.svg", "/index.svg"} {
		status, header, body := get(t, s, address)
		if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "image/svg+xml") {
			t.Errorf("%s: status %d, %s", address, status, header.Get("Content-Type"))
			continue
		}
		if policy := header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "style-src 'unsafe-inline'") {
			t.Errorf("%s: policy %q", address, policy)
		}
		d := xml.NewDecoder(strings.NewReader(body))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%s: %v", address, err)
				break
			}
		}
	}
	status, header, body := get(t, s, "/metrics/gpqa-diamond.png")
	if status != http.StatusOK || header.Get("Content-Type") != "image/png" {
		t.Fatalf("png: status %d, %s", status, header.Get("Content-Type"))
	}
	if _, err := png.Decode(strings.NewReader(body)); err != nil {
		t.Error(err)
	}
}

func TestMeasurementTables(t *testing.T) {
	s := newTestServer(t)
	for address, want := range map[string]string{
		"/metrics.csv":              "gpqa-diamond",
		"/metrics/gpqa-diamond.csv": "gpqa-diamond",
		"/subjects/gpt-5-1.csv":     "frontiermath",
		"/hardware.csv":             "nvidia-",
		"/trends.csv":               "cpu-transistors",
		"/compare.csv":              "hardware-memory",
		"/index.csv":                "theta",
	} {
		status, header, body := get(t, s, address)
		if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/csv") || !strings.Contains(body, want) {
			t.Errorf("%s: status %d, %s, or without %s", address, status, header.Get("Content-Type"), want)
		}
	}
}

// TestHardwareSorts checks that the table follows the address, and that chips without the value come last either way.
func TestHardwareSorts(t *testing.T) {
	s := newTestServer(t)
	cell := regexp.MustCompile(`<tr><th scope="row"[^>]*><a [^>]*>([^<]+)</a>`)
	first := func(address string) string {
		_, _, body := get(t, s, address)
		m := cell.FindStringSubmatch(body)
		if m == nil {
			t.Fatalf("%s has no rows", address)
		}
		return m[1]
	}
	ascending, descending := first("/hardware?sort=name&dir=asc"), first("/hardware?sort=name")
	if ascending >= descending {
		t.Errorf("first by name: %s upwards, %s downwards", ascending, descending)
	}
	_, _, body := get(t, s, "/hardware?sort=hardware-price&dir=asc&lang=en")
	if !strings.Contains(body, `aria-sort="ascending"`) {
		t.Error("the sorted column is not marked")
	}
	first("/hardware?sort=hardware-price&dir=asc")
}

func TestViewsKeepTheRest(t *testing.T) {
	s := newTestServer(t)
	_, _, body := get(t, s, "/metrics/gpqa-diamond?of=all&access=closed&lang=en")
	for _, want := range []string{
		"/metrics/gpqa-diamond?access=closed&amp;fit=linear&amp;lang=en&amp;of=all", // another fit of the same view
		"/metrics/gpqa-diamond?access=closed&amp;lang=en",                           // records instead, the default being left out
		"/api/v1/series.csv?access=closed&amp;metric=gpqa-diamond&amp;of=all",
		`<input type="hidden" name="access" value="closed">`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
}

// asking is a request for an address, as handlers have it.
func asking(address string) *fiber.Ctx {
	request := &fasthttp.RequestCtx{}
	request.Request.SetRequestURI(address)
	return fiber.New().AcquireCtx(request)
}

func TestTrendFigure(t *testing.T) {
	s := newTestServer(t)
	c := asking("/reports/r")
	one, err := s.trendFigure(c, "ko", content.TrendBlock{Metric: "gpqa-diamond", Fit: "logistic", Since: "2023", Caption: "점수"})
	if err != nil {
		t.Fatal(err)
	}
	if one.What != "점수" || !strings.Contains(string(one.Wide), `width="648"`) || !strings.Contains(string(one.Narrow), `width="358"`) ||
		!strings.Contains(string(one.Caption), "/trends?fit=logistic&amp;metric=gpqa-diamond&amp;since=2023") {
		t.Errorf("got %q, caption %s", one.What, one.Caption)
	}
	several, err := s.trendFigure(c, "en", content.TrendBlock{Metric: "hardware-fp16-flops,hardware-memory"})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(several.Unit, "Multiples of the value") || !strings.Contains(string(several.Caption), "/compare?") {
		t.Errorf("mixed units: %q, caption %s", several.Unit, several.Caption)
	}
	bare, err := s.trendFigure(c, "en", content.TrendBlock{Metric: "cpu-frequency, cpu-cores", Of: "all", Fit: "none", Since: "1985-01-01", Caption: "Clock and cores"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(bare.Wide), "prediction") || !strings.Contains(string(bare.Caption), "metric=cpu-frequency%2Ccpu-cores&amp;of=all&amp;since=1985-01-01\"") {
		t.Errorf("without a curve: caption %s", bare.Caption)
	}
}

// TestTrendFigureAlone checks that the drawing that a figure of observations alone leads to has no curve either.
func TestTrendFigureAlone(t *testing.T) {
	s := newTestServer(t)
	f, err := s.trendFigure(asking("/reports/r"), "en", content.TrendBlock{Metric: "cpu-frequency", Of: "all", Fit: "none"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`/trends?hide=fit&amp;metric=cpu-frequency&amp;of=all"`, `/api/v1/series.csv?metric=cpu-frequency&amp;of=all"`,
		`/trends.svg?hide=fit&amp;metric=cpu-frequency&amp;of=all"`, `/trends.png?hide=fit&amp;metric=cpu-frequency&amp;of=all"`} {
		if !strings.Contains(string(f.Caption), want) {
			t.Errorf("no %s in %s", want, f.Caption)
		}
	}
}

// TestTrendFigureApart looks at one of two charts of a report: the other stays as it is, and what leads on from the first
// keeps its view.
func TestTrendFigureApart(t *testing.T) {
	s := newTestServer(t)
	c := asking("/reports/r?view=both&zoom.chart-2=2024..2025&scale.chart-2=log&hide.chart-2=rest")
	draw := func(anchor string) *templates.Chart {
		f, err := s.trendFigure(c, "en", content.TrendBlock{Anchor: anchor, Metric: "gpqa-diamond", Fit: "none"})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	first, second := draw("chart-1"), draw("chart-2")
	if first.Reset != "" || first.Wide == second.Wide || first.Legend[1].Hidden || first.Scales[0].Current {
		t.Errorf("the view of one chart is that of another: %+v", first.Legend)
	}
	if second.Reset != "/reports/r?hide.chart-2=rest&scale.chart-2=log&view=both#chart-2" || second.Zoom != "zoom.chart-2" || !second.Legend[1].Hidden || !second.Scales[0].Current {
		t.Errorf("looked at by %s, reset by %s: %+v %+v", second.Zoom, second.Reset, second.Legend, second.Scales)
	}
	if want := "/trends?hide=rest%2Cfit&amp;metric=gpqa-diamond&amp;scale=log&amp;zoom=2024..2025"; !strings.Contains(string(second.Caption), want) {
		t.Errorf("no %s in %s", want, second.Caption)
	}
	if _, err := s.trendFigure(asking("/reports/r?zoom.chart-2=soon"), "en", content.TrendBlock{Anchor: "chart-2", Metric: "gpqa-diamond"}); !errors.Is(err, query.ErrParameter) {
		t.Errorf("a part that is none: %v", err)
	}
}

// TestTrendFigureOfNothing checks that a report's chart that can't be drawn says so, and does not take the report with it.
func TestTrendFigureOfNothing(t *testing.T) {
	s := newTestServer(t)
	for _, ids := range []string{"nonesuch", "", "gpqa-diamond,nonesuch"} {
		f, err := s.trendFigure(asking("/reports/r"), "en", content.TrendBlock{Metric: ids, Caption: "A caption"})
		if err != nil || f == nil || f.What != "A caption" || !strings.Contains(string(f.Caption), "no data yet") {
			t.Errorf("%v: %+v, %v", ids, f, err)
		}
	}
	if f, err := s.trendFigure(asking("/reports/r"), "ko", content.TrendBlock{Metric: "gpqa-diamond", Fit: "spline"}); err != nil || f.Wide != "" {
		t.Errorf("a fit that is none: %+v, %v", f, err)
	}
}

// TestAxisOfNothingAboveZero checks that zeros and losses are drawn, on a linear axis, where a log axis was asked for.
func TestAxisOfNothingAboveZero(t *testing.T) {
	at := func(values ...float64) measured {
		m := measured{scale: "log", series: query.Series{Metric: metrics.Metric{Scale: "log"}}}
		for _, v := range values {
			m.series.Observations = append(m.series.Observations, query.Observation{Value: v})
		}
		return m
	}
	if at(0, -5).logAxis() || !at(0, 5).logAxis() {
		t.Error("the scale does not follow what can be drawn on it")
	}
	if got := at(0, -1, 5).legend("en"); !strings.Contains(got, "2 observations at or below zero") {
		t.Errorf("what is not drawn goes unsaid: %s", got)
	}
}
