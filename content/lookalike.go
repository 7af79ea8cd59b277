package content

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/scalebook/scalebook/metrics"
)

// Lookalike is a word that reads as another: with letters of another script that look alike, such as a Cyrillic Р in GРT, with
// characters that can't be seen, or with letters in a form that plain ones are taken for.
type Lookalike struct {
	Detail string   // letters, invisible or forms
	Word   string   // as written, what can't be seen as its number
	Found  []string // the characters, such as "Р U+0420"
}

// Lookalikes finds the words of a line, such as a title or name, that a reader may take for others. The rules are those of UTS #39
// (mixed scripts, whole-script confusables, default ignorable characters) less what honest lines have: Korean, Japanese and Chinese
// beside Latin; Greek letters as signs (μm, TGF-α, NFκB); full-width punctuation; joiners of emoji and of scripts that need them;
// words of a language that is written in Cyrillic or Greek.
func Lookalikes(line string) []Lookalike {
	var out []Lookalike
	add := func(detail, word string, found []string) {
		if len(found) > 0 {
			slices.Sort(found)
			out = append(out, Lookalike{detail, word, slices.Compact(found)})
		}
	}
	honest := map[*unicode.RangeTable]bool{}
	words := strings.FieldsFunc(line, func(c rune) bool { return !(inWord(c) || unseen(c)) || wide(c) })
	for _, w := range words {
		for _, script := range likeLatin {
			honest[script.table] = honest[script.table] || script.ownWord(w)
		}
	}
	for _, w := range words {
		seen := strings.Map(func(c rune) rune {
			if unseen(c) {
				return -1
			}
			return c
		}, w)
		add("letters", seen, mixed(seen, honest))
		add("forms", seen, formed(seen))
	}
	for field := range strings.FieldsSeq(line) {
		add("invisible", shown(field), unseenIn(field))
	}
	return out
}

func codePoint(c rune) string {
	if unseen(c) {
		return fmt.Sprintf("U+%04X", c)
	}
	return fmt.Sprintf("%c U+%04X", c, c)
}

func inWord(c rune) bool { return unicode.IsLetter(c) || unicode.IsMark(c) || unicode.IsDigit(c) }

// wide reports letters of scripts that stand beside Latin without a space, as particles do.
func wide(c rune) bool {
	return unicode.In(c, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo) && !unseen(c)
}

// likeness is a script with letters that look like Latin ones.
type likeness struct {
	table *unicode.RangeTable
	alike string // its letters that do, as UTS #39 has them
	signs string // those that also stand beside Latin letters as signs of mathematics and of the sciences
}

var likeLatin = []likeness{
	{unicode.Cyrillic, "АВЕЅІЈКМНОРСТУХҮԌԚԜЗЬаеосрухѕіјһԁԛԝӏѵүгб", ""},
	{unicode.Greek, "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϺοϲϳαγικνρτυχηω", "αγικνρτυχηω"},
	{unicode.Armenian, "օսոցհյլՕՍԼՏ", ""},
	{unicode.Cherokee, "ᎪᎳᎬᎡᎢᎫᎻᎷᏢᏒᏚᎢᏙᏔᏃᏟᏞᏴᏀᏦ", ""},
}

// ownWord reports whether a word is of the script alone and has a letter that no Latin one looks like, as words of a language have.
func (s likeness) ownWord(word string) bool {
	letters, own := 0, false
	for _, c := range word {
		if !unicode.IsLetter(c) {
			continue
		}
		if !unicode.Is(s.table, c) {
			return false
		}
		letters++
		own = own || !strings.ContainsRune(s.alike, c)
	}
	return own && (letters > 2 || s.signs == "") // a sign is no word
}

// mixed finds the letters of a word that belong to another script than its Latin ones, and those of a word that is another script's
// altogether and looks Latin, where no other word of the line has that script for its own.
func mixed(word string, honest map[*unicode.RangeTable]bool) []string {
	letters := slices.DeleteFunc([]rune(word), func(c rune) bool { return !unicode.IsLetter(c) })
	latin := slices.ContainsFunc(letters, func(c rune) bool { return unicode.Is(unicode.Latin, c) })
	var found []string
	whole := len(letters) > 0 && !latin
	for i, c := range letters {
		s, of := scriptOf(c)
		switch {
		case unicode.In(c, unicode.Latin, unicode.Common):
		case latin && (!of || s.table != unicode.Greek): // no language mixes them
			found = append(found, codePoint(c))
		case latin && strings.ContainsRune(s.alike, c) && !s.isSign(letters, i):
			found = append(found, codePoint(c))
		}
		whole = whole && of && strings.ContainsRune(s.alike, c) && !strings.ContainsRune(s.signs, c) && !honest[s.table]
	}
	if whole {
		for _, c := range letters {
			found = append(found, codePoint(c))
		}
	}
	return found
}

