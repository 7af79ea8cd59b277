// Package grafana has dashboards and the provisioning of their data sources. Its test asks every query of them.
package grafana

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"
	"github.com/influxdata/influxdb-client-go/v2/api"
	"gopkg.in/yaml.v3"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
	"github.com/scalebook/scalebook/server"
	"github.com/scalebook/scalebook/server/servertest"
	"github.com/scalebook/scalebook/templates"
)

// dashboard is what a query needs of Grafana's dashboard model.
type dashboard struct {
	UID, Title string
	Time       struct{ From, To string }
	Panels     []struct {
		Title   string
		Targets []target
	}
	Annotations struct{ List []struct{ Target *target } }
	Templating  struct {
		List []struct {
			Name    string
			Query   json.RawMessage
			Current struct{ Value string }
		}
	}
}

// target is a query: of the Infinity data source where it has an address, else Flux.
type target struct {
	Datasource   struct{ UID string }
	Query        string
	URL          string
	RootSelector string `json:"root_selector"`
	Columns      []struct{ Selector string }
}

// TestDashboards asks every query of every dashboard, with the variables as they are at first, against a live server and a
// real InfluxDB of the bundled content: each has to answer with rows, and each column has to be there.
func TestDashboards(t *testing.T) {
	known := dataSources(t)
	ask := answers(t)
	query := measurements(t)
	files, err := filepath.Glob("dashboards/*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d dashboards, %v", len(files), err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d dashboard
		if err := json.Unmarshal(body, &d); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		variables := []string{}
		targets := map[string][]target{}
		for _, v := range d.Templating.List {
			variables = append(variables, "${"+v.Name+"}", v.Current.Value)
			var nested struct{ InfinityQuery *target }
			if json.Unmarshal(v.Query, &nested) == nil && nested.InfinityQuery != nil {
				targets["variable "+v.Name] = []target{*nested.InfinityQuery}
			}
		}
		for _, p := range d.Panels {
			targets[p.Title] = p.Targets
		}
		for _, a := range d.Annotations.List {
			targets["annotations"] = append(targets["annotations"], *a.Target)
		}
		fill := strings.NewReplacer(variables...)
		for title, list := range targets {
			for _, q := range list {
				t.Run(d.UID+"/"+title, func(t *testing.T) {
					if !known[q.Datasource.UID] {
						t.Fatalf("data source %q is not provisioned", q.Datasource.UID)
					}
					if q.URL == "" {
						query(t, fill.Replace(q.Query), d.Time.From, d.Time.To)
						return
					}
					q.hold(t, ask(t, fill.Replace(q.URL)))
				})
			}
		}
	}
}

// hold checks that an answer has the rows and columns that a query selects.
func (q target) hold(t *testing.T, answer any) {
	t.Helper()
	rows, isList := at(answer, q.RootSelector).([]any)
	if !isList {
		rows = []any{at(answer, q.RootSelector)}
	}
	if len(rows) == 0 || rows[0] == nil {
		t.Fatalf("%s has no rows at %q", q.URL, q.RootSelector)
	}
	for _, column := range q.Columns {
		found := false
		for _, row := range rows {
			found = found || at(row, column.Selector) != nil
		}
		if !found {
			t.Errorf("%s has no %s in %s", q.URL, column.Selector, q.RootSelector)
		}
	}
}

// at follows a dotted path into an answer.
func at(v any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = object[key]
	}
	return v
}

// dataSources are the uids that the provisioning gives.
func dataSources(t *testing.T) map[string]bool {
	t.Helper()
	body, err := os.ReadFile("provisioning/datasources/scalebook.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var provisioned struct {
		Datasources []struct{ UID string }
	}
	if err := yaml.Unmarshal(body, &provisioned); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, d := range provisioned.Datasources {
		out[d.UID] = true
	}
	return out
}

// answers starts a server of the bundled content and returns the way to ask it.
func answers(t *testing.T) func(t *testing.T, address string) any {
	t.Helper()
	bundled, err := servertest.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pages, err := templates.New(templates.Config{ChartCSS: chart.CSS()})
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.New(server.Config{Ledger: bundled.Ledger, Library: bundled.Library, Index: bundled.Index, Glossary: bundled.Glossary,
		Ingests: runs{}, Templates: pages, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return func(t *testing.T, address string) any {
		t.Helper()
		res, err := http.Get("http://" + listener.Addr().String() + address)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v: %.300s", address, res.StatusCode, err, body)
		}
		var answer any
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		return answer
	}
}

// runs is a journal of one run: the dashboards ask a server that ingests.
type runs struct{ server.Ingests }

// Runs implements [server.Ingests].
func (runs) Runs(context.Context, int) ([]server.IngestRun, error) {
	return []server.IngestRun{{ID: 1, Source: "bundled-data", Kind: "csv", Result: "changed", Added: 1}}, nil
}

// measurements fills a real InfluxDB and returns the way to query it as Grafana does.
func measurements(t *testing.T) func(t *testing.T, flux, from, to string) {
	t.Helper()
	running := influxtest.Start(t)
	bucket := running.Database(t)
	store, err := influx.Open(t.Context(), influx.Config{URL: running.URL, Token: running.Token, Org: running.Org, Bucket: bucket})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	if err := servertest.Fill(t.Context(), t.TempDir(), store); err != nil {
		t.Fatal(err)
	}
	client := influxdb2.NewClient(running.URL, running.Token)
	t.Cleanup(client.Close)
	asked := client.QueryAPI(running.Org)
	return func(t *testing.T, flux, from, to string) {
		t.Helper()
		flux = strings.NewReplacer("v.defaultBucket", strconv.Quote(bucket), "v.timeRangeStart", moment(t, from), "v.timeRangeStop", moment(t, to)).Replace(flux)
		if n := rows(t, asked, flux); n == 0 {
			t.Errorf("no row of\n%s", flux)
		}
	}
}

func rows(t *testing.T, asked api.QueryAPI, flux string) int {
	t.Helper()
	result, err := asked.Query(t.Context(), flux)
	if err != nil {
		t.Fatalf("%v\n%s", err, flux)
	}
	defer result.Close()
	n := 0
	for result.Next() {
		n++
	}
	if result.Err() != nil {
		t.Fatalf("%v\n%s", result.Err(), flux)
	}
	return n
}

// moment is a bound of a dashboard's range as Flux has it.
func moment(t *testing.T, bound string) string {
	t.Helper()
	if bound == "now" {
		return "now()"
	}
	if relative := regexp.MustCompile(`^now(-\d+[dhm])$`).FindStringSubmatch(bound); relative != nil {
		return relative[1]
	}
	if _, err := time.Parse(time.RFC3339, bound); err != nil {
		t.Fatalf("range %q: %v", bound, err)
	}
	return bound
}
