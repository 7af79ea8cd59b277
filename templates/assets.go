package templates

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
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

func loadAssets(chartCSS string) (*assets, error) {
	a := &assets{byName: map[string]Asset{}}
	sum := sha256.New()
	err := fs.WalkDir(assetFiles, "assets", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := assetFiles.ReadFile(name)
		if err != nil {
			return err
		}
		if path.Ext(name) == ".css" {
			if body, err = joinRanges(comments.ReplaceAll(body, nil)); err != nil {
				return fmt.Errorf("asset %s: %w", name, err)
			}
		}
		short := strings.TrimPrefix(name, "assets/")
		fmt.Fprintf(sum, "%s %d\n", short, len(body))
		sum.Write(body)
		a.byName[short] = Asset{Type: assetType(short), Body: body}
		return nil
	})
	a.byName["chart.css"] = Asset{Type: assetType("chart.css"), Body: []byte(chartCSS)}
	sum.Write([]byte(chartCSS))
	a.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	return a, err
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
