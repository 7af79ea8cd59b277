package search

import (
	"time"

	"github.com/blevesearch/bleve/v2/document"
	index "github.com/blevesearch/bleve_index_api"

	"github.com/scalebook/scalebook/search/korean"
)

// Fields of a Bleve document. The three streams of the text are a field each; what is shown is stored.
const (
	fieldContent = "content"
	fieldBigrams = "bigrams"
	fieldPairs   = "pairs"
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
	for _, f := range streamFields(a.text) {
		d.AddField(f)
	}
	d.AddField(newTokenField(fieldContext, a.context, func(t korean.Token) bool { return t.Kind.Stream() == korean.Content }))
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

// tokenField is a Bleve field whose text has been analysed already: one analysis feeds all streams.
type tokenField struct {
	name   string
	length int
	freqs  index.TokenFrequencies
}

func streamFields(tokens []korean.Token) [3]*tokenField {
	var fields [3]*tokenField
	for s, name := range [...]string{korean.Content: fieldContent, korean.Bigrams: fieldBigrams, korean.Pairs: fieldPairs} {
		fields[s] = newTokenField(name, tokens, func(t korean.Token) bool { return t.Kind.Stream() == korean.Stream(s) })
	}
	return fields
}

// newTokenField counts the tokens that belong to the field.
func newTokenField(name string, tokens []korean.Token, belongs func(korean.Token) bool) *tokenField {
	n := 0
	for _, t := range tokens {
		if belongs(t) {
			n++
		}
	}
	f := &tokenField{name: name, length: n, freqs: make(index.TokenFrequencies, n)}
	arena := make([]index.TokenFreq, 0, n)
	for _, t := range tokens {
		if !belongs(t) {
			continue
		}
		if tf, ok := f.freqs[t.Term]; ok {
			tf.SetFrequency(tf.Frequency() + 1)
			continue
		}
		arena = append(arena, index.TokenFreq{Term: []byte(t.Term)})
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
