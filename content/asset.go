package content

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// Asset is an image of a report.
type Asset struct {
	File   string // on disk
	Type   string // media type, from the content
	Size   int64
	Hash   string // SHA-256, in hexadecimal: changes when the content does
	Public bool   // as of its source
}

// Asset finds an image by the part of its address after the prefix, "source/path", unescaped. It only ever finds files
// that a source brought as images; anything else is an error that wraps [fs.ErrNotExist].
func (l *Library) Asset(name string) (Asset, error) {
	source, file, _ := strings.Cut(name, "/")
	if m := l.state.Load().manifest(source); m != nil {
		if img, ok := m.of(file).Images[file]; ok {
			return Asset{
				File: blobPath(filepath.Join(l.cfg.Dir, source), img.Hash), Type: img.Type, Size: img.Size, Hash: img.Hash, Public: m.Source.Public,
			}, nil
		}
	}
	return Asset{}, fmt.Errorf("image %q: %w", name, fs.ErrNotExist)
}

// Source is a source of the library as its pages name it.
type Source struct {
	SourceConfig
	Version  string
	Reports  int
	SetAside []SetAside
}

// Sources returns the library's sources by name.
func (l *Library) Sources() []Source {
	var out []Source
	for _, m := range l.state.Load().manifests {
		out = append(out, Source{m.Source, m.Version, m.count(func(p *part) int { return len(p.Reports) }), m.setAsideList()})
	}
	return out
}
