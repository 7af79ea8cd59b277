package content

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// manifest is what the library holds of one source. It is one file, replaced by rename, so a reader sees the source
// either as it was or as it is.
type manifest struct {
	Source   SourceConfig             `json:"source"`
	Version  string                   `json:"version"`
	Reports  map[string]reportFile    `json:"reports"` // by path
	Images   map[string]keptImage     `json:"images"`  // by path
	SetAside []SetAside               `json:"set_aside"`
	Index    map[string]Listing       `json:"index,omitempty"`   // by normalised name of the report
	Aliases  map[string]string        `json:"aliases,omitempty"` // earlier slug of a renamed file to its slug
	History  map[string][]RevisionRef `json:"history,omitempty"` // by slug, oldest first
}

type reportFile struct {
	blob
	Slug     string    `json:"slug"`
	Added    time.Time `json:"added,omitzero"`
	Previous string    `json:"previous,omitempty"` // key of the parse whose anchors this one takes over
	Key      string    `json:"key"`                // of the parse
}

type keptImage struct {
	blob
	Type   string `json:"type"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// blob is a file kept by its content.
type blob struct {
	Hash    string    `json:"hash"`
	Size    int64     `json:"size"`
	ModTime time.Time `json:"mtime,omitzero"`
}

// RevisionRef is one state of a report's file.
type RevisionRef struct {
	Hash    string    `json:"hash"`
	Version string    `json:"version"`
	Time    time.Time `json:"time"` // when the library took it in
}

const manifestName = "manifest.json"

var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

func readManifest(file string) (*manifest, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m := &manifest{}
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("%s is damaged; ingest the source again to replace it: %w", file, err)
	}
	return m, nil
}

// writeFile replaces a file by one that is complete: written beside it, synced, renamed.
func writeFile(file string, b []byte) error { return replaceFile(file, b, true) }

// replaceFile is writeFile; without durable it leaves the syncing out, for what can be made again.
func replaceFile(file string, b []byte, durable bool) (err error) {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".tmp-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	if _, err = f.Write(b); err != nil {
		return err
	}
	if durable {
		if err = f.Sync(); err != nil {
			return err
		}
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Chmod(f.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// keepBlob stores content under its hash, unless it is there already.
func keepBlob(dir string, b []byte) (string, error) {
	sum := sha256.Sum256(b)
	hash := hex.EncodeToString(sum[:])
	file := blobPath(dir, hash)
	if info, err := os.Stat(file); err == nil && info.Size() == int64(len(b)) {
		return hash, nil
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return hash, replaceFile(file, b, false)
}

// readBlob reads content back and checks that it is what was kept.
func readBlob(dir, hash string) ([]byte, error) {
	b, err := os.ReadFile(blobPath(dir, hash))
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != hash {
		return nil, fmt.Errorf("%s is damaged; remove it and ingest the source again", blobPath(dir, hash))
	}
	return b, nil
}

func blobPath(dir, hash string) string {
	return filepath.Join(dir, "blobs", hash[:2], hash)
}
