package content

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// quantity is a number with a unit in a text, in base units.
type quantity struct {
	start, end int // bytes of the number with its unit
	value      float64
	dimension  string // fraction, byte, byte/s, W, USD, FLOP, FLOP/s, parameter, token, minute, transistor, Hz, point
}

const numberPattern = `(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)`

var (
	koreanScale = map[string]float64{"": 1, "천": 1e3, "만": 1e4, "백만": 1e6, "천만": 1e7, "억": 1e8, "조": 1e12, "경": 1e16}
	latinScale  = map[string]float64{"": 1, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12, "g": 1e9, "p": 1e15, "e": 1e18, "z": 1e21, "thousand": 1e3, "million": 1e6,
		"billion": 1e9, "bn": 1e9, "trillion": 1e12, "quadrillion": 1e15}

	quantityPatterns = []struct {
		dimension string
		re        *regexp.Regexp
		scale     func(m []string) float64
	}{
		{"fraction", regexp.MustCompile(numberPattern + ` ?(?:%|％|퍼센트|프로(?:\b|$)|percent\b|per cent\b)`), constant(0.01)},
		{"byte/s", regexp.MustCompile(numberPattern + ` ?([kKMGTP])(i?)B(?:/s\b|ps\b|/초| per second| ?/ ?sec)`), binaryScale},
		{"byte/s", regexp.MustCompile(`초당 ` + numberPattern + ` ?([KMGTP])(i?)B`), binaryScale},
		{"byte/s", regexp.MustCompile(`초당 ` + numberPattern + ` ?(기가|테라|페타)()바이트`), koreanByte},
		{"byte/s", regexp.MustCompile(numberPattern + ` ?(기가|테라|페타)()바이트(?:/초|퍼세크)`), koreanByte},
		{"bit/s", regexp.MustCompile(numberPattern + ` ?([KMGT])(?:bps|bit/s|b/s|비트/초)`), latinUnit},
		{"byte", regexp.MustCompile(numberPattern + ` ?([KMGTP])(i?)B`), binaryScale},
		{"byte", regexp.MustCompile(numberPattern + ` ?(기가|테라|페타)()바이트`), koreanByte},
		{"FLOP/s", regexp.MustCompile(`(?i)` + numberPattern + ` ?([gtpez])(?:flops|flop/s|flops/s)`), latinUnit},
		{"FLOP/s", regexp.MustCompile(numberPattern + ` ?(테라|페타|엑사)플롭스`), func(m []string) float64 {
			return map[string]float64{"테라": 1e12, "페타": 1e15, "엑사": 1e18}[m[2]]
		}},
		{"FLOP", regexp.MustCompile(`(\d+(?:\.\d+)?) ?[eE]\+?(\d{2}) ?FLOPs?`), func(m []string) float64 { return power(m[2]) }},
		{"FLOP", regexp.MustCompile(`(\d+(?:\.\d+)?) ?[×x·*] ?10(?:\^\{?)?([⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d{2})\}? ?FLOPs?`), func(m []string) float64 { return power(m[2]) }},
		{"FLOP", regexp.MustCompile(`(1)0(?:\^\{?)?([⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d{2})\}? ?FLOPs?`), func(m []string) float64 { return power(m[2]) }},
		{"W", regexp.MustCompile(numberPattern + ` ?([kKMGT]?)(?:W|와트)`), func(m []string) float64 { return latinScale[strings.ToLower(m[2])] }},
		{"W", regexp.MustCompile(numberPattern + ` ?(킬로|메가|기가)와트`), func(m []string) float64 {
			return map[string]float64{"킬로": 1e3, "메가": 1e6, "기가": 1e9}[m[2]]
		}},
		{"W", regexp.MustCompile(numberPattern + ` ?(kilo|mega|giga)?watts?\b`), func(m []string) float64 {
			return map[string]float64{"": 1, "kilo": 1e3, "mega": 1e6, "giga": 1e9}[m[2]]
		}},
		{"USD", regexp.MustCompile(`(?i)(?:US)?\$ ?` + numberPattern + ` ?(thousand|million|billion|trillion|bn|k|m|b)?`), latinUnit},
		{"USD", regexp.MustCompile(numberPattern + ` ?(천|만|백만|천만|억|조)? ?달러`), koreanUnit},
		{"USD", regexp.MustCompile(`(?i)` + numberPattern + ` ?(thousand|million|billion)? ?(?:US )?dollars\b`), latinUnit},
		{"parameter", regexp.MustCompile(numberPattern + ` ?(만|억|조)? ?개?의? ?(?:활성 )?(?:파라미터|매개변수)`), koreanUnit},
		{"parameter", regexp.MustCompile(`(?:파라미터|매개변수)(?: 수)?(?:는|가|이|은)? ?(?:모두|총|약)? ?` + numberPattern + ` ?(만|억|조) ?개`), koreanUnit},
		{"parameter", regexp.MustCompile(numberPattern + ` ?([MBT]|million|billion|trillion)[ -](?:active |total )?parameters?\b`), latinUnit},
		{"parameter", regexp.MustCompile(numberPattern + ` ?([MBT]|million|billion|trillion)(?: of (?:them|these|which|those))?,? (?:are |being )?(?:active|activated)\b`), latinUnit},
		{"parameter", regexp.MustCompile(numberPattern + ` ?(만|억|조) ?개(?:만|가|를)? ?(?:이 )?활성`), koreanUnit},
		{"token", regexp.MustCompile(numberPattern + ` ?(만|억|조) ?개?의? ?토큰`), koreanUnit},
		{"token", regexp.MustCompile(`토큰(?:을|은|이)? ?(?:총|약)? ?` + numberPattern + ` ?(만|억|조) ?개`), koreanUnit},
		{"token", regexp.MustCompile(numberPattern + ` ?([MBT]|million|billion|trillion)[ -](?:training )?tokens?\b`), latinUnit},
		{"transistor", regexp.MustCompile(numberPattern + ` ?(만|억|조)? ?개?의? ?트랜지스터`), koreanUnit},
		{"transistor", regexp.MustCompile(`트랜지스터(?: 수)?(?:는|가|이|은|를)? ?(?:총|약)? ?` + numberPattern + ` ?(만|억|조)? ?개`), koreanUnit},
		{"transistor", regexp.MustCompile(numberPattern + ` ?(million|billion)? transistors\b`), latinUnit},
		{"Hz", regexp.MustCompile(numberPattern + ` ?([kKMG])Hz`), func(m []string) float64 { return latinScale[strings.ToLower(m[2])] }},
		{"minute", regexp.MustCompile(numberPattern + ` ?시간(?: ?(\d{1,2}) ?분)?`), hours},
		{"minute", regexp.MustCompile(numberPattern + `[ -](?:hours?|hrs?)\b(?:(?: and)? (\d{1,2}) (?:minutes|min)\b)?`), hours},
		{"minute", regexp.MustCompile(numberPattern + ` ?(?:분(?:짜리|간)?|-?minutes?\b|min\b)`), constant(1)},
		{"rating", regexp.MustCompile(`(\d,?\d{3}) ?(?:Elo\b|엘로)`), constant(1)},
		{"rating", regexp.MustCompile(`(?i)(?:Elo|엘로)(?: (?:score|rating|점수|평점))?(?: of|는|은|가|이| is| at)? (\d,?\d{3})(?: ?점)?\b`), constant(1)},
		{"point", regexp.MustCompile(numberPattern + ` ?점`), constant(0.01)},
		{"point", regexp.MustCompile(`(?:scor(?:es?|ed|ing)|at) ` + numberPattern + `(?: on\b)`), constant(0.01)},
	}
)

