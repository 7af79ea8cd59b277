package content

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// manifest is what the library holds of one source. On disk it is in parts, by path, which are named by their content and
// never change; one small file, replaced by rename, lists them. So a reader sees the source either as it was or as it is, and
// what a change costs to write and to read does not grow with the source. docs/design/0014-manifests-in-parts.md
//
// A manifest that was read or written is not changed any more; next makes one that can be.
type manifest struct {
	Source  SourceConfig
	Version string
	parser  string // the parserVersion that the keys of its parses are of

	parts  [buckets]*part
	names  [buckets]partName  // as last read or written
	heads  [buckets]string    // name of the file with the heads of a part
	own    [buckets]bool      // changed since
	listed map[string]Listing // what index pages say, by normalised name of the report
	sum    [sha256.Size]byte  // of the file that lists the parts
}

// part is the piece of a manifest whose keys fall into one bucket.
type part struct {
	Reports  map[string]reportFile         `json:"reports,omitempty"`   // by path
	Images   map[string]keptImage          `json:"images,omitempty"`    // by path
	SetAside map[string]asideFile          `json:"set_aside,omitempty"` // by path
	Index    map[string]map[string]Listing `json:"index,omitempty"`     // by path of the index page, then by normalised name of the report
	Aliases  map[string]string             `json:"aliases,omitempty"`   // earlier slug of a renamed file to its slug
	History  map[string][]RevisionRef      `json:"history,omitempty"`   // by slug, oldest first
}

// partName says where a part is and what answers depend on in it: the times of files, which differ between two libraries of the
// same files, are not part of Digest. Both are empty for a part without entries.
type partName struct {
	File   string `json:"file"`   // SHA-256 of its content, in hexadecimal
	Digest string `json:"digest"` // of its entries
}

// manifestFile is the file that lists the parts.
type manifestFile struct {
	Source  SourceConfig        `json:"source"`
	Version string              `json:"version"`
	Parser  string              `json:"parser"`
	Parts   map[string]partName `json:"parts"` // by bucket, in hexadecimal
}

// wholeManifest is the form that manifests had before they were in parts: one file.
type wholeManifest struct {
	Source   SourceConfig             `json:"source"`
	Version  string                   `json:"version"`
	Reports  map[string]reportFile    `json:"reports"`
	Images   map[string]keptImage     `json:"images"`
	SetAside []SetAside               `json:"set_aside"`
	Index    map[string]Listing       `json:"index"`
	Aliases  map[string]string        `json:"aliases"`
	History  map[string][]RevisionRef `json:"history"`
}

type reportFile struct {
	blob
	Slug     string    `json:"slug,omitempty"`
	Added    time.Time `json:"added,omitzero"`
	Previous string    `json:"previous,omitempty"` // key of the parse whose anchors this one takes over
	Key      string    `json:"key,omitempty"`      // of the parse
}

