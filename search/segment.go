package search

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2"

	"github.com/scalebook/scalebook/search/impact"
)

// segment is an open part of a generation: documents that were added together. It never changes, and the generations that have it
// share it.
type segment struct {
	segmentName
	owners []listed
	ranges []impact.Range // numbers of the documents of each owner
	lost   []impact.Range // documents of segments before it that are no more
	imp    *impact.Segment
	bleve  bleve.Index
	shelf  *shelf
	uses   atomic.Int32
}

// segmentName says which segment is meant, whatever the name of its folder was used for before.
type segmentName struct{ name, sum string }

// segmentList is what the owners file of a segment says.
type segmentList struct {
	Owners []listed       `json:"owners"`
	Lost   []impact.Range `json:"lost,omitempty"`
}

// listed is an owner of a segment, whose documents follow those of the one before.
type listed struct {
	owner
	// Sum is a hash of what its documents are made of.
	Sum  string `json:"sum"`
	Docs int    `json:"docs"`
}

func (l *segmentList) write(path string) error {
	raw, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return writeSynced(path, sealed(raw))
}

// sealed puts a line with the checksum of a text before it.
func sealed(text []byte) []byte {
	return append(fmt.Appendf(nil, "%08x\n", crc32.Checksum(text, castagnoli)), text...)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// unsealed returns the text that was sealed.
func unsealed(file []byte) ([]byte, error) {
	const head = 9
	if len(file) < head || string(file[:head]) != fmt.Sprintf("%08x\n", crc32.Checksum(file[head:], castagnoli)) {
		return nil, errors.New("it is damaged")
	}
	return file[head:], nil
}

func writeSynced(path string, data []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// openSegment opens dir/name read-only, with one use. What is not verified serves to build on: it is looked up in places, where reading
// all of it would take as long as it is large.
func openSegment(dir, name string, verify bool) (_ *segment, err error) {
	path := filepath.Join(dir, name)
	s := &segment{segmentName: segmentName{name: name}}
	s.uses.Store(1)
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("segment %s: %w", name, err), s.release())
		}
	}()
	raw, err := os.ReadFile(filepath.Join(path, ownersFile))
	if err != nil {
		return nil, err
	}
	text, err := unsealed(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ownersFile, err)
	}
	head := string(raw[:len(raw)-len(text)-1])
	var list segmentList
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("%s: %w", ownersFile, err)
	}
	s.owners, s.lost = list.Owners, list.Lost
	if s.imp, err = impact.OpenSegment(filepath.Join(path, impactFile)); err != nil {
		return nil, err
	}
	s.sum = fmt.Sprintf("%08x%s", s.imp.Sum(), head)
	if verify {
		if err := s.imp.Verify(); err != nil {
			return nil, err
		}
	}
	at := s.imp.FirstDoc()
	for i := range s.owners {
		end := at + uint32(s.owners[i].Docs)
		if s.owners[i].Docs < 1 || end > s.imp.NextDoc() || s.imp.Owner(at) != uint32(i) || s.imp.Owner(end-1) != uint32(i) {
			return nil, fmt.Errorf("the documents of owner %d are not where its list says", i)
		}
		s.ranges = append(s.ranges, impact.Range{From: at, To: end})
		at = end
	}
	if at != s.imp.NextDoc() {
		return nil, fmt.Errorf("%d documents have no owner", s.imp.NextDoc()-at)
	}
	if s.bleve, err = bleve.OpenUsing(filepath.Join(path, bleveDir), map[string]any{"read_only": true}); err != nil {
		return nil, err
	}
	s.shelf, err = openShelf(s.bleve, s.imp.Docs())
	return s, err
}

// release ends a use; the last one closes the segment.
func (s *segment) release() (err error) {
	if s.uses.Add(-1) > 0 {
		return nil
	}
	if s.shelf != nil {
		err = s.shelf.close()
	}
	if s.bleve != nil {
		err = errors.Join(err, s.bleve.Close())
	}
	if s.imp != nil {
		err = errors.Join(err, s.imp.Close())
	}
	return err
}

// documents returns the documents of an owner as they were added, but for their weight, which no longer counts.
func (s *segment) documents(owner int) ([]source, error) {
	o, r := &s.owners[owner], s.ranges[owner]
	var docs []source
	for d := r.From; d < r.To; d++ {
		kept, err := s.shelf.find(d - s.imp.FirstDoc())
		if err != nil {
			return nil, err
		}
		docs = append(docs, source{entity: o.Kind != KindReport, text: string(kept.text), context: o.context(string(kept.heading))})
	}
	return docs, nil
}
