package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
)

// dataPackage is datapackage.json (Frictionless Data Package 1), as much as scalebook has to say.
type dataPackage struct {
	Profile     string           `json:"profile"`
	Name        string           `json:"name"`
	Title       string           `json:"title"`
	Description string           `json:"description"`
	Version     string           `json:"version"` // revision of the data
	Resources   []packageTable   `json:"resources"`
	Licenses    []packageLicense `json:"licenses,omitempty"`
}

type packageTable struct {
	Profile   string           `json:"profile"`
	Name      string           `json:"name"`
	Title     string           `json:"title"`
	Path      string           `json:"path"`
	Format    string           `json:"format"`
	MediaType string           `json:"mediatype"`
	Encoding  string           `json:"encoding"`
	Bytes     int              `json:"bytes"`
	Hash      string           `json:"hash"`
	Schema    packageSchema    `json:"schema"`
	Licenses  []packageLicense `json:"licenses,omitempty"`
	Sources   []packageSource  `json:"sources,omitempty"`
}

type packageSchema struct {
	Fields        []packageField `json:"fields"`
	MissingValues []string       `json:"missingValues"`
}

type packageField struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

type packageLicense struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

type packageSource struct {
	Title string `json:"title"`
	Path  string `json:"path,omitempty"`
}

// packaged is a data package with the content of its files.
type packaged struct {
	description dataPackage
	files       map[string][]byte
	leftOut     []string // what nothing says may be passed on
}

// writePackage writes everything that may be passed on to a folder, which must be empty or new, or to a .zip file.
func (p Program) writePackage(ctx context.Context, s *settings, target string) error {
	w, err := openWorkspace(ctx, s)
	if err != nil {
		return err
	}
	defer w.Close()
	all, err := packageAll(ctx, w.ledger, w.library)
	if err != nil {
		return err
	}
	for _, name := range all.leftOut {
		fmt.Fprintln(p.Stderr, "scalebook: left out, since nothing says that it may be passed on:", name)
	}
	if strings.EqualFold(filepath.Ext(target), ".zip") {
		err = all.writeZip(target)
	} else {
		err = all.writeFolder(target)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "%d tables in %s, data revision %s\n", len(all.description.Resources), target, all.description.Version)
	return nil
}

// packageAll gathers the catalogue, the subjects, the metadata of reports and every metric's observations. A metric without
// a licence and a report that is not public are left out.
func packageAll(ctx context.Context, ledger metrics.Ledger, library *content.Library) (packaged, error) {
	state, err := ledger.State(ctx)
	if err != nil {
		return packaged{}, err
	}
	engine := query.New(query.Config{Ledger: ledger})
	out := packaged{files: map[string][]byte{}, description: dataPackage{Profile: "tabular-data-package", Name: "scalebook", Title: "scalebook",
		Description: "Measurements on how AI scales and the catalogue of reports about them. Each table has the licence of its source.", Version: query.ShortRevision(state.ID)}}
	catalogue, err := engine.Metrics(ctx)
	if err != nil {
		return out, err
	}
	ours := metrics.Reference{Name: "scalebook", License: "CC BY 4.0"}
	out.add("metrics", "Catalogue of metrics", ours, catalogue.Table())
	subjects, err := engine.Subjects(ctx, "")
	if err != nil {
		return out, err
	}
	out.add("subjects", "Models, chips, processors, sites", ours, subjects.Table())
	var reports query.ReportList
	for _, r := range library.Reports() {
		if !r.Public {
			out.leftOut = append(out.leftOut, "report "+r.Slug)
			continue
		}
		summary := query.ReportSummary{Slug: r.Slug, Title: r.Title, Lang: r.Lang, Summary: r.Summary, Minutes: r.Minutes(), TranslationOf: r.TranslationOf, Source: r.Source}
		if !r.Date.IsZero() {
			summary.Date = &query.Moment{Time: r.Date}
		}
		reports.Reports = append(reports.Reports, summary)
	}
	out.add("reports", "Metadata of reports", ours, reports.Table())
	for _, m := range catalogue.Metrics {
		if m.Source.License == "" {
			out.leftOut = append(out.leftOut, "metric "+m.ID)
			continue
		}
		series, err := engine.Series(ctx, query.Filter{Metric: m.ID})
		if err != nil {
			return out, err
		}
		out.add("observations/"+m.ID, m.Title.In("en"), m.Source, series.Table())
	}
	return out, nil
}

// packageTypes are the types of columns, by name, that are not strings.
var packageTypes = map[string]string{"time": "datetime", "recorded_at": "datetime", "released": "datetime", "date": "datetime",
	"value": "number", "low": "number", "high": "number", "floor": "number", "ceiling": "number", "observations": "integer", "minutes": "integer"}

// Characters that names in a data package can't have.
var (
	notInNames    = regexp.MustCompile(`[^-a-z0-9._]+`)
	notInLicences = regexp.MustCompile(`[^-a-zA-Z0-9._]+`)
)

// add writes a table without a byte order mark, which programs would take for a part of the first column's name, and with
// whole times, so that a column is of one type.
func (p *packaged) add(file, title string, source metrics.Reference, t query.Table) {
	table := packageTable{Profile: "tabular-data-resource", Name: notInNames.ReplaceAllString(strings.ToLower(path.Base(file)), "-"), Title: title, Path: file + ".csv",
		Format: "csv", MediaType: "text/csv", Encoding: "utf-8", Schema: packageSchema{MissingValues: []string{""}}}
	for i, name := range t.Header {
		kind, ok := packageTypes[name]
		if !ok {
			kind = "string"
		}
		table.Schema.Fields = append(table.Schema.Fields, packageField{name, kind})
		if kind != "datetime" {
			continue
		}
		for _, row := range t.Rows {
			if at, err := query.ParseTime(row[i]); err == nil {
				row[i] = at.Format(time.RFC3339)
			}
		}
	}
	if source.License != "" {
		name := strings.Trim(notInLicences.ReplaceAllString(source.License, "-"), "-")
		table.Licenses = []packageLicense{{Name: name, Title: source.License}}
	}
	if source.Name != "" {
		table.Sources = []packageSource{{Title: source.Name, Path: source.URL}}
	}
	body := bytes.TrimPrefix(t.CSV(), []byte("\ufeff"))
	sum := sha256.Sum256(body)
	table.Bytes, table.Hash = len(body), "sha256:"+hex.EncodeToString(sum[:])
	p.files[table.Path] = body
	p.description.Resources = append(p.description.Resources, table)
}

// each calls write with every file, datapackage.json last, so that a package that has it is whole.
func (p *packaged) each(write func(name string, body []byte) error) error {
	for _, table := range p.description.Resources {
		if err := write(table.Path, p.files[table.Path]); err != nil {
			return err
		}
	}
	description, err := json.MarshalIndent(p.description, "", "  ")
	if err != nil {
		return err
	}
	return write("datapackage.json", append(description, '\n'))
}

func (p *packaged) writeFolder(dir string) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty", dir)
	}
	return p.each(func(name string, body []byte) error {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("%s: %w", filepath.Dir(file), cause(err))
		}
		return os.WriteFile(file, body, 0o644)
	})
}

func (p *packaged) writeZip(file string) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, cause(err))
	}
	archive := zip.NewWriter(f)
	defer func() { err = errors.Join(err, archive.Close(), f.Close()) }()
	return p.each(func(name string, body []byte) error {
		w, err := archive.Create(name)
		if err != nil {
			return err
		}
		_, err = w.Write(body)
		return err
	})
}