func scriptOf(c rune) (likeness, bool) {
	for _, s := range likeLatin {
		if unicode.Is(s.table, c) {
			return s, true
		}
	}
	return likeness{}, false
}

// isSign reports whether a letter stands as a sign: at the beginning of a word, after a capital, or after few letters, as in
// αhelix, NFκB and Lyα. Inside a word of small letters it stands for one of them.
func (s likeness) isSign(letters []rune, i int) bool {
	if !strings.ContainsRune(s.signs, letters[i]) {
		return false
	}
	before := 0
	for before < i && unicode.In(letters[i-1-before], unicode.Latin) && unicode.IsLower(letters[i-1-before]) {
		before++
	}
	inside := before > 0 && i+1 < len(letters) && unicode.Is(unicode.Latin, letters[i+1]) && unicode.IsLower(letters[i+1])
	return !inside && before < 3
}

// formed finds full-width letters and digits, and words of letters that mathematics sets in a style; one alone is a variable.
func formed(word string) []string {
	var full, styled []string
	for _, c := range word {
		switch {
		case c >= '０' && c <= '９', c >= 'Ａ' && c <= 'Ｚ', c >= 'ａ' && c <= 'ｚ':
			full = append(full, codePoint(c))
		case c >= 0x1D400 && c <= 0x1D7FF:
			styled = append(styled, codePoint(c))
		}
	}
	if len(styled) < 2 {
		return full
	}
	return append(full, styled...)
}

// unseen reports characters that nothing is drawn for: those that Unicode calls default ignorable, and blanks that are letters or
// symbols.
func unseen(c rune) bool {
	switch c {
	case 0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2800, 0x3164, 0xFEFF, 0xFFA0:
		return true
	}
	return c >= 0x180B && c <= 0x180D || c >= 0x200B && c <= 0x200F || c >= 0x202A && c <= 0x202E || c >= 0x2060 && c <= 0x206F ||
		c >= 0xFE00 && c <= 0xFE0F || c >= 0xFFF0 && c <= 0xFFFB || c >= 0xE0000 && c <= 0xE0FFF || c >= 0x1BCA0 && c <= 0x1BCA3
}

// unseenIn finds the characters of a word that can't be seen and do nothing that a reader would miss.
func unseenIn(word string) []string {
	letters := []rune(word)
	var found []string
	for i, c := range letters {
		if unseen(c) && !needed(letters, i) {
			found = append(found, codePoint(c))
		}
	}
	return found
}

// needed reports whether a character that can't be seen is how the ones around it are written: it joins emoji or chooses their
// look, or joins or parts letters of a script that ties them.
func needed(letters []rune, i int) bool {
	if i == 0 {
		return false
	}
	before := letters[i-1]
	switch c := letters[i]; {
	case c >= 0xFE00 && c <= 0xFE0F, c >= 0xE0100 && c <= 0xE01EF: // of an emoji, a keycap, a sign or a Chinese character
		return !unicode.Is(unicode.Latin, before) && !unseen(before)
	case c >= 0xE0020 && c <= 0xE007F: // of a flag
		return slices.Contains(letters[:i], 0x1F3F4)
	case c == 0x200C || c == 0x200D:
		tied := unicode.IsMark(before) || unicode.IsLetter(before) && !unicode.In(before, unicode.Latin, unicode.Cyrillic, unicode.Greek) && !wide(before)
		return tied || c == 0x200D && (unicode.IsSymbol(before) || before == 0xFE0F)
	}
	return false
}

// shown writes the characters of a word that can't be seen as their numbers.
func shown(word string) string {
	var b strings.Builder
	for _, c := range word {
		if unseen(c) {
			fmt.Fprintf(&b, "[%s]", codePoint(c))
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// Text says what is found, in both languages.
func (l Lookalike) Text() metrics.Text {
	return Lint{Rule: "lookalike", Detail: l.Detail, Args: []string{l.Word, strings.Join(l.Found, ", ")}}.Text()
}

// lintLookalikes adds what of a report's lines reads as something else. The report shares its lint with another.
func (r *Report) lintLookalikes() {
	for _, line := range append([]string{r.Title, r.Author, r.Translator, r.License}, r.Keywords...) {
		for _, l := range Lookalikes(line) {
			found := strings.Join(l.Found, ", ")
			switch l.Detail {
			case "letters":
				r.lintCopy(1, "lookalike/letters", l.Word, found)
			case "forms":
				r.lintCopy(1, "lookalike/forms", l.Word, found)
			case "invisible":
				r.lintCopy(1, "lookalike/invisible", l.Word, found)
			}
		}
	}
}
