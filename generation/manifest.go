// Package generation takes a data directory's library and search index from the process that ingests to those that answer,
// through a bucket: a folder, or anything that speaks S3.
//
// In the bucket, generations/N.json lists the files of generation N, and blobs/SHA256 are their contents. A generation is
// published by creating its list, once everything it lists is there; a list is never changed, and the highest number is the
// current one. There is no pointer that could be set back, and of two that publish after the same generation one fails.
package generation

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// Manifest lists what a generation is made of.
type Manifest struct {
	Number    int64     `json:"generation"`
	Publisher string    `json:"publisher"` // the data directory it was published from
	CreatedAt time.Time `json:"created_at"`
	Files     []File    `json:"files"` // by name
	Sum       string    `json:"sum"`   // SHA-256 of everything above
}

// File is one file of a data directory.
type File struct {
	Name   string `json:"name"` // slash-separated, within the data directory
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// ErrDamaged says that what the bucket holds is not what was published.
var ErrDamaged = errors.New("damaged")

// sum is the SHA-256 of what the manifest says.
func (m *Manifest) sum() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %s %d\n", m.Number, m.Publisher, m.CreatedAt.UnixNano())
	for _, f := range m.Files {
		fmt.Fprintf(h, "%s %d %s\n", f.SHA256, f.Size, f.Name)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (m *Manifest) encode() ([]byte, error) {
	m.Sum = m.sum()
	return json.Marshal(m)
}

// decode reads the manifest of generation number. One that names a file outside of library and index, or that isn't what was
// written, is [ErrDamaged].
func decode(number int64, b []byte) (*Manifest, error) {
	m := &Manifest{}
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("generation %d: %w: %w", number, ErrDamaged, err)
	}
	if m.Number != number || m.Sum != m.sum() {
		return nil, fmt.Errorf("generation %d: %w: its manifest is not as it was written", number, ErrDamaged)
	}
	for _, f := range m.Files {
		if !fs.ValidPath(f.Name) || !published(f.Name) || len(f.SHA256) != hex.EncodedLen(sha256.Size) || strings.Trim(f.SHA256, "0123456789abcdef") != "" || f.Size < 0 {
			return nil, fmt.Errorf("generation %d: %w: it lists %q", number, ErrDamaged, f.Name)
		}
	}
	return m, nil
}

// index finds files by name.
func (m *Manifest) index() map[string]File {
	byName := map[string]File{}
	if m != nil {
		for _, f := range m.Files {
			byName[f.Name] = f
		}
	}
	return byName
}

// has reports whether the manifest lists exactly these files.
func (m *Manifest) has(files []File) bool { return m != nil && slices.Equal(m.Files, files) }

func byName(a, b File) int { return cmp.Compare(a.Name, b.Name) }
