package mirror

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// place is an address in a language, and by that a file of the copy.
type place struct {
	address string // path, with its query where it has one
	lang    string
}

// file is where a place is kept, relative to the copy. A page is the index of a folder of its name, so that a page and
// what lies below it don't collide; styles, images and other files are kept once for both languages.
func (p place) file() string {
	name, query, _ := strings.Cut(p.address, "?")
	if unescaped, err := url.PathUnescape(name); err == nil {
		name = unescaped
	}
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	ext := path.Ext(name)
	switch {
	case shared("/" + name):
		return name
	case strings.HasPrefix(name, "api/") && ext == "":
		ext = ".json"
		name += "."
	case !data(ext):
		return path.Join(p.tree(), name, folderOf(query), "index.html")
	}
	stem := strings.TrimSuffix(strings.TrimSuffix(name, ext), ".")
	if query != "" {
		stem += "--" + folderOf(query)
	}
	return path.Join(p.tree(), stem+ext)
}

// tree is the folder of a language.
func (p place) tree() string {
	if p.lang == languages()[0] {
		return ""
	}
	return p.lang
}

// shared reports whether an address answers alike in every language.
func shared(name string) bool {
	return strings.HasPrefix(name, "/assets/") || strings.HasPrefix(name, "/files/") || name == "/favicon.ico"
}

// data reports whether an extension is of a form of an answer that is not a page.
func data(ext string) bool {
	switch ext {
	case ".csv", ".json", ".svg", ".txt", ".parquet":
		return true
	}
	return false
}

// folderOf makes a name of a query: as it reads where it is short, else a hash.
func folderOf(query string) string {
	if query == "" {
		return ""
	}
	readable := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, strings.ToLower(query))
	if len(readable) <= 60 && !strings.Contains(query, "%") {
		return readable
	}
	sum := sha256.Sum256([]byte(query))
	return hex.EncodeToString(sum[:8])
}

// link is the relative address of a file of the copy as seen from another.
func link(from, to string) string {
	relative, err := filepath.Rel(path.Dir(from), to)
	if err != nil {
		return to // both are relative to the copy, so there is always a way
	}
	return (&url.URL{Path: filepath.ToSlash(relative)}).String()
}
