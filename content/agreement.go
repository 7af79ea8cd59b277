package content

// agreements returns the longest run of words, the nearest first, that more than half of the uses of a gloss, by its key, have before
// them; none of a gloss that is used once.
type agreements func(gloss string) []string

// usage is how the reports of a library use a gloss. Since a run of words before it is that of most uses only where all shorter ones
// are, the words at a distance are counted among the uses alone whose nearer words are the Run.
type usage struct {
	Uses   int
	Run    []string         // words that more than half of the uses have before them, the nearest first; none of one use
	Before []map[string]int // by distance, up to one more than Run is long: uses by their word there; nil of one use
}

// longestRun is how many words before a gloss are looked at.
const longestRun = 5

// count adds a use that has some words before it, by times, as far as the words are counted.
func (u *usage) count(words []string, by int) {
	u.Uses += by
	for k := range u.Before {
		if !u.countAt(k, words, by) {
			break
		}
	}
}

// countAt counts the word at a distance of a use, by times. It reports whether the use is one of those whose words up to it are the Run.
func (u *usage) countAt(distance int, words []string, by int) bool {
	if distance >= len(words) {
		return false
	}
	word := words[len(words)-distance-1]
	n := u.Before[distance]
	if n[word] += by; n[word] == 0 {
		delete(n, word)
	}
	return distance < len(u.Run) && u.Run[distance] == word
}

// most returns the word at a distance that more than half of all uses have; nothing if there is none.
func (u *usage) most(distance int) string {
	for w, n := range u.Before[distance] {
		if 2*n > u.Uses {
			return w
		}
	}
	return ""
}

// stands reports whether Run follows from what is counted. Else the uses have to be counted anew.
func (u *usage) stands() bool {
	if u.Uses < 2 {
		u.Run, u.Before = nil, nil // as of one use that was counted anew
		return true
	}
	if u.Before == nil {
		return false
	}
	for k := range u.Before {
		was := ""
		if k < len(u.Run) {
			was = u.Run[k]
		}
		if u.most(k) != was {
			return false
		}
	}
	return true
}

// uses gives every use of some glosses, candidate by candidate, to a function that is called by one goroutine at a time.
type uses func(glosses map[string]*usage, f func(gloss string, words []string))

// countAnew counts the uses of glosses from nothing: all uses once for each word of the longest run that most uses of one share.
func countAnew(glosses map[string]*usage, each uses) {
	for _, u := range glosses {
		*u = usage{Before: []map[string]int{{}}}
	}
	for distance := 0; len(glosses) > 0; distance++ {
		each(glosses, func(gloss string, words []string) {
			u := glosses[gloss]
			if distance == 0 {
				u.Uses++
			}
			for k := range u.Run {
				if k >= len(words) || words[len(words)-k-1] != u.Run[k] {
					return
				}
			}
			u.countAt(distance, words, 1)
		})
		for gloss, u := range glosses {
			if u.Uses < 2 {
				u.Run, u.Before = nil, nil
				delete(glosses, gloss)
				continue
			}
			word := u.most(distance)
			if word != "" {
				u.Run = append(u.Run, word)
			}
			if word == "" || distance+1 == longestRun {
				delete(glosses, gloss)
				continue
			}
			u.Before = append(u.Before, map[string]int{})
		}
	}
}
