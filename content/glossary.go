package content

// Segmenter knows where the morphemes of a Korean word begin, in bytes.
type Segmenter interface{ Boundaries(word string) []int }

type termCandidate struct{}

func termCandidates([]Passage) []termCandidate { return nil }