func koreanByte(m []string) float64 {
	return map[string]float64{"기가": 1e9, "테라": 1e12, "페타": 1e15}[m[2]]
}

func constant(f float64) func([]string) float64 { return func([]string) float64 { return f } }

func latinUnit(m []string) float64 { return latinScale[strings.ToLower(m[2])] }

func koreanUnit(m []string) float64 { return koreanScale[m[2]] }

func binaryScale(m []string) float64 {
	if m[3] == "" {
		return latinScale[strings.ToLower(m[2])]
	}
	return math.Pow(1024, float64(strings.Index("kmgtp", strings.ToLower(m[2]))+1))
}

func hours([]string) float64 { return 60 }

func power(digits string) float64 {
	ascii := strings.Map(func(c rune) rune {
		if i := strings.IndexRune("⁰¹²³⁴⁵⁶⁷⁸⁹", c); i >= 0 {
			return '0' + rune(len([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹"[:i])))
		}
		return c
	}, digits)
	n, err := strconv.Atoi(ascii)
	if err != nil || n > 40 {
		return math.NaN()
	}
	return math.Pow(10, float64(n))
}

// quantities finds the numbers with units in a text, from left to right, the first pattern that fits at each place.
func quantities(text string) []quantity {
	var out []quantity
	taken := func(a, b int) bool {
		for _, q := range out {
			if a < q.end && q.start < b {
				return true
			}
		}
		return false
	}
	for _, p := range quantityPatterns {
		for _, m := range p.re.FindAllStringSubmatchIndex(text, -1) {
			groups := make([]string, len(m)/2)
			for i := range groups {
				if m[2*i] >= 0 {
					groups[i] = text[m[2*i]:m[2*i+1]]
				}
			}
			number := groups[1]
			start := m[2]
			if taken(m[0], m[1]) || start > 0 && (latin(rune(text[start-1])) || strings.ContainsRune(".,-", rune(text[start-1])) && start > 1 && latin(rune(text[start-2]))) {
				continue
			}
			v, err := strconv.ParseFloat(strings.ReplaceAll(number, ",", ""), 64)
			if err != nil {
				continue
			}
			q := quantity{start: m[0], end: m[1], dimension: p.dimension, value: v * p.scale(groups)}
			if p.dimension == "minute" && len(groups) > 2 && groups[2] != "" {
				if extra, err := strconv.ParseFloat(groups[2], 64); err == nil {
					q.value += extra
				}
			}
			if p.dimension == "USD" || p.dimension == "parameter" || p.dimension == "token" || p.dimension == "transistor" {
				q.value += smallerPart(text, &q)
			}
			q.value = roundTo(q.value, 12)
			if !math.IsNaN(q.value) {
				out = append(out, q)
			}
		}
	}
	sortQuantities(out)
	return out
}

var largerPart = regexp.MustCompile(numberPattern + ` ?(만|억|조) ?$`)

// smallerPart adds the part of 1조 8,000억, 3억 5,000만 or 2만 5,000 that stands before what a pattern matched.
func smallerPart(text string, q *quantity) float64 {
	m := largerPart.FindStringSubmatchIndex(text[:q.start])
	if m == nil {
		return 0
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(text[m[2]:m[3]], ",", ""), 64)
	if err != nil {
		return 0
	}
	q.start = m[0]
	return v * koreanScale[text[m[4]:m[5]]]
}

// roundTo takes the noise of binary arithmetic off a decimal number.
func roundTo(v float64, digits int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return r
}

func sortQuantities(qs []quantity) {
	for i := 1; i < len(qs); i++ {
		for k := i; k > 0 && qs[k].start < qs[k-1].start; k-- {
			qs[k], qs[k-1] = qs[k-1], qs[k]
		}
	}
}
