package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/content/contenttest"
)

// reportWords is the length of each synthetic report in a library.
const reportWords = 5_000

// hugoVersion is of the static site generator that the library is held against.
const hugoVersion = "v0.155.3"

// hugoConfig leaves out what is no page of a report.
const hugoConfig = `baseURL = "https://example.org/"
languageCode = "ko"
title = "reports"
disableKinds = ["taxonomy", "term", "rss", "sitemap", "404"]
`

// hugoLayouts set a report and the list of them.
var hugoLayouts = map[string]string{
	"page.html": "<!doctype html><html lang=\"ko\"><title>{{ .Title }}</title><body><h1>{{ .Title }}</h1>{{ .TableOfContents }}{{ .Content }}</body></html>\n",
	"home.html": "<!doctype html><html lang=\"ko\"><title>{{ .Title }}</title><body>{{ range .Site.RegularPages }}<a href=\"{{ .RelPermalink }}\">{{ .Title }}</a>{{ end }}</body></html>\n",
}

// library builds a library of reports, takes in one that has changed, opens and indexes it, beside Hugo building a site of the same
// files: it has no other way to take in a change than to build. Then the program takes the same files in.
func library(ctx context.Context, cfg config) ([]Result, error) {
	cache, err := peerCache()
	if err != nil {
		return nil, err
	}
	hugo, err := installHugo(ctx, cache)
	if err != nil {
		return nil, err
	}
	var results []Result
	for _, n := range cfg.reports {
		r, err := libraryOf(ctx, cfg.binary, hugo, n)
		results = append(results, r...)
		if err != nil {
			return results, fmt.Errorf("%d reports: %w", n, err)
		}
	}
	return results, nil
}

// installHugo returns the path of Hugo, which is built once.
func installHugo(ctx context.Context, cache string) (string, error) {
	folder, err := filepath.Abs(filepath.Join(cache, "hugo-"+hugoVersion))
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "hugo")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return path, quiet(ctx, "", "env", "CGO_ENABLED=0", "GOBIN="+folder, "go", "install", "github.com/gohugoio/hugo@"+hugoVersion)
}

func libraryOf(ctx context.Context, binary, hugo string, n int) ([]Result, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	site := filepath.Join(dir, "site")
	reports := filepath.Join(site, "content")
	if err := writeSite(site); err != nil {
		return nil, err
	}
	if err := contenttest.WriteReports(reports, n, reportWords); err != nil {
		return nil, err
	}
	build := func() (float64, error) { // seconds
		began := time.Now()
		err := quiet(ctx, site, hugo, "build", "--quiet")
		took := time.Since(began).Seconds()
		if err != nil {
			return 0, err
		}
		pages, err := filepath.Glob(filepath.Join(site, "public", "r*", "index.html"))
		if err == nil && len(pages) != n {
			err = fmt.Errorf("hugo wrote %d pages of %d reports", len(pages), n)
		}
		return took, err
	}
	l, err := content.Open(content.LibraryConfig{Dir: filepath.Join(dir, "library")})
	if err != nil {
		return nil, err
	}
	sync := func() (float64, error) {
		began := time.Now()
		_, err := l.Sync(ctx, content.SourceConfig{Name: "bench", Public: true}, os.DirFS(reports), "")
		return time.Since(began).Seconds(), err
	}
	what := func(what string) Result {
		return Result{Case: fmt.Sprintf("%d reports, %s", n, what), Measure: "time", Unit: "s", Peer: "Hugo"}
	}
	all := pair{Result: what("built anew")}
	if err := both(&all, sync, build); err != nil {
		return nil, err
	}
	one := pair{Result: what("one changed")}
	for i := range 3 {
		if err := appendTo(filepath.Join(reports, "r00001.md"), fmt.Sprintf("\n바뀐 문단 %d이다.\n", i)); err != nil {
			return nil, err
		}
		if err := both(&one, sync, build); err != nil {
			return nil, err
		}
	}
	opened := pair{Result: Result{Case: fmt.Sprintf("%d reports, opened", n), Measure: "time", Unit: "s"}}
	for range 3 {
		began := time.Now()
		if _, err := content.Open(content.LibraryConfig{Dir: filepath.Join(dir, "library")}); err != nil {
			return nil, err
		}
		opened.add(time.Since(began).Seconds(), 0)
	}
	results := []Result{all.result(), one.result(), opened.result()}
	until, err := found(ctx, dir, reports, n)
	results = append(results, until...)
	if err != nil {
		return results, err
	}
	commanded, err := byCommand(ctx, binary, dir, reports, n)
	return append(results, commanded...), err
}

// both measures ours, then theirs.
func both(p *pair, ours, theirs func() (float64, error)) error {
	a, err := ours()
	if err != nil {
		return err
	}
	b, err := theirs()
	p.add(a, b)
	return err
}

// writeSite writes a site for Hugo that has no page yet.
func writeSite(site string) error {
	layouts := filepath.Join(site, "layouts")
	err := errors.Join(os.MkdirAll(filepath.Join(site, "content"), 0o755), os.MkdirAll(layouts, 0o755),
		os.WriteFile(filepath.Join(site, "hugo.toml"), []byte(hugoConfig), 0o644))
	for name, text := range hugoLayouts {
		err = errors.Join(err, os.WriteFile(filepath.Join(layouts, name), []byte(text), 0o644))
	}
	return err
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
