package search

import (
	"time"
	"unsafe"

	"github.com/blevesearch/bleve/v2/document"
	index "github.com/blevesearch/bleve_index_api"

	"github.com/scalebook/scalebook/search/korean"
)

// Fields of a Bleve document. The content terms of the text and of what it stands under are a field each, and what is
// shown is stored. Bigrams and pairs, five of six tokens, follow from the text and only ever rank: their postings are in
// the impact file alone.
const (
	fieldContent = "content"
	fieldContext = "context"
	fieldKind    = "kind"
	fieldOwner   = "owner"
	fieldLang    = "lang"
	fieldDate    = "date"
	fieldAnchor  = "anchor"
	fieldHeading = "heading"
	fieldText    = "text"
)

// record makes the Bleve document of a passage or entity. Its id is its number in the impact file.
func record(id string, s *source, o *owner, a analysed) *document.Document {
	d := document.NewDocument(id)
	d.AddField(newTokenField(fieldContent, a.text))
	d.AddField(newTokenField(fieldContext, a.context))
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

// tokenField is a Bleve field whose text has been analysed already: one analysis feeds both indexes.
type tokenField struct {
	name   string
	length int
	freqs  index.TokenFrequencies
}

// newTokenField counts the content tokens.
func newTokenField(name string, tokens []korean.Token) *tokenField {
	n := 0
	for i := range tokens {
		if tokens[i].Kind.Stream() == korean.Content {
			n++
		}
	}
	f := &tokenField{name: name, length: n, freqs: make(index.TokenFrequencies, n)}
	arena := make([]index.TokenFreq, 0, n)
	for i := range tokens {
		t := &tokens[i]
		if t.Kind.Stream() != korean.Content {
			continue
		}
		if tf, ok := f.freqs[t.Term]; ok {
			tf.SetFrequency(tf.Frequency() + 1)
			continue
		}
		arena = append(arena, index.TokenFreq{Term: unsafe.Slice(unsafe.StringData(t.Term), len(t.Term))})
		tf := &arena[len(arena)-1]
		tf.SetFrequency(1)
		f.freqs[t.Term] = tf
	}
	return f
}

func (f *tokenField) Name() string                                     { return f.name }
func (f *tokenField) ArrayPositions() []uint64                         { return nil }
func (f *tokenField) Options() index.FieldIndexingOptions              { return index.IndexField }
func (f *tokenField) Analyze()                                         {}
func (f *tokenField) Value() []byte                                    { return nil }
func (f *tokenField) NumPlainTextBytes() uint64                        { return 0 }
func (f *tokenField) Size() int                                        { return len(f.freqs) * 64 }
func (f *tokenField) EncodedFieldType() byte                           { return 't' }
func (f *tokenField) AnalyzedLength() int                              { return f.length }
func (f *tokenField) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.freqs }
