package ingesttest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/scalebook/scalebook/content/data"
	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Recorder is a sink that writes down, a line each, what a connector hands to it.
type Recorder struct{ Lines []string }

func (r *Recorder) add(format string, args ...any) error {
	r.Lines = append(r.Lines, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	return nil
}

// Metric implements [ingest.Sink].
func (r *Recorder) Metric(m metrics.Metric) error {
	return r.add("metric %s kind=%s unit=%q scale=%s direction=%s", m.ID, m.Kind, m.Unit, m.Scale, m.Direction)
}

// Subject implements [ingest.Sink].
func (r *Recorder) Subject(s metrics.Subject) error {
	line := "subject " + s.ID
	for _, f := range [][2]string{{"name", s.Name}, {"kind", s.Kind}, {"organization", s.Organization}, {"country", s.Country},
		{"access", s.Access}, {"family", s.Family}} {
		if f[1] != "" {
			line += fmt.Sprintf(" %s=%q", f[0], f[1])
		}
	}
	if !s.Released.IsZero() {
		line += " released=" + s.Released.Format(time.DateOnly)
	}
	return r.add("%s", line)
}

// Observe implements [ingest.Sink].
func (r *Recorder) Observe(o metrics.Observation) error {
	line := fmt.Sprintf("%s:%d %s %s %s = %v", o.Source.File, o.Source.Row, o.Time.Format(time.RFC3339), o.Metric, o.Subject, o.Value)
	if o.Low.Known || o.High.Known {
		line += fmt.Sprintf(" [%v %v] %s", o.Low.Value, o.High.Value, o.Interval)
	}
	if o.Setting != "" {
		line += fmt.Sprintf(" setting=%q", o.Setting)
	}
	if o.Withdrawn {
		line += " withdrawn"
	}
	return r.add("%s name=%q source=%q %s", line, o.Name, o.Source.Name, o.Source.URL)
}

// Quarantine implements [ingest.Sink].
func (r *Recorder) Quarantine(q ingest.Rejected) error {
	how := "broken"
	if q.Tolerated {
		how = "aside"
	}
	return r.add("%s %s value=%q", how, q, q.Value)
}

// Input returns what a connector is given to read files, with the bundled catalogue and identity.
func Input(t testing.TB, files fs.FS) ingest.Input {
	t.Helper()
	catalogue, err := ingest.ReadCatalogue(data.Files(), "metrics.yaml")
	if err != nil {
		t.Fatal(err)
	}
	identity, err := ingest.NewIdentity(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	return ingest.Input{Name: "test", Files: files, Location: "test", Identity: identity, Catalogue: catalogue}
}

// Golden reads each folder testdata/NAME with the connector and compares what it found with the file testdata/NAME.golden.
// An error of Read is the last line.
func Golden(t *testing.T, connector ingest.Connector) {
	folders, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if !folder.IsDir() || folder.Name() == "fuzz" {
			continue
		}
		t.Run(folder.Name(), func(t *testing.T) {
			path := filepath.Join("testdata", folder.Name())
			var r Recorder
			if err := connector.Read(t.Context(), Input(t, os.DirFS(path)), &r); err != nil {
				r.Lines = append(r.Lines, "error "+err.Error())
			}
			got := strings.Join(r.Lines, "\n") + "\n"
			SameFile(t, path+".golden", got)
		})
	}
}

// Forms ingests the folder as it is, as a zip, as a tarball and from an address, and checks that each form makes the same
// ledger, twice over.
func Forms(t *testing.T, connector ingest.Connector, folder string) {
	t.Helper()
	zipped, tarred := filepath.Join(t.TempDir(), "upstream.zip"), filepath.Join(t.TempDir(), "upstream.tar.gz")
	Zip(t, zipped, folder)
	Tarball(t, tarred, folder)
	server := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(zipped))))
	t.Cleanup(server.Close)
	locations := []string{folder, zipped, tarred, server.URL + "/upstream.zip"}
	if files, err := os.ReadDir(folder); err == nil && len(files) == 1 && !files[0].IsDir() {
		locations = append(locations, filepath.Join(folder, files[0].Name()))
	}
	var want string
	for _, location := range locations {
		b := New(t, connector)
		job := ingest.Job{Name: connector.Kind(), Kind: connector.Kind(), Location: location}
		o := b.Ingest(t, job)
		if o.Added == 0 {
			t.Errorf("%s: %s", filepath.Base(location), o.Summary())
		}
		if again := b.Ingest(t, job); again.Result != ingest.Unchanged {
			t.Errorf("%s, again: %s", filepath.Base(location), again.Summary())
		}
		state, err := b.Ledger.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			want = state.ID
		}
		if state.ID != want {
			t.Errorf("%s makes another ledger than the folder", filepath.Base(location))
		}
	}
}

// Zip writes a folder as a zip archive.
func Zip(t testing.TB, path, folder string) {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	err := z.AddFS(os.DirFS(folder))
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	Write(t, path, buf.String())
}

// Tarball writes a folder as a compressed tarball.
func Tarball(t testing.TB, path, folder string) {
	t.Helper()
	var buf bytes.Buffer
	g := gzip.NewWriter(&buf)
	w := tar.NewWriter(g)
	err := w.AddFS(os.DirFS(folder))
	for _, close := range []func() error{w.Close, g.Close} {
		if err == nil {
			err = close()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	Write(t, path, buf.String())
}

// Fuzz feeds bytes to a connector as a file of the fixture testdata/upstream. Whatever they are, what the connector hands on
// says where it comes from, what it sets aside says why, and it doesn't panic.
func Fuzz(f *testing.F, connector ingest.Connector, name string) {
	fixture := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(filepath.Join("testdata", "upstream")), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join("testdata", "upstream", path))
		fixture[path] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(fixture[name].Data)
	in := Input(f, nil)
	f.Fuzz(func(t *testing.T, text []byte) {
		files := maps.Clone(fixture)
		files[name] = &fstest.MapFile{Data: text}
		in := in
		in.Files = files
		// An error is fine, a panic is not.
		_ = connector.Read(context.Background(), in, &validating{t: t})
	})
}