type keptImage struct {
	blob
	Type   string `json:"type"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// asideFile is a file that did not become a report; of a copy or draft, which may become one when the other goes, with what
// is known of it as a report.
type asideFile struct {
	reportFile
	Rule   string   `json:"rule"`
	Detail string   `json:"detail,omitempty"`
	Args   []string `json:"args,omitempty"`
}

// blob is a file kept by its content.
type blob struct {
	Hash    string    `json:"hash,omitempty"`
	Size    int64     `json:"size"`
	ModTime time.Time `json:"mtime,omitzero"`
	ID      string    `json:"id,omitempty"` // the content's name in the source, where that names contents as git does
}

// RevisionRef is one state of a report's file.
type RevisionRef struct {
	Hash    string    `json:"hash"`
	Version string    `json:"version"`
	Time    time.Time `json:"time"` // when the library took it in
}

const (
	manifestName = "manifest.json"
	partsDir     = "parts"
)

var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

func newManifest() *manifest {
	m := &manifest{}
	for i := range m.parts {
		m.parts[i] = &part{}
	}
	return m
}

// next returns a manifest to change, which begins as this one.
func (m *manifest) next(src SourceConfig, version string) *manifest {
	n := *m
	n.Source, n.Version, n.parser, n.own = src, version, parserVersion, [buckets]bool{}
	for i, p := range n.parts {
		if m.parser != parserVersion || n.names[i].File == "" && !p.empty() {
			n.editBucket(i) // as it is in memory it was never written
		}
	}
	return &n
}

func (m *manifest) of(key string) *part { return m.parts[bucketOf(key)] }

// edit returns the part of a key for changing.
func (m *manifest) edit(key string) *part { return m.editBucket(bucketOf(key)) }

func (m *manifest) editBucket(i int) *part {
	if !m.own[i] {
		p := *m.parts[i]
		p.Reports, p.Images, p.SetAside = maps.Clone(p.Reports), maps.Clone(p.Images), maps.Clone(p.SetAside)
		p.Index, p.Aliases, p.History = maps.Clone(p.Index), maps.Clone(p.Aliases), maps.Clone(p.History)
		m.parts[i], m.own[i] = &p, true
	}
	return m.parts[i]
}

// report returns a report's file, and whether there is one.
func (m *manifest) report(p string) (reportFile, bool) {
	f, ok := m.of(p).Reports[p]
	return f, ok
}

// blob returns what is known of a file, whatever became of it.
func (m *manifest) blob(p string) (blob, bool) {
	in := m.of(p)
	if f, ok := in.Reports[p]; ok {
		return f.blob, true
	}
	if f, ok := in.Images[p]; ok {
		return f.blob, true
	}
	f, ok := in.SetAside[p]
	return f.blob, ok
}

// drop forgets a file.
func (m *manifest) drop(p string) {
	in := m.edit(p)
	delete(in.Reports, p)
	delete(in.Images, p)
	delete(in.SetAside, p)
	delete(in.Index, p)
}

// entries are all of one kind, in no order.
func entries[V any](m *manifest, kind func(*part) map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, p := range m.parts {
			for k, v := range kind(p) {
				if !yield(k, v) {
					return
				}
			}
		}
	}
}

func (p *part) reports() map[string]reportFile          { return p.Reports }
func (p *part) images() map[string]keptImage            { return p.Images }
func (p *part) setAside() map[string]asideFile          { return p.SetAside }
func (p *part) index() map[string]map[string]Listing    { return p.Index }
func (p *part) aliases() map[string]string              { return p.Aliases }
func (p *part) empty() bool                             { return p.files() == 0 && len(p.Aliases) == 0 && len(p.History) == 0 }
func (p *part) files() int                              { return len(p.Reports) + len(p.Images) + len(p.SetAside) }
func (m *manifest) each() iter.Seq2[string, reportFile] { return entries(m, (*part).reports) }

// count adds a number of every part up.
func (m *manifest) count(of func(*part) int) int {
	n := 0
	for _, p := range m.parts {
		n += of(p)
	}
	return n
}

// listings brings together what index pages say: where two say something of one report, the page in the upper folder counts.
func (m *manifest) listings() map[string]Listing {
	pages := map[string]map[string]Listing{}
	for file, said := range entries(m, (*part).index) {
		pages[file] = said
	}
	out := map[string]Listing{}
	for _, file := range slices.SortedFunc(maps.Keys(pages), shallowFirst) {
		for name, l := range pages[file] {
			if _, ok := out[name]; !ok {
				out[name] = l
			}
		}
	}
	return out
}

// shallowFirst orders paths so that what is in an upper folder comes first.
func shallowFirst(a, b string) int {
	if d := strings.Count(a, "/") - strings.Count(b, "/"); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

// setAsideList is what was set aside, by path.
func (m *manifest) setAsideList() []SetAside {
	var out []SetAside
	for p, a := range entries(m, (*part).setAside) {
		out = append(out, SetAside{p, a.Rule, a.Detail, a.Args})
	}
	slices.SortFunc(out, func(a, b SetAside) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// digest is a hash of what answers depend on.
func (p *part) digest() string {
	sum := sha256.New()
	for _, k := range slices.Sorted(maps.Keys(p.Reports)) {
		fmt.Fprintf(sum, "report %q %q %q\n", k, p.Reports[k].Slug, p.Reports[k].Key)
	}
	for _, k := range slices.Sorted(maps.Keys(p.Images)) {
		fmt.Fprintf(sum, "image %q %q\n", k, p.Images[k].Hash)
	}
	for _, k := range slices.Sorted(maps.Keys(p.SetAside)) {
		a := p.SetAside[k]
		fmt.Fprintf(sum, "aside %q %q %q %q\n", k, a.Rule, a.Detail, a.Args)
	}
	for _, k := range slices.Sorted(maps.Keys(p.Aliases)) {
		fmt.Fprintf(sum, "alias %q %q\n", k, p.Aliases[k])
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// state is a hash of what answers depend on in the manifest.
func (m *manifest) state() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %v %q %q %q\n", m.Source.Name, m.Version, m.Source.Public, m.Source.License, m.Source.Repository, m.parser)
	for i := range m.names {
		fmt.Fprintln(sum, m.names[i].Digest)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// readManifest reads the manifest of a source's folder, taking over from known, if there is one, the parts that are the same.
func readManifest(dir string, known *manifest) (*manifest, error) {
	file := filepath.Join(dir, manifestName)
	for last := []byte(nil); ; {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		m, err := decodeManifest(dir, b, known)
		if errors.Is(err, errNoPart) && !bytes.Equal(b, last) {
			last = b // a writer was two states ahead and has removed a part; so the list has changed too
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s is damaged; remove it and ingest the source again: %w", file, err)
		}
		return m, nil
	}
}

func decodeManifest(dir string, b []byte, known *manifest) (*manifest, error) {
	if known != nil && known.sum == sha256.Sum256(b) {
		return known, nil
	}
	var f manifestFile
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, err
	}
	m := newManifest()
	m.Source, m.Version, m.parser, m.sum = f.Source, f.Version, f.Parser, sha256.Sum256(b)
	if f.Parts == nil {
		var w wholeManifest
		if err := json.Unmarshal(b, &w); err != nil {
			return nil, err
		}
		w.split(m)
	}
	same := known != nil && known.parser == parserVersion && f.Parser == parserVersion
	for bucket, name := range f.Parts {
		i, err := hex.DecodeString(bucket)
		if err != nil || len(i) != 1 {
			return nil, fmt.Errorf("part %q", bucket)
		}
		m.names[i[0]] = name
		if same && known.names[i[0]] == name {
			m.parts[i[0]], m.heads[i[0]] = known.parts[i[0]], known.heads[i[0]]
		} else if m.parts[i[0]], err = readPart(dir, name.File); err != nil {
			return nil, err
		}
	}
	m.listed = m.listings()
	if m.parser != parserVersion {
		m.rekey()
	}
	for i, p := range m.parts {
		if m.heads[i] == "" {
			m.heads[i] = headsName(p)
		}
	}
	return m, nil
}

var errNoPart = errors.New("a part is missing")

func readPart(dir, name string) (*part, error) {
	b, err := os.ReadFile(filepath.Join(dir, partsDir, name+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", errNoPart, name)
	}
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != name {
		return nil, fmt.Errorf("part %s is not what was written", name)
	}
	p := &part{}
	return p, json.Unmarshal(b, p)
}

// split fills a manifest from the form of one file.
func (w *wholeManifest) split(m *manifest) {
	for p, f := range w.Reports {
		put(&m.edit(p).Reports, p, f)
	}
	for p, f := range w.Images {
		put(&m.edit(p).Images, p, f)
	}
	for _, a := range w.SetAside {
		put(&m.edit(a.Path).SetAside, a.Path, asideFile{Rule: a.Rule, Detail: a.Detail, Args: a.Args})
	}
	if len(w.Index) > 0 { // under no page: the next sync reads the pages again
		put(&m.edit("").Index, "", w.Index)
	}
	for k, v := range w.Aliases {
		put(&m.edit(k).Aliases, k, v)
	}
	for k, v := range w.History {
		put(&m.edit(k).History, k, v)
	}
	for i, p := range m.parts {
		if !p.empty() {
			m.names[i].Digest = p.digest()
		}
	}
}

// rekey names the parses that this parser makes of the files of a manifest that an older one wrote.
func (m *manifest) rekey() {
	for p, f := range m.each() {
		f.Key = parseKey(f, parseConfig(m, p, f))
		m.edit(p).Reports[p] = f
	}
	for i := range m.parts {
		if m.own[i] {
			m.names[i].Digest = m.parts[i].digest()
		}
	}
}

// write publishes a manifest: first the parts that changed, then the list. What neither it nor the one before it, which somebody
// may be reading, needs any more is removed.
func (m *manifest) write(ctx context.Context, dir string, before *manifest, parallel int) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for i, p := range m.parts {
		if !m.own[i] {
			continue
		}
		if p.empty() {
			m.names[i] = partName{}
			continue
		}
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			b, err := json.Marshal(p)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(b)
			name := partName{hex.EncodeToString(sum[:]), p.digest()}
			if m.names[i] == name {
				return nil
			}
			m.names[i] = name
			return writeFile(filepath.Join(dir, partsDir, name.File+".json"), b)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	m.own = [buckets]bool{}
	f := manifestFile{m.Source, m.Version, m.parser, map[string]partName{}}
	needed := map[string]bool{}
	for i := range buckets {
		if m.names[i].File != "" {
			f.Parts[fmt.Sprintf("%02x", i)] = m.names[i]
		}
		needed[m.names[i].File+".json"], needed[before.names[i].File+".json"] = true, true
	}
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, manifestName), b); err != nil {
		return err
	}
	m.sum = sha256.Sum256(b)
	there, err := os.ReadDir(filepath.Join(dir, partsDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range there {
		if !needed[e.Name()] {
			if err := os.Remove(filepath.Join(dir, partsDir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// difference is what one state of a library's files has that another has not.
type difference struct {
	was, is []reportIn      // reports that changed, went or came
	names   map[uint64]bool // of files that came, went or became something else: links and images called so may lead elsewhere
	all     bool            // so may any
}

type reportIn struct {
	m    *manifest
	path string
	reportFile
}

// compare finds the difference between two states of a library, both by name of the source.
func compare(before, after []*manifest) difference {
	d := difference{names: map[uint64]bool{}}
	nothing := newManifest()
	for _, b := range before {
		if !slices.ContainsFunc(after, func(a *manifest) bool { return a.Source.Name == b.Source.Name }) {
			d.between(b, nothing)
		}
	}
	for _, a := range after {
		i := slices.IndexFunc(before, func(b *manifest) bool { return a.Source.Name == b.Source.Name })
		if i < 0 {
			d.between(nothing, a)
			continue
		}
		d.all = d.all || a.Source.Repository != before[i].Source.Repository
		d.between(before[i], a)
	}
	return d
}

func (d *difference) between(before, after *manifest) {
	for i, a := range after.parts {
		b := before.parts[i]
		if a == b {
			continue
		}
		d.was = append(d.was, d.lacking(before, b, a)...)
		d.is = append(d.is, d.lacking(after, a, b)...)
	}
}

// lacking returns the reports of one state of a part that the other lacks, and notes the names of files for which that is so.
func (d *difference) lacking(m *manifest, here, there *part) []reportIn {
	var out []reportIn
	for p, f := range here.Reports {
		g := there.Reports[p]
		if f.Key != g.Key || f.Slug != g.Slug {
			out = append(out, reportIn{m, p, f})
		}
		if f.Slug != g.Slug {
			d.names[reportName(p)] = true
		}
	}
	for p, f := range here.Images {
		if there.Images[p].Hash != f.Hash {
			d.names[imageName(p)] = true
		}
	}
	for p, f := range here.SetAside {
		if there.SetAside[p].Rule != f.Rule {
			d.names[reportName(p)] = true
		}
	}
	return out
}
