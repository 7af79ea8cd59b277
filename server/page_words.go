package server

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/trend"
)

// markup is what the brackets of a message stand for: {…} stays on one line, […] is the number that answers. The index of
// a verb is left alone.
var markup = strings.NewReplacer("%[1]", "%[1]", "%[2]", "%[2]", "%[3]", "%[3]", "%[4]", "%[4]",
	"{", `<span class="nb">`, "}", `</span>`, "[", `<span class="now">`, "]", `</span>`)

// rich is a message with markup as HTML. Arguments are escaped, so that a name with a bracket stays a name.
func rich(lang, key string, args ...any) template.HTML {
	format := markup.Replace(template.HTMLEscapeString(say(lang, key)))
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = template.HTMLEscapeString(s)
			if lang == "en" && languageOf(s, lang) != "" {
				args[i] = fmt.Sprintf(`<span lang="ko">%s</span>`, args[i])
			}
		}
	}
	return template.HTML(glue(fmt.Sprintf(format, args...))) //nolint:gosec // the format is of the catalogue and the arguments are escaped
}

// joined puts sentences after one another.
func joined(sentences ...template.HTML) template.HTML {
	var b strings.Builder
	for _, s := range sentences {
		if s == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(s))
	}
	return template.HTML(b.String()) //nolint:gosec // of parts that are HTML
}

// koreanCounts are the native numerals that count times, as a newspaper writes them.
var koreanCounts = [...]string{"", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열",
	"열한", "열두", "열세", "열네", "열다섯", "열여섯", "열일곱", "열여덟", "열아홉", "스무"}

// timesText says how often: 열세 번, 13 times.
func timesText(lang string, n int) string {
	switch {
	case lang == "en" && n == 1:
		return "once"
	case lang == "en" && n == 2:
		return "twice"
	case lang == "en":
		return strconv.Itoa(n) + "\u00a0times"
	case n > 0 && n < len(koreanCounts):
		return koreanCounts[n] + "\u00a0번"
	}
	return strconv.Itoa(n) + "번"
}

// spanText is a length of time: days under two months, months under a year and a half, then years.
func spanText(lang string, years float64) string { return spanUnitOf(years).text(lang, years) }

// spanUnit is a unit of time, and how many make a year.
type spanUnit struct {
	perYear float64
	ko, en  string
}

func spanUnitOf(years float64) spanUnit {
	switch {
	case years*365.25 < 61:
		return spanUnit{365.25, "일", "day"}
	case years < 1.5:
		return spanUnit{12, "개월", "month"}
	}
	return spanUnit{1, "년", "year"}
}

func (u spanUnit) text(lang string, years float64) string {
	v := years * u.perYear
	digits := 0
	if u.perYear < 365 && v < 10 || u.perYear == 1 && v < 100 {
		digits = 1
	}
	return counted(lang, v, digits, u.ko, u.en)
}

func counted(lang string, v float64, decimals int, ko, en string) string {
	n := strconv.FormatFloat(v, 'f', decimals, 64)
	if lang != "en" {
		return n + ko
	}
	if n != "1" {
		en += "s"
	}
	return n + "\u00a0" + en
}

// yearsText is an estimated length of time in years, with its interval in the same unit.
func yearsText(lang string, e trend.Estimate) string {
	text := spanText(lang, e.Value)
	if e.Bounded {
		text += " (" + spansText(lang, e) + ")"
	}
	return text
}

// spansText is the interval of an estimated length of time, in the unit of the estimate.
func spansText(lang string, e trend.Estimate) string {
	u := spanUnitOf(e.Value)
	return quantity.Span(u.text(lang, e.Low), "–", u.text(lang, e.High))
}

// growthText is growth per year: a factor for an exponential fit, a difference for a linear one.
func growthText(lang string, kind trend.Kind, g *trend.Estimate, unit string) string {
	if g == nil {
		return ""
	}
	word := func(v float64) string { return quantity.Delta(v, unit, lang) }
	if kind == trend.Exponential {
		word = func(v float64) string { return factorText(lang, v) }
	}
	text := word(g.Value)
	if g.Bounded {
		text += " (" + quantity.Span(word(g.Low), "–", word(g.High)) + ")"
	}
	return text
}

// factorText is a ratio: 4.2배, 4.2×.
func factorText(lang string, v float64) string {
	n := quantity.Format(roundedTo(v, 3), "", lang)
	if lang == "en" {
		return n + "×"
	}
	return n + "배"
}

