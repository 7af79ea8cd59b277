package korean

import "strings"

// letterNames are how Latin letters are called in Korean, the longer names of those that start alike first.
var letterNames = [...]struct{ name, letter string }{
	{"더블유", "w"}, {"더블류", "w"}, {"에이치", "h"}, {"에이취", "h"}, {"에이", "a"}, {"에프", "f"}, {"에스", "s"}, {"엑스", "x"}, {"아이", "i"}, {"아르", "r"},
	{"제이", "j"}, {"제트", "z"}, {"케이", "k"}, {"브이", "v"}, {"와이", "y"}, {"비", "b"}, {"씨", "c"}, {"시", "c"}, {"디", "d"}, {"이", "e"}, {"지", "g"},
	{"엘", "l"}, {"엠", "m"}, {"엔", "n"}, {"오", "o"}, {"피", "p"}, {"큐", "q"}, {"알", "r"}, {"티", "t"}, {"유", "u"},
}

// Letters returns what a word is that is the names of Latin letters one after another, two or more: hbm for 에이치비엠. Digits
// behind them stay: 지피티4 is gpt4.
func Letters(word string) (string, bool) {
	names := strings.TrimRight(word, "0123456789")
	digits := word[len(names):]
	var b strings.Builder
	for names != "" {
		found := false
		for _, l := range letterNames {
			if rest, ok := strings.CutPrefix(names, l.name); ok {
				b.WriteString(l.letter)
				names, found = rest, true
				break
			}
		}
		if !found {
			return "", false
		}
	}
	if b.Len() < 2 {
		return "", false
	}
	return b.String() + digits, true
}
