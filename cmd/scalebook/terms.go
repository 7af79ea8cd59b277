package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/search"
)

// termFile is the operator's corrections of the glossary, in the data directory.
const termFile = "glossary.csv"

// readTermRules reads the corrections; without the file there are none.
func readTermRules(path string) (content.TermRules, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return content.TermRules{}, nil
	}
	if err != nil {
		return content.TermRules{}, err
	}
	defer f.Close()
	rules, err := content.ReadTermRules(f)
	if err != nil {
		return content.TermRules{}, fmt.Errorf("%s: %w", path, err)
	}
	return rules, nil
}

// corrected applies the operator's corrections to the edited glossary. A pair that is added to a term that is there takes the
// place of its Korean, which becomes a variant.
func corrected(entries []search.GlossaryEntry, rules content.TermRules) []search.GlossaryEntry {
	out := slices.DeleteFunc(slices.Clone(entries), func(e search.GlossaryEntry) bool {
		return rules.Forbids(content.Term{En: e.En, Ko: e.Ko})
	})
	for _, t := range rules.Add {
		at := slices.IndexFunc(out, func(e search.GlossaryEntry) bool { return strings.EqualFold(e.En, t.En) })
		switch {
		case at < 0:
			out = append(out, search.GlossaryEntry{En: t.En, Ko: t.Ko, Kind: "general"})
		case out[at].Ko != t.Ko:
			was := out[at]
			out[at].Variants = append([]string{was.Ko}, slices.DeleteFunc(slices.Clone(was.Variants), func(v string) bool { return v == t.Ko })...)
			out[at].Ko = t.Ko
		}
	}
	return out
}
