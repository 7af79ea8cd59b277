package search

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/scalebook/scalebook/search/english"
	"github.com/scalebook/scalebook/search/korean"
)

// Kinds of entries: words that are of no field, and those of names.
const (
	kindGeneral      = "general"
	kindOrganization = "organization"
	kindProduct      = "product"
)

// GlossaryEntry is a term in the two languages.
type GlossaryEntry struct {
	En string
	Ko string
	// Variants are other spellings, acronyms and transliterations, in either language.
	Variants []string
	// Kind is the field the term belongs to.
	Kind string
	Note string
}

// ID returns the entry's name in an address: the English term in lower case with hyphens, or the Korean one.
func (e GlossaryEntry) ID() string {
	name := e.En
	if name == "" {
		name = e.Ko
	}
	var b strings.Builder
	hyphen := false
	for _, r := range strings.ToLower(korean.Normalize(name)) {
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			if hyphen && b.Len() > 0 {
				b.WriteByte('-')
			}
			hyphen = false
			b.WriteRune(r)
		case r == '+':
			b.WriteString("-plus")
		default:
			hyphen = true
		}
	}
	return b.String()
}

// Title returns the entry as it is listed: the Korean term with the English one in parentheses.
func (e GlossaryEntry) Title() string {
	switch {
	case e.Ko == "" || e.Ko == e.En:
		return e.En
	case e.En == "":
		return e.Ko
	}
	return e.Ko + " (" + e.En + ")"
}

// forms returns every spelling, without doubles.
func (e GlossaryEntry) forms() []string {
	var all []string
	for _, f := range append([]string{e.Ko, e.En}, e.Variants...) {
		if f = strings.TrimSpace(f); f != "" && !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	return all
}

// LoadGlossary reads entries from CSV with the columns en, ko, variants, kind and note in any order, variants divided by
// semicolons. A row without a term in either language is an error that names its line.
func LoadGlossary(r io.Reader) ([]GlossaryEntry, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = true
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("glossary: header: %w", err)
	}
	column := map[string]int{}
	for i, name := range head {
		column[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\uFEFF")))] = i
	}
	for _, need := range []string{"en", "ko"} {
		if _, ok := column[need]; !ok {
			return nil, fmt.Errorf("glossary: no column %q in %q", need, head)
		}
	}
	var entries []GlossaryEntry
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			return nil, fmt.Errorf("glossary: %w", err)
		}
		field := func(name string) string {
			if i, ok := column[name]; ok && i < len(row) {
				return korean.Normalize(strings.TrimSpace(row[i]))
			}
			return ""
		}
		e := GlossaryEntry{En: field("en"), Ko: field("ko"), Kind: field("kind"), Note: field("note")}
		if e.En == "" && e.Ko == "" {
			line, _ := in.FieldPos(0)
			return nil, fmt.Errorf("glossary: line %d: neither en nor ko", line)
		}
		for v := range strings.SplitSeq(field("variants"), ";") {
			if v = strings.TrimSpace(v); v != "" {
				e.Variants = append(e.Variants, v)
			}
		}
		entries = append(entries, e)
	}
}

// NewAnalyzer returns an analyzer that knows the glossary's terms. Build and Open want the same one; names of subjects
// may be given besides.
func NewAnalyzer(glossary []GlossaryEntry, names ...string) (*korean.Analyzer, error) {
	var terms []string
	for _, e := range glossary {
		for _, f := range e.forms() {
			if strings.HasSuffix(f, "다") && e.Kind != kindOrganization && e.Kind != kindProduct ||
				e.Kind == kindGeneral && (strings.HasSuffix(f, "적") || utf8.RuneCountInString(f) < minDictionary) {
				continue // a verb or what 적 makes of a noun, which the dictionary knows, or as common a word as has two syllables
			}
			terms = append(terms, f)
			// The words of a term are words without the others too: 스케일링 of 스케일링 법칙.
			if words := strings.Fields(f); len(words) > 1 && hasHangul(f) {
				for i, w := range words {
					w, bound := unbound(w, i == len(words)-1)
					if bound || utf8.RuneCountInString(w) >= minDictionary {
						terms = append(terms, w)
					}
				}
			}
		}
	}
	a, err := korean.New(korean.Config{Terms: append(terms, names...), Spell: english.American})
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return a, nil
}

// unbound takes the genitive particle off a word within a term (무어의 of 무어의 법칙), which would otherwise become a word
// that 무어 never meets; a suffix that makes no word (토큰당) leaves nothing. bound reports that a particle was taken off.
func unbound(word string, last bool) (stem string, bound bool) {
	if strings.HasSuffix(word, "당") {
		return "", false
	}
	stem, genitive := strings.CutSuffix(word, "의")
	if !genitive || last || utf8.RuneCountInString(stem) < 2 {
		return word, false
	}
	for _, noun := range []string{"주", "협", "합", "동", "회", "정", "논", "심", "문"} { // 주의, 협의 … are nouns themselves
		if strings.HasSuffix(stem, noun) {
			return word, false
		}
	}
	return stem, true
}

// minDictionary is the length of a word of a term from which it is safe to call it a word of its own.
const minDictionary = 3
