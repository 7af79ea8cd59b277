package content

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// parserVersion is part of the key of every kept parse. Raise it with each change of what Parse makes of a file.
const parserVersion = "16"

// Parser names the way that files become reports. A library that was made another way is made anew by Sync.
func (l *Library) Parser() string { return parserVersion }

// head is what the library keeps in memory of a report: all but its text.
type head struct {
	Report
	Glosses   []string // keys of the glosses of its candidates for terms, sorted
	Signature minhash
	Sought    sought `json:"-"`
}

// body is the rest.
type body struct {
	Sections []Section
	Passages []Passage
	Notes    string
}

// slim returns a head without the text of its report, for keeping by the thousand.
func (h *head) slim() *head {
	s := *h
	s.Sections, s.Passages, s.Notes, s.HTML = nil, nil, "", ""
	return &s
}

// parseKey names the parse of a file: everything that Parse looks at, with the key of the parse whose anchors it keeps.
func parseKey(f reportFile, cfg ParseConfig) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s\x00%s\x00%s\x00%s\x00%d\x00%d\x00%v\x00%s",
		parserVersion, f.Hash, cfg.Source, cfg.Path, cfg.Index.Title, cfg.Index.Summary, cfg.License, cfg.Index.Date.Unix(), cfg.Date.Unix(), cfg.Private, f.Previous))
	return hex.EncodeToString(sum[:16])
}

// parseStore keeps the results of Parse as files of three lines of JSON: head, candidates of terms, and body.
type parseStore struct{ dir string }

func (s parseStore) path(key string) string { return filepath.Join(s.dir, key[:2], key+".json") }

// put keeps a parse. It can be made again, so unlike a manifest it is not synced to disk; a torn file is found by get.
func (s parseStore) put(key string, h *head, cs []termCandidate) error {
	b := body{h.Sections, h.Passages, h.Notes}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := errors.Join(enc.Encode(h.slim()), enc.Encode(cs), enc.Encode(b)); err != nil {
		return err
	}
	return replaceFile(s.path(key), buf.Bytes(), false)
}

// head reads a parse without its text. It reports false for one that isn't there or is damaged.
func (s parseStore) head(key string) (*head, bool) {
	f, err := os.Open(s.path(key))
	if err != nil {
		return nil, false
	}
	defer f.Close()
	line, err := bufio.NewReaderSize(f, 16<<10).ReadBytes('\n')
	if err != nil {
		return nil, false
	}
	h := &head{}
	if err := json.Unmarshal(line, h); err != nil {
		return nil, false
	}
	h.Sought = soughtBy(&h.Report)
	h.clip()
	return h, true
}

// clip lets go of the room to grow that decoding leaves in lists, which is nearly half of what a head takes up.
func (h *head) clip() {
	h.Glosses, h.Links, h.Figures, h.Lint = exact(h.Glosses), exact(h.Links), exact(h.Figures), exact(h.Lint)
}

func exact[T any](s []T) []T {
	if len(s) == cap(s) {
		return s
	}
	return append(make([]T, 0, len(s)), s...)
}

// candidates reads those of a parse alone. It reports false for one that isn't there or is damaged.
func (s parseStore) candidates(key string) ([]termCandidate, bool) {
	f, err := os.Open(s.path(key))
	if err != nil {
		return nil, false
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 32<<10)
	for {
		_, more, err := r.ReadLine()
		if err != nil {
			return nil, false
		}
		if !more {
			break
		}
	}
	line, err := r.ReadBytes('\n')
	if err != nil {
		return nil, false
	}
	var cs []termCandidate
	return cs, json.Unmarshal(line, &cs) == nil
}

// full reads a whole parse.
func (s parseStore) full(key string) (*head, error) {
	b, err := os.ReadFile(s.path(key))
	if err != nil {
		return nil, err
	}
	lines := bytes.SplitN(b, []byte("\n"), 3)
	h, t := &head{}, body{}
	if len(lines) < 3 {
		return nil, fs.ErrNotExist
	}
	if err := errors.Join(json.Unmarshal(lines[0], h), json.Unmarshal(lines[2], &t)); err != nil {
		return nil, err
	}
	h.Sections, h.Passages, h.Notes = t.Sections, t.Passages, t.Notes
	return h, nil
}
