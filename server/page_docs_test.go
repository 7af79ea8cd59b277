package server

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// TestAPIWordsInBothLanguages holds the table of routes to the catalogue of messages: whatever the page says of a route or a
// parameter is there in Korean and in English. A message that is missing is shown as its key.
func TestAPIWordsInBothLanguages(t *testing.T) {
	hangul := regexp.MustCompile(`\p{Hangul}`)
	check := func(what, ko, en string) {
		if !hangul.MatchString(ko) || hangul.MatchString(en) || strings.HasPrefix(en, "api.") {
			t.Errorf("%s: %q in Korean, %q in English", what, ko, en)
		}
	}
	for _, r := range append(apiRouteTable(), route{path: "/ingest"}) {
		check(r.path, r.summary("ko"), r.summary("en"))
		for _, p := range r.params {
			check(r.path+" "+p.name, p.description("ko"), p.description("en"))
			if p.name == tryRoute || p.name == tryForm {
				t.Errorf("%s: the form has a field %s of its own", r.path, p.name)
			}
		}
	}
}

func TestAPIDocs(t *testing.T) {
	s := newTestServer(t)
	for _, c := range []struct {
		find, lang string
		has, lacks []string
	}{
		{"", "ko", []string{"기록과 그것이 세워진 때", "GET /api/v1/frontier", "POST /api/v1/ingest", "이 시각, 날짜라면", `id="schema-query-Observation"`}, []string{"The record, since when"}},
		{"", "en", []string{"The record, since when", "the ledger as it stood", "may be absent"}, []string{"기록과 그것이"}},
		{"PRICE-to", "en", []string{"/api/v1/price-to-reach", "Routes: 1"}, []string{"GET /api/v1/series", "schema-search-Results"}},
		{"늦게 따라가는지", "en", []string{"GET /api/v1/lag"}, []string{"GET /api/v1/series"}},
		{"threshold", "ko", []string{"GET /api/v1/trend", "<details open>", "문턱"}, []string{"GET /api/v1/metrics<"}},
		{"quagga", "ko", []string{"그 말이 있는 경로가 없다", "경로 0개"}, []string{"GET /api/v1", "POST /api/v1"}},
	} {
		status, _, body := get(t, s, "/docs/api?lang="+c.lang+"&find="+url.QueryEscape(c.find))
		if status != 200 {
			t.Fatalf("%q: status %d", c.find, status)
		}
		for _, part := range c.has {
			if !strings.Contains(body, part) {
				t.Errorf("find %q in %s: no %q", c.find, c.lang, part)
			}
		}
		for _, part := range c.lacks {
			if strings.Contains(body, part) {
				t.Errorf("find %q in %s: has %q", c.find, c.lang, part)
			}
		}
		targets := map[string]bool{}
		for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(body, -1) {
			targets[m[1]] = true
		}
		for _, m := range regexp.MustCompile(`href="#(schema-[^"]+)"`).FindAllStringSubmatch(body, -1) {
			if !targets[m[1]] {
				t.Errorf("find %q: a link to #%s leads nowhere", c.find, m[1])
			}
		}
	}
}

// TestAPIDocsHaveEveryProperty holds the page to the document: each property of each schema, and each parameter as a field.
func TestAPIDocsHaveEveryProperty(t *testing.T) {
	_, _, body := get(t, newTestServer(t), "/docs/api")
	document, err := readDescription()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range apiRouteTable() {
		_, section, _ := strings.Cut(body, "<code>GET /api/v1"+r.path+"</code>")
		section, _, _ = strings.Cut(section, "</section>")
		for _, p := range r.params {
			if !strings.Contains(section, ` name="`+p.name+`"`) {
				t.Errorf("%s: no field for %s", r.path, p.name)
			}
		}
		answer := document.Paths["/api/v1"+r.path].Get.Responses["200"].Content["application/json"].Schema
		of := document.Components.Schemas[nameOf(answer.Ref)]
		if len(of.Properties) == 0 {
			t.Errorf("%s: its answer has no properties", r.path)
		}
		for name := range of.Properties {
			if !strings.Contains(section, "<code>"+name+"</code>") {
				t.Errorf("%s: no %s in its answer", r.path, name)
			}
		}
	}
	for _, m := range regexp.MustCompile(`id="schema-([^"]+)"`).FindAllStringSubmatchIndex(body, -1) {
		name := body[m[2]:m[3]]
		section, _, _ := strings.Cut(body[m[3]:], "</details>")
		for property := range document.Components.Schemas[name].Properties {
			if !strings.Contains(section, "<code>"+property+"</code>") {
				t.Errorf("schema %s: no %s", name, property)
			}
		}
	}
}

// TestTryAPI fills in every route's form as the page does, and follows where it leads.
func TestTryAPI(t *testing.T) {
	s := newTestServer(t)
	document, err := readDescription()
	if err != nil {
		t.Fatal(err)
	}
	shown := shownSchemas{document: document}
	for _, r := range apiRouteTable() {
		filled := url.Values{tryRoute: {r.path}, tryForm: {""}}
		route := shown.route(r, "en")
		for _, p := range route.Params {
			filled.Set(p.Name, p.Value)
		}
		status, header, _ := get(t, s, "/docs/api/try?"+filled.Encode())
		led, err := url.Parse(header.Get("Location"))
		if status != 303 || err != nil {
			t.Fatalf("%s: status %d, %v", r.path, status, err)
		}
		want, _ := url.Parse(route.Example)
		if led.Path != want.Path || led.Query().Encode() != want.Query().Encode() {
			t.Errorf("%s leads to %s, not to %s", r.path, led, want)
		}
		if status, _, body := get(t, s, led.String()); status != 200 || !json.Valid([]byte(body)) {
			t.Errorf("%s: status %d", led, status)
		}
		for _, form := range route.Forms {
			filled.Set(tryForm, form.Value)
			_, header, _ := get(t, s, "/docs/api/try?"+filled.Encode())
			if status, answered, _ := get(t, s, header.Get("Location")); status != 200 || strings.Contains(answered.Get("Content-Type"), "/json") {
				t.Errorf("%s: status %d, %s", header.Get("Location"), status, answered.Get("Content-Type"))
			}
		}
	}
	for _, c := range []struct {
		address string
		status  int
		leads   string
	}{
		{"/docs/api/try", 400, ""},
		{"/docs/api/try?route=//example.org", 400, ""},
		{"/docs/api/try?route=/reports/{slug}", 400, ""},
		{"/docs/api/try?route=/reports/{slug}&slug=//example.org/..", 303, "/api/v1/reports/%2F%2Fexample.org%2F.."},
		{"/docs/api/try?route=/metrics&as=.exe&metric=x", 303, "/api/v1/metrics"},
	} {
		status, header, _ := get(t, s, strings.NewReplacer("{", "%7B", "}", "%7D").Replace(c.address))
		if status != c.status || header.Get("Location") != c.leads {
			t.Errorf("%s: status %d, to %q", c.address, status, header.Get("Location"))
		}
	}
}
