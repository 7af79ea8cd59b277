package search

import (
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
)

// stored are the fields of a document that an answer shows. One document after another is read into the same memory.
type stored struct {
	anchor, heading, text []byte
	// visitor is visit, made once.
	visitor func(field string, typ byte, value []byte, positions []uint64) bool
}

func (s *stored) clear() { s.anchor, s.heading, s.text = s.anchor[:0], s.heading[:0], s.text[:0] }

func (s *stored) set(field string, value []byte) {
	switch field {
	case fieldText:
		s.text = append(s.text[:0], value...)
	case fieldHeading:
		s.heading = append(s.heading[:0], value...)
	case fieldAnchor:
		s.anchor = append(s.anchor[:0], value...)
	}
}

func (s *stored) visit(field string, _ byte, value []byte, _ []uint64) bool {
	s.set(field, value)
	return true
}

// shelf reads the stored fields of a generation's documents straight from Bleve's segments. Asked through a search request,
// Bleve looks each document's id up and makes an object of each of its fields, which takes longer than ranking does.
type shelf struct {
	reader   index.IndexReader
	segments []*scorch.SegmentSnapshot
	places   func() ([]shelved, error)
}

// shelved is where a document is: a segment and a number in it.
type shelved struct{ segment, number uint32 }

// openShelf opens the records of n documents.
func openShelf(b bleve.Index, n int) (*shelf, error) {
	advanced, err := b.Advanced()
	if err != nil {
		return nil, err
	}
	reader, err := advanced.Reader()
	if err != nil {
		return nil, err
	}
	snapshot, ok := reader.(*scorch.IndexSnapshot)
	if !ok {
		_ = reader.Close()
		return nil, fmt.Errorf("the index is a %T, not one of segments", reader)
	}
	s := &shelf{reader: reader, segments: snapshot.Segments()}
	s.places = sync.OnceValues(func() ([]shelved, error) { return s.locate(n) })
	return s, nil
}

// locate reads which document is where.
func (s *shelf) locate(n int) ([]shelved, error) {
	places := make([]shelved, n)
	for i, seg := range s.segments {
		for number := range seg.Segment().Count() {
			id, err := seg.DocID(number)
			if err != nil {
				return nil, err
			}
			doc, err := strconv.ParseUint(string(id), 10, 32)
			if err != nil || int(doc) >= n {
				return nil, fmt.Errorf("unknown document %q", id)
			}
			places[doc] = shelved{uint32(i), uint32(number)}
		}
	}
	return places, nil
}

// read puts the stored fields of a document into out.
func (s *shelf) read(doc uint32, out *stored) error {
	places, err := s.places()
	if err != nil {
		return err
	}
	if out.clear(); out.visitor == nil {
		out.visitor = out.visit
	}
	p := places[doc]
	if err := s.segments[p.segment].VisitDocument(uint64(p.number), out.visitor); err != nil {
		return fmt.Errorf("document %d: %w", doc, err)
	}
	return nil
}

// find returns the stored fields of a document without having located all.
func (s *shelf) find(doc uint32) (out stored, err error) {
	d, err := s.reader.Document(strconv.FormatUint(uint64(doc), 10))
	if err == nil && d == nil {
		err = errors.New("not there")
	}
	if err != nil {
		return out, fmt.Errorf("document %d: %w", doc, err)
	}
	d.VisitFields(func(f index.Field) { out.set(f.Name(), f.Value()) })
	return out, nil
}

func (s *shelf) close() error { return s.reader.Close() }
