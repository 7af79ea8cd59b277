package content

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ErrEncoding says that a file is not UTF-8.
var ErrEncoding = errors.New("not UTF-8")

// ParseConfig says what is known of a file besides its bytes.
type ParseConfig struct {
	Source   string    // name of the source, as in Report.Source
	Path     string    // slash-separated, within the source
	Resolver Resolver  // where links and images lead; nil leaves them as written
	Skip     []string  // names of repair passes to leave out; see Passes
	Index    Listing   // what the source's index page says of the file
	Date     time.Time // when the file was first committed, for a file that nothing else dates
	Previous []Passage // passages of the file's previous revision: those that only changed a little keep their anchors
	Private  bool      // the source is not public
	License  string    // of the source, for a file that names none
}

// Listing is what an index page (README) says of a report.
type Listing struct {
	Title   string
	Date    time.Time
	Summary string
}

// Parse turns one markdown file into a report: repaired, rendered to sanitised HTML, cut into sections and passages.
//
// Text that is not UTF-8 is an error that wraps [ErrEncoding] and names file and byte offset; front matter that is not
// YAML is a lint of the report and its lines are left out. Any other input gives a report.
func Parse(src []byte, cfg ParseConfig) (*Report, error) {
	r, err := parse(src, cfg)
	if err != nil {
		return nil, err
	}
	return resolve(r, cfg.Resolver), nil
}

// parse does everything that depends on one file alone, so that its result can be kept. Links and images in the HTML are
// references into Links and Figures until resolve puts in where they lead.
func parse(src []byte, cfg ParseConfig) (*Report, error) {
	sum := sha256.Sum256(src)
	text, err := decode(src, cfg.Path)
	if err != nil {
		return nil, err
	}
	r := &Report{
		Slug: Slug(cfg.Path), Source: cfg.Source, Path: cfg.Path, License: cfg.License,
		Public: !cfg.Private, Revision: hex.EncodeToString(sum[:]),
	}
	meta, body, first := frontMatter(text, r)
	s := newSource(body, first, r, cfg.Skip)
	s.repair()

	d := newDocument(s, r)
	d.named = meta.Title
	d.repair(cfg.Skip)
	settle(r, meta, cfg, d)
	d.anchor(cfg.Previous)
	if err := d.render(); err != nil {
		return nil, fmt.Errorf("render %s: %w", cfg.Path, err)
	}
	if r.Summary == "" && !cfg.Private {
		r.Summary = firstSentences(r.Passages, 200)
		r.Excerpt = r.Summary != ""
	}
	countWords(r)
	return r, nil
}

// decode checks and normalises text: no byte order mark, lines ending in \n, NFC, no NUL.
func decode(src []byte, file string) ([]byte, error) {
	src = bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(src) {
		for i := 0; i < len(src); {
			c, n := utf8.DecodeRune(src[i:])
			if c == utf8.RuneError && n == 1 {
				return nil, fmt.Errorf("%s: byte offset %d (0x%02x): %w", file, i, src[i], ErrEncoding)
			}
			i += n
		}
	}
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	src = bytes.ReplaceAll(src, []byte("\r"), []byte("\n"))
	src = bytes.ReplaceAll(src, []byte{0}, []byte("\uFFFD"))
	return norm.NFC.Bytes(src), nil
}

// Slug is a file's name, or its folder's where it is the folder's front page, without its extension, lower case, NFC, with white space as hyphens and U+FFFD for what reorders text.
func Slug(file string) string {
	name := path.Base(knownAs(file))
	name = strings.TrimSuffix(name, path.Ext(name))
	name = showDirections(strings.ToLower(norm.NFC.String(name)))
	return strings.Join(strings.Fields(name), "-")
}