// roundedTo keeps n significant digits.
func roundedTo(v float64, n int) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	scale := math.Pow(10, float64(n-1)-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// plain writes a statistic with up to n decimals, blank where there is none.
func plain(v *float64, n int) string {
	if v == nil {
		return ""
	}
	return strings.Replace(strconv.FormatFloat(*v, 'f', n, 64), "-", "−", 1)
}

// levelText is a level to compare with, written without decimals that say nothing: 25%, not 25.0%.
func levelText(lang string, v float64, unit string) string {
	return strings.Replace(quantity.Format(v, unit, lang), ".0%", "%", 1)
}

// gainText is a record's improvement on the one before: a factor where the metric is read on a log scale.
func gainText(lang string, m metrics.Metric, r query.Record) string {
	if r.Gain == nil {
		return ""
	}
	gain := *r.Gain
	if m.LowerIsBetter() {
		gain = -gain
	}
	if before := r.Value - gain; m.Scale == "log" && before > 0 && r.Value > 0 {
		return factorText(lang, r.Value/before)
	}
	return quantity.Delta(gain, m.Unit, lang)
}

// intervalText is an observation's own interval, with what kind of interval it is where its source says.
func intervalText(lang string, o query.Observation, unit string) string {
	if o.Low == nil || o.High == nil {
		return ""
	}
	text := quantity.Span(quantity.Format(*o.Low, unit, lang), "–", quantity.Format(*o.High, unit, lang))
	if o.Interval == "" {
		return text
	}
	return text + " (" + say(lang, "bounds."+o.Interval) + ")"
}

// unitText says in words what a chart measures and how its scale runs.
func unitText(lang string, m metrics.Metric, logScale bool) string {
	unit := say(lang, "unit."+m.Unit)
	if unit == "unit."+m.Unit {
		unit = m.Unit
	}
	scale := "axis.linear"
	if logScale {
		scale = "axis.log"
	}
	return strings.Join([]string{m.Title.In(lang), unit, say(lang, scale)}, ", ")
}

func fitName(lang string, k trend.Kind) string { return say(lang, "fit."+string(k)) }

func estimatorText(lang string, t query.Trend) string {
	if t.Fit == trend.Logistic && t.Estimator == trend.OLS {
		return say(lang, "estimator.nls")
	}
	return say(lang, "estimator."+string(t.Estimator))
}

func confidenceText(v float64) string {
	return strconv.FormatFloat(math.Round(v*1000)/10, 'f', -1, 64) + "%"
}

// settingText is a setting as it is shown: none is the default.
func settingText(lang, setting string) string {
	if setting == "" {
		return say(lang, "setting.default")
	}
	return setting
}

// endsWith is a word with the copula that its sound calls for in Korean, alone in English.
func endsWith(lang, word, particle string) string {
	if lang == "en" {
		return word
	}
	return templates.Particle(word, particle)
}

// topic marks what a Korean sentence is about.
func topic(lang, word string) string { return endsWith(lang, word, "은/는") }

// subject marks the subject of a Korean clause; English takes the word as it stands within a sentence.
func subject(lang, word string) string { return endsWith(lang, within(lang, word), "이/가") }

// within is a title in the middle of an English sentence: small, unless it is a name or an acronym.
func within(lang, title string) string {
	first, size := utf8.DecodeRuneInString(title)
	second, _ := utf8.DecodeRuneInString(title[size:])
	if lang != "en" || !unicode.IsUpper(first) || !unicode.IsLower(second) || strings.Contains(title, "-") {
		return title
	}
	return string(unicode.ToLower(first)) + title[size:]
}

// glue keeps on one line what is read as one: a statistic with its sign, the month with its year, a factor with its word, a
// name in brackets with its particle.
func glue(text string) string { return inseparable.Replace(text) }

var inseparable = strings.NewReplacer("n = ", "n\u00a0=\u00a0", "p = ", "p\u00a0=\u00a0", "p < ", "p\u00a0<\u00a0", "R² = ", "R²\u00a0=\u00a0",
	"두 배", "두\u00a0배", "맨 앞", "맨\u00a0앞", "년 1", "년\u00a01", "년 2", "년\u00a02", "년 3", "년\u00a03", "년 4", "년\u00a04", "년 5", "년\u00a05", "년 6", "년\u00a06",
	"년 7", "년\u00a07", "년 8", "년\u00a08", "년 9", "년\u00a09",
	")의", ")\u2060의", ")이", ")\u2060이", ")가", ")\u2060가", ")은", ")\u2060은", ")는", ")\u2060는", ")다", ")\u2060다", ")로", ")\u2060로", ")과", ")\u2060과", ")와", ")\u2060와", ")를", ")\u2060를", ")을", ")\u2060을", ")에", ")\u2060에")
