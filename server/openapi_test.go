package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"net/http"
	"net/url"
	"regexp"

	"github.com/scalebook/scalebook/query"
)

var update = flag.Bool("update", false, "write golden files anew")

// TestDescriptionIsVersioned holds the contract still: a client built against a version finds it unchanged. A new
// description is written with -update, which asks for a new apiVersion first.
func TestDescriptionIsVersioned(t *testing.T) {
	golden := filepath.Join("testdata", "openapi.json")
	got, err := Description()
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(golden)
	if err != nil && !(errors.Is(err, fs.ErrNotExist) && *update) {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	var was struct{ Info struct{ Version string } }
	if len(want) > 0 {
		if err := json.Unmarshal(want, &was); err != nil {
			t.Fatal(err)
		}
	}
	if was.Info.Version == apiVersion {
		t.Fatalf("the API's description changed and its version, %s, did not: move apiVersion and run with -update\n%s", apiVersion, firstDifference(want, got))
	}
	if !*update {
		t.Fatalf("the golden describes version %s, the program %s: run with -update", was.Info.Version, apiVersion)
	}
	if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(golden, got, 0o644); err != nil {
		t.Fatal(err)
	}
}

func firstDifference(want, got []byte) string {
	w, g := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return "-" + w[i] + "\n+" + g[i]
		}
	}
	return "one is the beginning of the other"
}

// TestExamplesMatchTheirSchemas asks every route its example and holds the answer to what is promised of it: each property
// described, and nothing besides.
func TestExamplesMatchTheirSchemas(t *testing.T) {
	s := newTestServer(t)
	schemaOf := compileDescription(t)
	type asked struct{ path, address string }
	var all []asked
	for _, r := range apiRouteTable() {
		if r.example == "" {
			t.Errorf("%s has no example", r.path)
			continue
		}
		all = append(all, asked{r.path, r.example})
	}
	// Forms of an answer that the examples do not show.
	all = append(all,
		asked{"/trend", "/trend?metric=gpqa-diamond&fit=logistic&threshold=0.9"},
		asked{"/trend", "/trend?metric=gpqa-diamond&fit=logistic&ceiling=fit"},
		asked{"/trend", "/trend?metric=cpu-frequency&of=all&fit=linear&estimator=theil-sen"},
		asked{"/search", "/search?q=resoning&passages=1"},
		asked{"/compare", "/compare?metric=cpu-frequency&split=2005-01-01&of=all"},
		asked{"/capability-index", "/capability-index?scaled=true"},
		asked{"/progress", "/progress?metric=gpqa-diamond"},
		asked{"/price-to-reach", "/price-to-reach?metric=gpqa-diamond&threshold=0.99"},
		asked{"/series", "/series?metric=metr-time-horizon"},
		asked{"/subjects", "/subjects"},
		asked{"/reports", "/reports?limit=500"},
	)
	for _, a := range all {
		t.Run(a.address, func(t *testing.T) {
			status, header, body := get(t, s, "/api/v1"+a.address)
			if status != 200 {
				t.Fatalf("status %d: %.300s", status, body)
			}
			if !changesBetween("/api/v1"+a.path) && header.Get("ETag") == "" {
				t.Error("no ETag")
			}
			answer, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if err := schemaOf(a.path).Validate(answer); err != nil {
				t.Errorf("not as described: %.1500v", err)
			}
		})
	}
}

// TestTabularRoutes holds the table of routes to which answers have rows.
func TestTabularRoutes(t *testing.T) {
	s := newTestServer(t)
	for _, r := range apiRouteTable() {
		if _, ok := r.answer.(query.Tabular); ok && !r.tabular {
			t.Errorf("%s has a table and does not say so", r.path)
		}
		path, params, _ := strings.Cut(r.example, "?")
		status, header, _ := get(t, s, "/api/v1"+path+".csv?"+params)
		if is := status == 200 && strings.HasPrefix(header.Get("Content-Type"), "text/csv"); is != r.tabular {
			t.Errorf("%s.csv: status %d, %s; tabular is %v", path, status, header.Get("Content-Type"), r.tabular)
		}
	}
}

// compileDescription returns the schema of each route's answer, with properties that are not described forbidden.
func compileDescription(t *testing.T) func(path string) *jsonschema.Schema {
	t.Helper()
	description, err := Description()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(description))
	if err != nil {
		t.Fatal(err)
	}
	closeObjects(document)
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	if err := compiler.AddResource("openapi.json", document); err != nil {
		t.Fatal(err)
	}
	return func(path string) *jsonschema.Schema {
		escaped := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace("/api/v1" + path)
		schema, err := compiler.Compile("openapi.json#/paths/" + escaped + "/get/responses/200/content/application~1json/schema")
		if err != nil {
			t.Fatal(err)
		}
		return schema
	}
}

// closeObjects forbids, in every schema with properties, all others.
func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["properties"].(map[string]any); ok && v["type"] == "object" {
			if _, open := v["additionalProperties"]; !open {
				v["additionalProperties"] = false
			}
		}
		for _, x := range v {
			closeObjects(x)
		}
	case []any:
		for _, x := range v {
			closeObjects(x)
		}
	}
}

// TestPatternsAreWhatIsRead: what a parameter's pattern takes is taken, and what it refuses is refused with its name.
func TestPatternsAreWhatIsRead(t *testing.T) {
	s := newTestServer(t)
	for _, test := range []struct {
		route, name string
		of          param
		values      []string
	}{
		{"/price-to-reach?metric=gpqa-diamond", "threshold", scoresParam, []string{"0.5", "0.5,0.7", " .5 , 1e-1", "+0.5", "5.", "1,2,3,4,5,6,7,8", "", "x", "0.5,", ",", "1;2", "1,2,3,4,5,6,7,8,9", "NaN", "0.5 0.7", "--1", "1e"}},
		{"/compare?of=all", "metric", comparedParam, []string{"cpu-transistors,cpu-frequency", "cpu-transistors", "", ",", "cpu-transistors,", "a,b,c,d,e,f,g"}},
	} {
		pattern := regexp.MustCompile(test.of.pattern)
		for _, value := range test.values {
			status, _, body := get(t, s, "/api/v1"+test.route+"&"+test.name+"="+url.QueryEscape(value))
			refused := status == http.StatusBadRequest && strings.Contains(body, `"parameter":"`+test.name+`"`)
			if refused == pattern.MatchString(value) {
				t.Errorf("%s=%q: %d, and the pattern takes it: %t\n%.200s", test.name, value, status, !refused, body)
			}
		}
	}
}
