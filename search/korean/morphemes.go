package korean

// Morphemes returns the byte ranges of the content morphemes of a word, as [start, end), in order of their starts: nouns, stems,
// adverbs, words in Latin letters and numbers. Particles and endings are none.
func (a *Analyzer) Morphemes(word string) [][2]int {
	var out [][2]int
	for _, t := range a.Analyze(word) {
		if t.Kind.Stream() == Content {
			out = append(out, [2]int{t.Start, t.End})
		}
	}
	return out
}
