package server

import (
	"strings"
	"testing"
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
