package search

import (
	"math"
	"strconv"
	"strings"
)

// weightAmount is the weight of an amount written in another unit, or of a number written in another language's steps.
const weightAmount = 0.8

// scale is a step of a unit or of numbers: the ways to write it, the first of which is looked for in full and the others too.
type scale struct {
	names []string
	size  float64
}

// unitScales are the units whose steps stand for each other: 2,000MW is 2GW.
var unitScales = [][]scale{
	{{[]string{"w", "와트"}, 1}, {[]string{"kw", "킬로와트"}, 1e3}, {[]string{"mw", "메가와트"}, 1e6}, {[]string{"gw", "기가와트"}, 1e9}, {[]string{"tw", "테라와트"}, 1e12}},
	{{[]string{"wh", "와트시"}, 1}, {[]string{"kwh", "킬로와트시"}, 1e3}, {[]string{"mwh", "메가와트시"}, 1e6}, {[]string{"gwh", "기가와트시"}, 1e9}, {[]string{"twh", "테라와트시"}, 1e12}},
	{{[]string{"kb", "킬로바이트"}, 1e3}, {[]string{"mb", "메가바이트"}, 1e6}, {[]string{"gb", "기가바이트"}, 1e9}, {[]string{"tb", "테라바이트"}, 1e12}, {[]string{"pb", "페타바이트"}, 1e15}},
	{{[]string{"kbps"}, 1e3}, {[]string{"mbps"}, 1e6}, {[]string{"gbps"}, 1e9}, {[]string{"tbps"}, 1e12}},
	{{[]string{"hz", "헤르츠"}, 1}, {[]string{"khz", "킬로헤르츠"}, 1e3}, {[]string{"mhz", "메가헤르츠"}, 1e6}, {[]string{"ghz", "기가헤르츠"}, 1e9}},
	{{[]string{"gflops", "gflop"}, 1e9}, {[]string{"tflops", "tflop", "테라플롭스"}, 1e12}, {[]string{"pflops", "pflop", "페타플롭스"}, 1e15}, {[]string{"eflops", "eflop", "엑사플롭스"}, 1e18}},
	{{[]string{"ns"}, 1e-9}, {[]string{"us", "μs", "µs"}, 1e-6}, {[]string{"ms", "밀리초"}, 1e-3}},
	{{[]string{"nm", "나노미터"}, 1e-9}, {[]string{"um", "μm", "µm", "마이크로미터"}, 1e-6}, {[]string{"mm", "밀리미터"}, 1e-3}},
	{{[]string{"v", "볼트"}, 1}, {[]string{"kv", "킬로볼트"}, 1e3}},
}

// numberScales are the steps of numbers in both languages: 400,000 is 40만, and 6.5 billion 65억. The longest come first.
var numberScales = []scale{
	{[]string{"천만"}, 1e7}, {[]string{"백만"}, 1e6}, {[]string{"십만"}, 1e5}, {[]string{"천억"}, 1e11}, {[]string{"백억"}, 1e10}, {[]string{"십억"}, 1e9},
	{[]string{"조"}, 1e12}, {[]string{"억"}, 1e8}, {[]string{"만"}, 1e4}, {[]string{"천"}, 1e3},
	{[]string{" trillion"}, 1e12}, {[]string{" billion"}, 1e9}, {[]string{" million"}, 1e6}, {[]string{" thousand"}, 1e3}, {[]string{""}, 1},
}

// mostOf returns how many of a scale are said before the next one is: nobody writes 10백만 or 1000 million. Of the steps within
// 만 and 억 it is one figure.
func (s scale) mostOf() float64 {
	switch name := s.names[0]; {
	case name == "천" || len(name) == len("백만"):
		return 10
	case name == "만" || name == "억":
		return 10000
	case strings.HasPrefix(name, " ") && s.size < 1e12:
		return 1000
	}
	return math.Inf(1)
}

// leastNumber is the number from which one without a unit is worth looking for in other ways; years are below.
const leastNumber = 10000

// otherAmounts returns the other ways to write the amount that a text starts with, and how much of the text that amount takes.
func otherAmounts(text string) (ways []string, length int) {
	start := len(text) - len(strings.TrimLeft(text, "$₩€~("))
	end := start
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end > start && (text[end] == ',' || text[end] == '.')) {
		end++
	}
	if end == start {
		return nil, 0
	}
	value, err := strconv.ParseFloat(strings.ReplaceAll(text[start:end], ",", ""), 64)
	if err != nil || value == 0 {
		return nil, 0
	}
	typed := strings.ToLower(text[end:])
	for _, unit := range unitScales {
		for _, s := range unit {
			if name, n := s.at(typed); n > 0 {
				return write(value*s.size, unit, s, name), end + n
			}
		}
	}
	for _, s := range numberScales {
		name, n := s.at(typed)
		if n > 0 || s.size == 1 && value >= leastNumber && (typed == "" || typed[0] == ' ') {
			return write(value*s.size, numberScales, s, name), end + n
		}
	}
	return nil, 0
}

// at returns which of the scale's names a text starts with, behind a space or none, and how much of it that is. No letter
// follows one in Latin letters.
func (s scale) at(text string) (string, int) {
	space := len(text) - len(strings.TrimLeft(text, " "))
	for _, name := range s.names {
		name = strings.TrimSpace(name)
		rest, ok := strings.CutPrefix(text[space:], name)
		if !ok || name == "" || name[0] < 0x80 && rest != "" && (rest[0] >= 'a' && rest[0] <= 'z' || rest[0] >= '0' && rest[0] <= '9') {
			continue
		}
		return name, space + len(name)
	}
	return "", 0
}

// write returns the ways to write a value in scales and under names other than the one typed, those that need few digits and are
// said so.
func write(value float64, scales []scale, typed scale, name string) (ways []string) {
	for _, s := range scales {
		x := value / s.size
		// As many digits as are read at a glance; what needs more is not written so.
		rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64)
		if x < 0.1 || x >= 1e6 && s.size != 1 || x >= s.mostOf() || math.Abs(rounded-x) > 1e-9*x || s.mostOf() == 10 && rounded != math.Trunc(rounded) {
			continue
		}
		for _, other := range s.names {
			switch {
			case s.names[0] == typed.names[0] && strings.TrimSpace(other) == strings.TrimSpace(name):
			case rounded == 1 && s.mostOf() == 10:
				ways = append(ways, other) // 십억, and not 1십억
			default:
				ways = append(ways, strconv.FormatFloat(rounded, 'f', -1, 64)+other)
			}
		}
	}
	return ways
}
