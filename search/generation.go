package search

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/scalebook/scalebook/search/impact"
	"github.com/scalebook/scalebook/search/korean"
)

// Names inside the index folder, inside a generation and inside a segment.
const (
	currentFile  = "CURRENT"
	segmentsFile = "segments"
	bleveDir     = "bleve"
	impactFile   = "impacts"
	ownersFile   = "owners.json"
	genPrefix    = "gen-"
	segPrefix    = "seg-"
	unfinished   = ".building"
)

// generation is an open, published index. It never changes.
type generation struct {
	name     string
	analysis string
	segments []*segment
	gone     [][]int // by segment and owner: the place of the segment that took it out, 0 for one that is there
	imp      *impact.Index
	owners   []owner
	docs     []impact.Range // of each of owners
}

// ErrUnreadable says that the published generation is of another format, or damaged. Build puts a new one in its place.
var ErrUnreadable = errors.New("unreadable index")

// openGeneration opens dir/name read-only. Segments that the generation in share has are shared with it, and were verified then; others
// are verified where verify says so.
func openGeneration(dir, name string, share *generation, verify bool) (_ *generation, err error) {
	g := &generation{name: name}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("search: generation %s: %w: %w", name, ErrUnreadable, err), g.close())
		}
	}()
	var listed []segmentName
	if g.analysis, listed, err = readGeneration(dir, name); err != nil {
		return nil, err
	}
	for _, n := range listed {
		s := share.use(n)
		if s == nil {
			if s, err = openSegment(dir, n.name, verify); err != nil {
				return nil, err
			}
		}
		g.segments = append(g.segments, s)
		if s.segmentName != n {
			return nil, fmt.Errorf("segment %s is not the one that it was made with", n.name)
		}
	}
	return g, g.join()
}

// use returns a segment of the generation with one more use, nil where it has none such.
func (g *generation) use(name segmentName) *segment {
	if g == nil {
		return nil
	}
	for _, s := range g.segments {
		if s.segmentName == name {
			s.uses.Add(1)
			return s
		}
	}
	return nil
}

// join makes one index of the segments: owners in the order that a generation built from nothing would have them in.
func (g *generation) join() (err error) {
	type at struct{ segment, owner int }
	lostBy := map[impact.Range]int{}
	cfg := impact.IndexConfig{}
	for i, s := range g.segments {
		cfg.Segments = append(cfg.Segments, s.imp)
		cfg.Lost = append(cfg.Lost, s.lost...)
		cfg.Owners = append(cfg.Owners, make([]uint32, len(s.owners)))
		for _, r := range s.lost {
			lostBy[r] = i
		}
	}
	var places []at
	g.gone = make([][]int, len(g.segments))
	for i, s := range g.segments {
		g.gone[i] = make([]int, len(s.owners))
		for o := range s.owners {
			if g.gone[i][o] = lostBy[s.ranges[o]]; g.gone[i][o] == 0 {
				places = append(places, at{i, o})
			} else {
				delete(lostBy, s.ranges[o])
			}
		}
	}
	if len(lostBy) > 0 {
		return errors.New("lost documents are of no owner")
	}
	slices.SortFunc(places, func(a, b at) int {
		return compareOwners(&g.segments[a.segment].owners[a.owner].owner, &g.segments[b.segment].owners[b.owner].owner)
	})
	for n, p := range places {
		s := g.segments[p.segment]
		cfg.Owners[p.segment][p.owner] = uint32(n)
		g.owners = append(g.owners, s.owners[p.owner].owner)
		g.docs = append(g.docs, s.ranges[p.owner])
	}
	g.imp, err = impact.NewIndex(cfg)
	return err
}

// read puts the stored fields of a document into out.
func (g *generation) read(doc uint32, out *stored) error {
	for _, s := range g.segments {
		if doc < s.imp.NextDoc() {
			return s.shelf.read(doc-s.imp.FirstDoc(), out)
		}
	}
	return fmt.Errorf("unknown document %d", doc)
}

// prepare looks up what reading needs.
func (g *generation) prepare() {
	for _, s := range g.segments {
		_, _ = s.shelf.places() // an error is told to who reads
	}
}

func (g *generation) close() (err error) {
	if g == nil {
		return nil
	}
	for _, s := range g.segments {
		err = errors.Join(err, s.release())
	}
	return err
}

// generationFormat is raised with each change of what the files of a generation say, or of the documents that things become.
const generationFormat = "scalebook index 1"

