package search

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"

	"github.com/scalebook/scalebook/search/korean"
)

// lexicon is what an index knows of names: the glossary in both languages and what may be called by name.
type lexicon struct {
	entries []GlossaryEntry
	// forms leads from the analysed form of a spelling to the entries that have it.
	forms map[string][]int32
	// longest is the number of content terms of the longest spelling that starts with a term.
	longest map[string]int
	// named leads from the key of a name to its owners.
	named map[string][]uint32
	// spelled leads from the key of a spelling of several words to that spelling.
	spelled map[string]string
	// synonyms leads from the analysed form of a word to those that say nearly the same.
	synonyms map[string][]string
}

// synonyms are the groups of words that say nearly the same; see the head of the file.
//
//go:embed synonyms.txt
var synonyms string

// readSynonyms returns the synonyms of each word, by its analysed form.
func readSynonyms(a *korean.Analyzer) map[string][]string {
	all := map[string][]string{}
	var buf []korean.Token
	for line := range strings.Lines(synonyms) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		group := strings.Split(strings.TrimSpace(line), ", ")
		for _, word := range group {
			buf = appendSpelling(buf[:0], a, word)
			key := strings.Join(contentTerms(buf), " ")
			for _, other := range group {
				if other != word {
					all[key] = appendNew(all[key], other)
				}
			}
		}
	}
	return all
}

// maxForm bounds the terms of a spelling that is recognised in running text.
const maxForm = 6

func newLexicon(a *korean.Analyzer, entries []GlossaryEntry, owners []owner) *lexicon {
	lx := &lexicon{entries: entries, forms: map[string][]int32{}, longest: map[string]int{}, named: map[string][]uint32{}, spelled: map[string]string{}, synonyms: readSynonyms(a)}
	var buf []korean.Token
	for i, e := range entries {
		for _, f := range e.forms() {
			if strings.Contains(f, " ") {
				lx.spelled[nameKey(f)] = f
			}
			buf = appendSpelling(buf[:0], a, f)
			terms := contentTerms(buf)
			if len(terms) == 0 || len(terms) > maxForm {
				continue
			}
			key := strings.Join(terms, " ")
			if ids := lx.forms[key]; len(ids) == 0 || ids[len(ids)-1] != int32(i) {
				lx.forms[key] = append(ids, int32(i))
			}
			lx.longest[terms[0]] = max(lx.longest[terms[0]], len(terms))
		}
	}
	for i := range owners {
		for _, n := range owners[i].Names {
			if key := nameKey(n); key != "" {
				if ids := lx.named[key]; len(ids) == 0 || ids[len(ids)-1] != uint32(i) {
					lx.named[key] = append(ids, uint32(i))
				}
			}
		}
	}
	return lx
}

// appendSpelling appends the tokens of a spelling of the glossary. Alone, a noun may be taken for a verb with an ending, as 단가 is for
// 다 and ㄴ가, and the stem of a verb for an adverb, as that of 늘다 is: the one is then what it is with a particle behind it, the
// other without what it ends in.
func appendSpelling(dst []korean.Token, a *korean.Analyzer, text string) []korean.Token {
	from := len(dst)
	dst = a.Append(dst, text)
	terms := contentTerms(dst[from:])
	switch n := len(terms); {
	case n > 1 && terms[n-1] == "다" && strings.HasSuffix(text, "다"):
		return slices.DeleteFunc(dst, func(t korean.Token) bool { return t.Kind.Stream() == korean.Content && t.Start == len(text)-len("다") })
	case n <= 1 && len(text) > len("가") && isHangul(text) && !strings.HasSuffix(text, "다") && (n == 0 || terms[0] != text):
		noun := a.Analyze(text + "의")
		if terms := contentTerms(noun); len(terms) == 1 && terms[0] == text {
			return append(dst[:from], slices.DeleteFunc(noun, func(t korean.Token) bool { return t.End > len(text) })...)
		}
	}
	return dst
}

// contentTerms returns the terms of the content stream, one per position: of a name and its first part, the part.
func contentTerms(tokens []korean.Token) []string {
	var terms []string
	last := 0
	for _, t := range tokens {
		switch {
		case t.Kind.Stream() != korean.Content:
		case t.Position == last:
			terms[len(terms)-1] = t.Term
		default:
			last = t.Position
			terms = append(terms, t.Term)
		}
	}
	return terms
}

// nameKey folds a name to what its spellings share: letters and digits in lower case.
func nameKey(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '가' && r <= '\uD7A3' {
			return r // what nearly all are, which the tables take long to tell
		}
		if unicode.IsLetter(r) || unicode.IsNumber(r) || r == '+' {
			return unicode.ToLower(r)
		}
		return -1
	}, korean.Normalize(s))
}
