// Package quantity words numbers with their units for readers of Korean and English: in tables and charts, on axes and in
// sentences. Values come in base units (fraction, USD, FLOP/s, byte, minute …).
package quantity

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// NoBreak keeps a number and its unit on one line.
const NoBreak = "\u00a0"

// minus is the sign of negative numbers; the hyphen is too short beside figures.
const minus = "\u2212"

// Format writes v, in base units, as a reader of lang meets it in a
// sentence or a table: 87.6%, $5.00, 137분, 288GB, 1,366만 개, 5.0×10²⁶ FLOP.
// Numbers and units are joined by no-break spaces. A unit it does not know is
// written after the number as it is. A value that is not finite is written
// as "".
func Format(v float64, unit, lang string) string {
	if !finite(v) {
		return ""
	}
	lead, number := magnitude(math.Abs(v), unit, korean(lang))
	return lead + sign(v) + number
}

// Say writes v as Format does, without zeros that only line numbers up in a
// table: 60%, where a table has 60.0%.
func Say(v float64, unit, lang string) string {
	if unit == "fraction" && finite(v) {
		return sign(v) + trimmed(percent(math.Abs(v))) + "%"
	}
	return Format(v, unit, lang)
}

// Month writes the month of t as a sentence names it.
func Month(t time.Time, lang string) string {
	if lang == "en" {
		return t.Format("January 2006")
	}
	return t.Format("2006년 1월")
}

// SayDifference writes the size of a difference between two values of unit, in words for
// a sentence; that of fractions is in percentage points.
func SayDifference(v float64, unit, lang string) string {
	switch {
	case unit != "fraction" || !finite(v):
		return Format(v, unit, lang)
	case korean(lang):
		return Say(v, unit, lang) + "p"
	}
	return strings.TrimSuffix(Say(v, unit, lang), "%") + NoBreak + "percentage points"
}

// Delta writes a difference of two values of unit with its sign. A
// difference of fractions is in percentage points: +0.6%p, or +0.6 pp in
// English.
func Delta(v float64, unit, lang string) string {
	if !finite(v) {
		return ""
	}
	s := "+"
	if v == 0 {
		s = ""
	} else if v < 0 {
		s = minus
	}
	v = math.Abs(v)
	if unit == "fraction" {
		if korean(lang) {
			return s + percent(v) + "%p"
		}
		return s + percent(v) + NoBreak + "pp"
	}
	lead, number := magnitude(v, unit, korean(lang))
	return lead + s + number
}

// Tick writes v for an axis: no figure that says nothing, no word that
// the unit line above the chart says already. 1만, 100만, 10²⁴, 80%, 6초.
func Tick(v float64, unit, lang string) string {
	if !finite(v) {
		return ""
	}
	return sign(v) + tick(math.Abs(v), unit, korean(lang))
}

func korean(lang string) bool { return lang == "ko" || strings.HasPrefix(lang, "ko-") }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func sign(v float64) string {
	if v < 0 {
		return minus
	}
	return ""
}

// magnitude is Format for v ≥ 0, in two parts: words that come before the
// number in Korean (달러당), and the number with its unit.
func magnitude(v float64, unit string, ko bool) (lead, number string) {
	switch unit {
	case "fraction":
		return "", percent(v) + "%"
	case "USD":
		return "", dollars(v, ko)
	case "USD per million tokens":
		if ko {
			return "100만" + NoBreak + "토큰당" + NoBreak, dollars(v, ko)
		}
		return "", dollars(v, ko) + " per million tokens"
	case "minute":
		return "", minutes(v, ko)
	case "year":
		return "", years(v, ko)
	case "FLOP":
		return "", power(v, 2) + NoBreak + "FLOP"
	case "Elo", "SpecINT", "SpecINT × 1000", "normalised score":
		return "", trimmed(significantUpTo(v, 4))
	}
	if u, ok := physical[unit]; ok {
		n, prefix := u.scale(v)
		number = trimmed(significantUpTo(n, 3))
		if ko && !u.long {
			return "", number + prefix + u.symbol
		}
		return u.per.around(number+NoBreak+prefix+u.symbol, ko)
	}
	if u, ok := counted[unit]; ok {
		if !ko {
			return u.per.around(strings.TrimSuffix(countEn(v)+NoBreak+plural(u.en, v), NoBreak), ko)
		}
		number = countKo(v)
		if last := number[len(number)-1]; u.ko == "H100e" || last < '0' || last > '9' {
			number += NoBreak
		}
		return u.per.around(number+u.ko, ko)
	}
	if unit == "" {
		return "", count(v, ko)
	}
	return "", count(v, ko) + NoBreak + unit
}