// writeGeneration writes the folder of a generation, still under the name of an unfinished one: the format, what texts were analysed with,
// and the segments with their checksums.
func writeGeneration(dir, name, analysis string, segments []segmentName) error {
	path := filepath.Join(dir, name+unfinished)
	if err := os.Mkdir(path, 0o755); err != nil {
		return err
	}
	lines := []string{generationFormat, analysis}
	for _, s := range segments {
		lines = append(lines, s.name+" "+s.sum)
	}
	return writeSynced(filepath.Join(path, segmentsFile), sealed([]byte(strings.Join(lines, "\n")+"\n")))
}

// readGeneration reads what writeGeneration wrote.
func readGeneration(dir, name string) (analysis string, segments []segmentName, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, name, segmentsFile))
	if err != nil {
		return "", nil, err
	}
	text, err := unsealed(raw)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", segmentsFile, err)
	}
	fields := strings.Fields(strings.TrimPrefix(string(text), generationFormat))
	if !strings.HasPrefix(string(text), generationFormat+"\n") || len(fields)%2 == 0 {
		return "", nil, fmt.Errorf("%s: it is of another format", segmentsFile)
	}
	if with, _, _ := strings.Cut(fields[0], "-"); with != strconv.Itoa(korean.Version) {
		return "", nil, fmt.Errorf("%s: its texts were analysed by version %q, this program is of version %d", segmentsFile, with, korean.Version)
	}
	for i := 1; i < len(fields); i += 2 {
		if numberOf(fields[i], segPrefix) == 0 {
			return "", nil, fmt.Errorf("%s: %q is no segment", segmentsFile, fields[i])
		}
		segments = append(segments, segmentName{fields[i], fields[i+1]})
	}
	return fields[0], segments, nil
}

// latest opens the live generation to build on, nil where there is none, it can't be read, or texts were analysed otherwise.
func latest(dir, analysis string) *generation {
	name, err := live(dir)
	if err != nil || name == "" {
		return nil
	}
	if with, _, err := readGeneration(dir, name); err != nil || with != analysis {
		return nil
	}
	g, err := openGeneration(dir, name, nil, false)
	if err != nil {
		return nil
	}
	return g
}

// live returns the name of the published generation, "" where there is none.
func live(dir string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, currentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("search: %w", err)
	}
	name := strings.TrimSpace(string(raw))
	if !strings.HasPrefix(name, genPrefix) || name != filepath.Base(name) {
		return "", fmt.Errorf("search: %w: %s names no generation: %q", ErrUnreadable, filepath.Join(dir, currentFile), name)
	}
	return name, nil
}

// publish makes a finished generation the live one: it is renamed into place, CURRENT is replaced by an atomic rename,
// and both are on disk before publish returns.
func publish(dir, name string) error {
	if err := os.Rename(filepath.Join(dir, name+unfinished), filepath.Join(dir, name)); err != nil {
		return fmt.Errorf("search: publish: %w", err)
	}
	f, err := os.CreateTemp(dir, currentFile+"-*")
	if err != nil {
		return fmt.Errorf("search: publish: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(name + "\n")
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, currentFile))
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("search: publish %s: %w", name, err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// numberOf returns the number of a name with a prefix, 0 for any other name.
func numberOf(name, prefix string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, prefix), unfinished))
	if err != nil || !strings.HasPrefix(name, prefix) {
		return 0
	}
	return n
}

// nextName returns a name with a prefix that nothing in dir has had.
func nextName(dir, prefix string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	last := 0
	for _, e := range entries {
		last = max(last, numberOf(e.Name(), prefix))
	}
	return fmt.Sprintf("%s%08d", prefix, last+1), nil
}

// prune deletes every generation but the live one and the one before it, which a server may still have open, segments that
// neither has, and what interrupted builds left behind.
func prune(dir, current string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	var generations []string
	for _, e := range entries {
		if numberOf(e.Name(), genPrefix) > 0 && !strings.HasSuffix(e.Name(), unfinished) {
			generations = append(generations, e.Name())
		}
	}
	slices.SortFunc(generations, func(a, b string) int {
		return cmp.Or(cmp.Compare(numberOf(b, genPrefix), numberOf(a, genPrefix)), cmp.Compare(b, a))
	})
	needed := map[string]bool{current: true}
	for _, name := range generations {
		if len(needed) == 1 && name != current {
			needed[name] = true
			break
		}
	}
	for _, name := range generations {
		if needed[name] {
			_, segments, _ := readGeneration(dir, name) // one that can't be read needs none
			for _, s := range segments {
				needed[s.name] = true
			}
		}
	}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() && !needed[name] && (numberOf(name, genPrefix) > 0 || numberOf(name, segPrefix) > 0) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, name)))
		}
	}
	if err != nil {
		return fmt.Errorf("search: delete old generations: %w", err)
	}
	return nil
}
