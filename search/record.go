package search

import (
	"time"

	"github.com/blevesearch/bleve/v2/document"
	index "github.com/blevesearch/bleve_index_api"
)

// Fields of a Bleve document: what is shown is stored, what filters is indexed. The terms of the text are in the impact file
// alone, which ranks, filters and marks by them: a second set of postings would double the work of indexing to answer nothing.
const (
	fieldKind    = "kind"
	fieldOwner   = "owner"
	fieldLang    = "lang"
	fieldDate    = "date"
	fieldAnchor  = "anchor"
	fieldHeading = "heading"
	fieldText    = "text"
)

// record makes the Bleve document of a passage or entity. Its id is its number in the impact file.
func record(id string, s *source, o *owner) *document.Document {
	d := document.NewDocument(id)
	keyword := func(name, value string) {
		if value != "" {
			d.AddField(document.NewTextFieldCustom(name, nil, []byte(value), index.IndexField|index.StoreField, nil))
		}
	}
	stored := func(name, value string) {
		if value != "" {
			d.AddField(document.NewTextFieldCustom(name, nil, []byte(value), index.StoreField, nil))
		}
	}
	keyword(fieldKind, o.Kind)
	keyword(fieldOwner, o.ID)
	keyword(fieldLang, o.Lang)
	if !o.Date.IsZero() {
		if f, err := document.NewDateTimeFieldWithIndexingOptions(fieldDate, nil, o.Date, time.RFC3339, index.IndexField|index.StoreField); err == nil {
			d.AddField(f)
		}
	}
	stored(fieldAnchor, s.anchor)
	stored(fieldHeading, s.heading)
	stored(fieldText, s.text)
	return d
}