// years writes a calendar year, or a length of time in years.
func years(v float64, ko bool) string {
	switch {
	case v >= 1000 && v < 10000:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case ko:
		return trimmedTo(v) + "년"
	}
	return trimmedTo(v) + NoBreak + "years"
}

// trimmedTo writes a small number to one decimal and a large one whole.
func trimmedTo(v float64) string {
	if v < 100 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return count(v, false)
}

func plural(word string, v float64) string {
	if v == 1 || word == "" || word == "H100e" {
		return word
	}
	return word + "s"
}

// tick is Tick for v ≥ 0.
func tick(v float64, unit string, ko bool) string {
	switch unit {
	case "fraction":
		return trimmed(significantUpTo(v*100, 4)) + "%"
	case "USD", "USD per million tokens":
		switch {
		case v >= 1e4 && ko:
			return "$" + countKo(v)
		case v >= 1e6:
			return "$" + countEn(v)
		}
		return "$" + trimmed(significantUpTo(v, 4))
	case "minute":
		return minutes(v, ko)
	case "year":
		if v >= 1000 && v < 10000 {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
		return trim(v, 2)
	case "FLOP":
		return power(v, 1)
	}
	if u, ok := physical[unit]; ok {
		n, prefix := u.scale(v)
		if v == 0 {
			return "0"
		}
		symbol := u.symbol
		if u.long {
			symbol = ""
		}
		if ko || symbol == "" {
			return trimmed(significantUpTo(n, 4)) + prefix + symbol
		}
		return trimmed(significantUpTo(n, 4)) + NoBreak + prefix + symbol
	}
	return count(v, ko)
}

func count(v float64, ko bool) string {
	if ko {
		return countKo(v)
	}
	return countEn(v)
}

// myriads are the Korean units of ten thousand.
var myriads = [...]struct {
	size float64
	name string
}{{1e16, "경"}, {1e12, "조"}, {1e8, "억"}, {1e4, "만"}}

// countKo groups by ten thousands with one unit word: 1만, 1,366만, 2.5억.
// Past 10¹⁹ it is a power of ten.
func countKo(v float64) string {
	if v >= 1e19 {
		return power(v, 2)
	}
	for _, m := range myriads {
		if n := v / m.size; n >= 0.99995 {
			if n < 10 {
				return trimmed(significantUpTo(n, 3)) + m.name
			}
			return trimmed(significantUpTo(n, 4)) + m.name
		}
	}
	return small(v)
}

// countEn abbreviates by thousands past a hundred thousand: 2,300, 13.7M, 70B,
// 15T. Past 10¹⁶ it is a power of ten.
func countEn(v float64) string {
	switch {
	case v >= 1e16:
		return power(v, 2)
	case v >= 0.9995e12:
		return trimmed(significantUpTo(v/1e12, 3)) + "T"
	case v >= 0.9995e9:
		return trimmed(significantUpTo(v/1e9, 3)) + "B"
	case v >= 0.9995e6:
		return trimmed(significantUpTo(v/1e6, 3)) + "M"
	case v >= 1e5:
		return trimmed(significantUpTo(v/1e3, 3)) + "K"
	}
	return small(v)
}

// small writes a number under 10⁵ to four figures, and tiny ones as powers.
func small(v float64) string {
	if v != 0 && v < 1e-4 {
		return power(v, 2)
	}
	if v >= 1000 {
		return group(strconv.FormatFloat(v, 'f', 0, 64))
	}
	return trimmed(significantUpTo(v, 4))
}

// percent writes a fraction in hundredths with one decimal, two figures where
// one decimal would hide the value, and none at exactly 0 and 100.
func percent(v float64) string {
	p := v * 100
	switch {
	case p == 0:
		return "0"
	case p == 100:
		return "100"
	case p < 0.1:
		return trimmed(significantUpTo(p, 2))
	case p >= 1e6:
		return power(p, 2)
	}
	return group(strconv.FormatFloat(p, 'f', 1, 64))
}

func dollars(v float64, ko bool) string {
	switch {
	case v == 0:
		return "$0"
	case v < 1e-4:
		return "$" + power(v, 2)
	case v < 0.01:
		return "$" + trimmed(significantUpTo(v, 2))
	case v < 1: // $0.035 and $0.04 are two prices
		return "$" + cents(v)
	case v < 1000:
		return "$" + strconv.FormatFloat(v, 'f', 2, 64)
	case ko && v >= 1e4:
		return "$" + countKo(v)
	}
	return "$" + countEn(v)
}

// cents writes an amount below one with two decimals, and up to four where two would hide some of its first three figures.
func cents(v float64) string {
	s := trimmed(significantUpTo(v, 3))
	if _, decimals, _ := strings.Cut(s, "."); len(decimals) < 2 {
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return s
}

// minutes writes a duration in seconds under a minute, in minutes above.
func minutes(v float64, ko bool) string {
	n, unitKo, unitEn := v, "분", "min"
	if v != 0 && v < 0.9995 {
		n, unitKo, unitEn = v*60, "초", "s"
	}
	s := small(n)
	switch {
	case n >= 1e5:
		s = count(n, ko)
	case n >= 10 && n < 1000:
		s = trim(n, 0)
	case n >= 1 && n < 10:
		s = trimFixed(n, 1)
	case n > 0 && n < 1:
		s = trimmed(significantUpTo(n, 2))
	}
	if ko {
		return s + unitKo
	}
	return s + NoBreak + unitEn
}

// power writes v to the given number of figures times a power of ten, without
// the factor when it is one: 5.0×10²⁶, 10²⁴. Zero is 0, and numbers from 0.01
// to 9999 are written out.
func power(v float64, figures int) string {
	if v == 0 {
		return "0"
	}
	if v >= 0.01 && v < 1e4 {
		return small(v)
	}
	mantissa, exp, _ := strings.Cut(strconv.FormatFloat(v, 'e', max(figures-1, 0), 64), "e")
	n, err := strconv.Atoi(exp)
	if err != nil {
		return ""
	}
	p := "10" + superscript(n)
	if m := trimmed(mantissa); m == "1" {
		return p
	} else if figures == 1 {
		return m + "×" + p
	}
	return mantissa + "×" + p
}

var superscripts = [...]string{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"}

func superscript(n int) string {
	var b strings.Builder
	for _, r := range strconv.Itoa(n) {
		if r == '-' {
			b.WriteString("⁻")
			continue
		}
		b.WriteString(superscripts[r-'0'])
	}
	return b.String()
}

// significantUpTo writes v ≥ 0 with decimals enough for n figures, and whole
// digits however many there are.
func significantUpTo(v float64, n int) string {
	if v == 0 {
		return "0"
	}
	if v < 1e-6 || v >= 1e15 {
		return power(v, min(n, 2))
	}
	digits := n - 1 - int(math.Floor(math.Log10(v)+1e-12))
	return group(strconv.FormatFloat(v, 'f', max(digits, 0), 64))
}

// trim writes v with at most n decimals.
func trim(v float64, n int) string {
	return trimmed(group(strconv.FormatFloat(v, 'f', n, 64)))
}

// trimFixed writes v with n decimals, none when they are all zero.
func trimFixed(v float64, n int) string {
	s := strconv.FormatFloat(v, 'f', n, 64)
	return group(strings.TrimSuffix(s, "."+strings.Repeat("0", n)))
}

// trimmed drops zeros at the end of a decimal part.
func trimmed(s string) string {
	if !strings.Contains(s, ".") || strings.Contains(s, "×") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// group puts a comma between thousands of the whole part.
func group(s string) string {
	whole, frac, hasFrac := strings.Cut(s, ".")
	if len(whole) > 3 {
		var b strings.Builder
		for i, r := range whole {
			if i > 0 && (len(whole)-i)%3 == 0 {
				b.WriteByte(',')
			}
			b.WriteRune(r)
		}
		whole = b.String()
	}
	if hasFrac {
		return whole + "." + frac
	}
	return whole
}
