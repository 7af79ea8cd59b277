package templates

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"regexp"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// Asset is a style sheet, script, font or picture of the interface.
type Asset struct {
	Type string
	Body []byte
}

// assets are addressed under one hash of them all, so that they can be kept for good and still refer to each other by
// relative address.
type assets struct {
	hash   string
	byName map[string]Asset
}

// comments of a style sheet are for who reads the source, not for who reads the page.
var comments = regexp.MustCompile(`(?s)\s*/\*.*?\*/`)

// sheets are the parts of scalebook.css in the order of the cascade: what later ones say of an element holds.
func sheets() []string {
	return []string{"tokens", "base", "frame", "chart", "table", "home", "report", "prose", "metric", "search", "controls", "lists", "narrow", "print"}
}

var (
	// rule is one rule of a sheet, media queries left aside.
	rule = regexp.MustCompile(`([^{};@]+)\{([^{}]*)\}`)
	// driven are the states that a reader's hand brings about, and the classes that /design shows them by.
	driven = strings.NewReplacer(":hover", ".is-hover", ":focus-visible", ".is-focus")
)

// states are the rules of a sheet for what is pointed at or has the focus, once more for classes: the page of components
// shows each state at rest, and as the sheet has it.
func states(sheet []byte) []byte {
	var out []byte
	for _, r := range rule.FindAllSubmatch(sheet, -1) {
		var shown []string
		for selector := range strings.SplitSeq(string(r[1]), ",") {
			if to := driven.Replace(selector); to != selector {
				shown = append(shown, strings.TrimSpace(to))
			}
		}
		if shown != nil {
			out = fmt.Appendf(out, "%s {%s}\n", strings.Join(shown, ", "), r[2])
		}
	}
	return out
}

func loadAssets(chartCSS string) (*assets, error) {
	var style []byte
	for _, name := range sheets() {
		sheet, err := assetFiles.ReadFile("assets/style/" + name + ".css")
		if err != nil {
			return nil, fmt.Errorf("style sheet: %w", err)
		}
		style = append(style, sheet...)
	}
	a := &assets{byName: map[string]Asset{}}
	sum := sha256.New()
	add := func(name string, body []byte) error {
		if path.Ext(name) == ".css" {
			var err error
			if body, err = joinRanges(comments.ReplaceAll(body, nil)); err != nil {
				return fmt.Errorf("asset %s: %w", name, err)
			}
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(body))
		sum.Write(body)
		a.byName[name] = Asset{Type: assetType(name), Body: body}
		return nil
	}
	err := fs.WalkDir(assetFiles, "assets", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == "assets/style":
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		body, err := assetFiles.ReadFile(name)
		if err != nil {
			return err
		}
		return add(strings.TrimPrefix(name, "assets/"), body)
	})
	if err := errors.Join(err, add("scalebook.css", style), add("states.css", states(comments.ReplaceAll(style, nil))), add("chart.css", []byte(chartCSS))); err != nil {
		return nil, err
	}
	a.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	return a, nil
}

// assetType does not ask the system's table of types, which differs between machines.
func assetType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}

func (a *assets) url(name string) (string, error) {
	if _, ok := a.byName[name]; !ok {
		return "", fmt.Errorf("asset %s: not found", name)
	}
	return "/assets/" + a.hash + "/" + name, nil
}

// Asset returns what is at /assets/HASH/NAME. current is false for a hash of another version of the program, whose answer
// must not be kept.
func (e *Engine) Asset(hash, name string) (asset Asset, current, ok bool) {
	asset, ok = e.assets.byName[name]
	return asset, hash == e.assets.hash, ok
}
