package query_test

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"github.com/scalebook/scalebook/content/data"
	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/aider"
	"github.com/scalebook/scalebook/ingest/chipcounts"
	"github.com/scalebook/scalebook/ingest/cputrends"
	"github.com/scalebook/scalebook/ingest/csvfile"
	"github.com/scalebook/scalebook/ingest/epochbenchmarks"
	"github.com/scalebook/scalebook/ingest/epochhardware"
	"github.com/scalebook/scalebook/ingest/epochmodels"
	"github.com/scalebook/scalebook/ingest/llmprices"
	"github.com/scalebook/scalebook/ingest/lmarena"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/metrics/influx"
	"github.com/scalebook/scalebook/metrics/influx/influxtest"
	"github.com/scalebook/scalebook/metrics/sqlite"
	"github.com/scalebook/scalebook/query"
)

// TestCSVAnswersAsNative takes in the same figures twice, by the upstream's own connector and written out in the csv kind's
// schema. On either store every question has to have the same answer, to the last digit; only where a figure was read may differ.
// InfluxDB, which takes seconds for each, gets the two with intervals and with most metrics; that both stores answer alike is
// [TestStoresAnswerAlike].
func TestCSVAnswersAsNative(t *testing.T) {
	stores := map[string]func() metrics.Ledger{"sqlite": func() metrics.Ledger {
		store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "metrics.db")})
		must(t, err)
		t.Cleanup(func() { store.Close() })
		return store
	}}
	server := influxtest.Start(t)
	stores["influx"] = func() metrics.Ledger {
		store, err := influx.Open(t.Context(), influx.Config{URL: server.URL, Token: server.Token, Org: server.Org, Bucket: server.Database(t)})
		must(t, err)
		t.Cleanup(func() { store.Close() })
		return store
	}
	for _, native := range []struct {
		dir       string
		connector ingest.Connector
	}{
		{"aider", aider.Connector{}}, {"chipcounts", chipcounts.Connector{}}, {"cputrends", cputrends.Connector{}}, {"epochbenchmarks", epochbenchmarks.Connector{}},
		{"epochhardware", epochhardware.Connector{}}, {"epochmodels", epochmodels.Connector{}}, {"llmprices", llmprices.Connector{}}, {"lmarena", lmarena.Connector{}},
	} {
		for store, open := range stores {
			if store != "sqlite" && native.dir != "epochbenchmarks" && native.dir != "epochhardware" {
				continue
			}
			t.Run(native.dir+" on "+store, func(t *testing.T) {
				catalogue, err := ingest.ReadCatalogue(data.Files(), "metrics.yaml")
				must(t, err)
				own, copied := open(), open()
				take(t, own, catalogue, native.connector, ingest.Job{Name: "upstream", Kind: native.connector.Kind(), Location: filepath.Join("..", "ingest", native.dir, "testdata", "upstream")})
				declared, err := own.Metrics(t.Context())
				must(t, err)
				counts, err := own.Counts(t.Context())
				must(t, err)
				declared = slices.DeleteFunc(declared, func(m metrics.Metric) bool { return counts[m.ID] == 0 })
				for _, m := range declared {
					catalogue[m.ID] = m
				}
				take(t, copied, catalogue, csvfile.Connector{}, ingest.Job{Name: "upstream", Kind: "csv", Files: fstest.MapFS{"figures.csv": {Data: written(t, own, declared)}}})
				answerAlike(t, declared, own, copied)
			})
		}
	}
}

// written is everything in a ledger in the csv kind's schema.
func written(t *testing.T, ledger metrics.Reader, declared []metrics.Metric) []byte {
	t.Helper()
	subjects, err := ledger.Subjects(t.Context(), metrics.SubjectQuery{})
	must(t, err)
	byID := map[string]metrics.Subject{}
	for _, s := range subjects {
		byID[s.ID] = s
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	bound := func(b metrics.Bound) string {
		if !b.Known {
			return ""
		}
		return number(b.Value)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	must(t, w.Write([]string{"metric", "subject", "time", "value", "low", "high", "interval", "setting", "name", "source", "url", "organization", "country", "access", "kind"}))
	rows := 0
	for _, m := range declared {
		observations, err := ledger.Observations(t.Context(), metrics.Query{Metric: m.ID})
		must(t, err)
		for _, o := range observations {
			s := byID[o.Subject]
			must(t, w.Write([]string{o.Metric, o.Subject, o.Time.Format(time.RFC3339), number(o.Value), bound(o.Low), bound(o.High), o.Interval, o.Setting,
				cmp.Or(s.Name, o.Name), o.Source.Name, o.Source.URL, s.Organization, s.Country, s.Access, s.Kind}))
			rows++
		}
	}
	w.Flush()
	must(t, w.Error())
	if rows == 0 {
		t.Fatal("the connector's own files have no figures")
	}
	return out.Bytes()
}

// answerAlike asks both ledgers about each metric in every way.
func answerAlike(t *testing.T, declared []metrics.Metric, own, copied metrics.Reader) {
	t.Helper()
	a, b := routes(query.New(query.Config{Ledger: &still{Reader: own}})), routes(query.New(query.Config{Ledger: &still{Reader: copied}}))
	answered := 0
	asked := map[string]string{"threshold": "0.5", "at": "2027-01-01", "resamples": "50", "split": "2020-01-01"}
	for _, m := range declared {
		for _, route := range []string{"frontier", "trend", "forecast", "lag", "compare", "price-to-reach"} {
			for _, of := range []string{"frontier", "all"} {
				v := func(name string) string {
					switch name {
					case "metric":
						return m.ID
					case "of":
						return of
					}
					return asked[name]
				}
				x, errX := a[route](t.Context(), v)
				y, errY := b[route](t.Context(), v)
				if errX == nil {
					answered++
				}
				same(t, route+" of "+of+" of "+m.ID, figures(t, ask(x, errX)), figures(t, ask(y, errY)))
			}
		}
	}
	if answered < 2*len(declared) {
		t.Errorf("%d answers about %d metrics: the figures are too few to tell", answered, len(declared))
	}
}

// figures are an answer without where its figures were read: citation, file, row and version.
func figures(t *testing.T, answer any) any {
	t.Helper()
	raw, err := json.Marshal(answer)
	must(t, err)
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	must(t, d.Decode(&v))
	var strip func(any)
	strip = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, key := range []string{"citation", "version", "file", "row"} {
				delete(v, key)
			}
			for _, child := range v {
				strip(child)
			}
		case []any:
			for _, child := range v {
				strip(child)
			}
		}
	}
	strip(v)
	return v
}
