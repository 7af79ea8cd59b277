package server

import (
	"slices"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
)

// A metric is listed under its title in the reader's language, whatever language it was asked for in.
func TestSearchPageTitles(t *testing.T) {
	s := newTestServer(t)
	titles := map[string]string{}
	for _, lang := range []string{"ko", "en"} {
		status, _, page := get(t, s, "/search?q=HBM&kind=metric&lang="+lang)
		_, hit, found := strings.Cut(page, `<article class="hit`)
		if status != 200 || !found {
			t.Fatalf("%s: %d, a hit: %v", lang, status, found)
		}
		_, title, _ := strings.Cut(strings.SplitN(hit, "</h2>", 2)[0], `">`)
		titles[lang] = title
	}
	if languageOf(titles["ko"], "ko") != "" || languageOf(titles["en"], "en") != "" || titles["ko"] == titles["en"] {
		t.Errorf("titles are %v", titles)
	}
}

// A metric is found with its record, a chip with its values, the best of each.
func TestSearchShowsFigures(t *testing.T) {
	s := newTestServer(t)
	for _, tt := range []struct {
		address string
		parts   []string
	}{
		{"/search?q=HBM&kind=metric&lang=ko", []string{`<p>지금 기록 <span class="now">`, `<article class="hit entity" aria-labelledby="hit-0">`, `spark"`}},
		{"/search?q=H100+NVL&kind=subject&lang=ko", []string{`가속기 메모리 <b>94GB</b>`, `메모리 대역폭 <b>3.94TB/s</b>`}},
	} {
		_, _, page := get(t, s, tt.address)
		for _, part := range tt.parts {
			if !strings.Contains(page, part) {
				t.Errorf("%s doesn't show %s", tt.address, part)
			}
		}
	}
}

func TestKeyFigures(t *testing.T) {
	metric := func(id, direction string, observations int) query.CatalogueEntry {
		return query.CatalogueEntry{Metric: metrics.Metric{ID: id, Direction: direction, Title: metrics.Text{Ko: id, En: id}}, Observations: observations}
	}
	catalogue := query.Catalogue{Metrics: []query.CatalogueEntry{
		metric("rare", "higher", 2), metric("price", "lower", 30), metric("score", "higher", 50), metric("absent", "higher", 90), metric("size", "higher", 10),
	}}
	var subject query.Subject
	for _, o := range []struct {
		metric string
		value  float64
	}{{"rare", 1}, {"score", 5}, {"score", 9}, {"score", 7}, {"price", 3}, {"price", 2}, {"price", 4}, {"size", 8}} {
		subject.Observations = append(subject.Observations, query.MetricObservation{Metric: o.metric, Observation: query.Observation{Value: o.value}})
	}
	want := []templates.Basis{{Term: "score", Value: "9"}, {Term: "price", Value: "2"}, {Term: "size", Value: "8"}}
	if got := figuresOf("en", catalogue, subject); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// What of a query is nowhere is said beside what is found of the rest, and not where nothing is found at all.
func TestSearchTellsWhatIsNowhere(t *testing.T) {
	s := newTestServer(t)
	for address, want := range map[string]string{
		"/search?q=HBM+강아지&lang=ko": `어느 보고서에도 없는 말: <b>강아지</b>`,
		"/search?q=HBM+강아지&lang=en": `Not found in any report: <b>강아지</b>`,
		"/search?q=HBM&lang=ko":     "",
		"/search?q=강아지&lang=ko":     "",
	} {
		_, _, page := get(t, s, address)
		if want == "" && strings.Contains(page, "어느 보고서에도 없는 말") || !strings.Contains(page, want) {
			t.Errorf("%s: want %q", address, want)
		}
	}
	_, _, answer := get(t, s, "/api/v1/search?q=HBM+강아지")
	if !strings.Contains(answer, `"not_found":["강아지"]`) {
		t.Errorf("the API answers %.300s", answer)
	}
}
