package english

import "strings"

// respelled are the letters that British and American spelling write otherwise, British first: near the end of a word, behind which
// one of endings may follow.
var respelled = [...]struct {
	british, american string
	endings           []string
	// always says that no American word ends so, so that a word need not be a common one.
	always bool
}{
	{"isation", "ization", []string{"", "s", "al"}, true},
	{"is", "iz", []string{"e", "ed", "es", "er", "ers", "ing", "able"}, true},
	{"ys", "yz", []string{"e", "ed", "es", "er", "ers", "ing"}, true},
	{"our", "or", []string{"", "s", "ed", "ing", "al", "able", "ite", "ites", "ful", "less"}, false},
	{"re", "er", []string{"", "s"}, false},
	{"red", "ered", []string{""}, false},
	{"ll", "l", []string{"ed", "ing", "er", "ers", "ings"}, true},
	{"enc", "ens", []string{"e", "es"}, false},
	{"ium", "um", []string{""}, false},
	{"efact", "ifact", []string{"", "s"}, false},
	{"sceptic", "skeptic", []string{"", "s", "al", "ism"}, false},
	{"gement", "gment", []string{"", "s"}, false},
	{"ageing", "aging", []string{""}, false},
}

// American returns the American spelling of a word in small letters: fiber for fibre and quantization for quantisation. A word that
// is common in American English as it stands, as precise is, or that has no other spelling, stays.
func American(word string) string {
	if len(word) < 5 || IsWord(word) {
		return word
	}
	for _, r := range respelled {
		for _, ending := range r.endings {
			base, ok := strings.CutSuffix(word, ending)
			if !ok {
				continue
			}
			if base, ok = strings.CutSuffix(base, r.british); !ok || len(base) == 0 {
				continue
			}
			if other := base + r.american + ending; r.always && len(base) >= minBase || IsWord(other) {
				return other
			}
		}
	}
	return word
}

// minBase is the length of what stands before those letters in a word that need not be a common one.
const minBase = 4
