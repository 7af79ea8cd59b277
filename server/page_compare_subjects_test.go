package server

import (
	"strconv"
	"strings"
	"testing"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
)

func TestCompareSubjects(t *testing.T) {
	s := newTestServer(t)
	_, _, rows := get(t, s, "/compare.csv?subject=nvidia-h100-sxm5-80gb,nvidia-h200-sxm")
	if !strings.HasPrefix(rows, "\ufeffmetric,unit,nvidia-h100-sxm5-80gb,nvidia-h200-sxm\r\n") || !strings.Contains(rows, "hardware-memory,byte,") {
		t.Fatalf("the table is %.300q", rows)
	}
	if _, _, models := get(t, s, "/compare.csv?subject=GPT-5.1,Claude+Opus+4.5"); !strings.Contains(models, "gpqa-diamond,fraction,") {
		t.Errorf("a model is not measured by its snapshots: %.300q", models)
	}
	for _, lang := range []string{"ko", "en"} {
		status, _, page := get(t, s, "/compare?lang="+lang+"&subject=nvidia-h100-sxm5-80gb&subject=nvidia+h200+SXM,nvidia-h100-sxm5-80gb")
		if status != 200 || wrongText.MatchString(page) || strings.Count(page, `<th scope="col" class="r"`) != 2 || !strings.Contains(page, "<b>") {
			t.Errorf("%s: %d %.300s", lang, status, wrongText.FindString(page))
		}
	}
	_, _, page := get(t, s, "/compare?lang=en&subject=nvidia-h100-sxm5-80gb,nvidia-h200-sxm")
	_, page, _ = strings.Cut(page, "<table")
	if _, power, _ := strings.Cut(page, "Thermal design power"); strings.Count(strings.SplitN(power, "</tr>", 2)[0], "<b>700") != 2 {
		t.Error("of two equal values both are the best")
	}
	if status, header, problem := get(t, s, "/compare.json?subject=no-such-thing"); status != 404 || header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a program that names nothing known gets %d, %s: %.100s", status, header.Get("Content-Type"), problem)
	}
	for address, want := range map[string]int{"subject=nvidia-h100": 200, "subject=no-such-thing": 404, "subject=nvidia-h100&as_of=soon": 400, "subject=nvidia-h100,gpt-4": 200} {
		if status, _, _ := get(t, s, "/compare?"+address); status != want {
			t.Errorf("%s: %d, want %d", address, status, want)
		}
	}
}

// TestCompareSubjectsChart draws what the table lists, at both widths and alone, hides a subject where the address says so, and
// keeps the form where a name is unknown.
func TestCompareSubjectsChart(t *testing.T) {
	s := newTestServer(t)
	const address = "subject=GPT-5.1,Claude+Opus+4.5"
	marks := func(body string) int { return strings.Count(body, `data-name="GPT-5.1`) }
	_, _, page := get(t, s, "/compare?lang=en&"+address)
	_, _, alone := get(t, s, "/compare.svg?lang=en&"+address)
	_, _, table := get(t, s, "/compare.csv?"+address)
	metrics := strings.Count(table, "\n") - 1
	if n := marks(alone); n == 0 || n != min(metrics, maxStrips) || marks(page) != 2*n || !strings.Contains(seen(page), "further right is better") {
		t.Errorf("%d marks alone, %d on the page, of %d metrics", n, marks(page), metrics)
	}
	if status, _, hidden := get(t, s, "/compare?lang=en&hide=1&"+address); status != 200 || marks(hidden) != 0 || !strings.Contains(hidden, `data-name="Claude Opus 4.5`) || !strings.Contains(hidden, `class="off"`) {
		t.Errorf("hidden: %d, %d marks", status, marks(hidden))
	}
	if status, header, _ := get(t, s, "/compare.png?"+address); status != 200 || header.Get("Content-Type") != "image/png" {
		t.Errorf("png: %d %s", status, header.Get("Content-Type"))
	}
	if status, _, _ := get(t, s, "/compare.svg?subject=nvidia-h100,gpt-4"); status != 404 {
		t.Errorf("a drawing of nothing: %d", status)
	}
	if status, _, page := get(t, s, "/compare?lang=en&subject=GPT-5.1,Nonesuch+9"); status != 404 || !strings.Contains(page, `value="GPT-5.1, Nonesuch 9"`) ||
		!strings.Contains(page, `aria-describedby="wrong-subject"`) || !strings.Contains(page, `id="wrong-subject">There is no subject Nonesuch 9.`) {
		t.Errorf("an unknown name: %d", status)
	}
}

// TestSubjectsFinding says who leads, also where several do, none does or there is but one metric.
func TestSubjectsFinding(t *testing.T) {
	at := func(values ...float64) query.SharedMetric {
		var m query.SharedMetric
		for _, v := range values {
			m.Best = append(m.Best, &query.Observation{Value: v})
		}
		return m
	}
	named := []query.SubjectEntry{{Subject: metrics.Subject{Name: "A"}}, {Subject: metrics.Subject{Name: "B"}}, {Subject: metrics.Subject{Name: "C"}}}
	for _, x := range []struct {
		metrics []query.SharedMetric
		want    string
	}{
		{[]query.SharedMetric{at(2, 1, 0), at(2, 1, 0), at(0, 1, 0)}, "A leads on 2 of the 3 metrics they share"},
		{[]query.SharedMetric{at(2, 1, 0), at(1, 2, 0)}, "A, B each lead on 1 of the 2 metrics they share"},
		{[]query.SharedMetric{at(2, 1, 0), at(1, 2, 0), at(0, 0, 1)}, "A, B, C each lead on 1 of the 3 metrics they share"},
		{[]query.SharedMetric{at(2, 1, 0)}, "A leads on the one metric they share"},
		{[]query.SharedMetric{at(2, 1, 0), at(2, 2, 0), at(1, 1, 1)}, "A leads on 1 of the 3 metrics they share; on 2 the best value is shared"},
		{[]query.SharedMetric{at(2, 2, 0), at(1, 0, 1)}, "None leads: on each shared metric (2) more than one has the best value"},
	} {
		c := subjectsChart{query.SubjectComparison{Subjects: named, Metrics: x.metrics}, "en"}
		if got := c.finding(); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
	many := subjectsChart{query.SubjectComparison{Subjects: named}, "en"}
	for i := range maxStrips + 3 {
		m := at(1, 2)
		m.ID = strconv.Itoa(i)
		if i > 2 {
			m = at(1, 2, 3)
			m.ID = strconv.Itoa(i)
		}
		many.Metrics = append(many.Metrics, m)
	}
	if rows := many.rows(); len(rows) != maxStrips || rows[0].ID != "3" || rows[maxStrips-1].ID != strconv.Itoa(maxStrips+2) || !strings.Contains(many.legend(), "12 of 15 metrics are drawn") {
		t.Errorf("of too many metrics %d are drawn, from %s; %s", len(rows), rows[0].ID, many.legend())
	}
}
