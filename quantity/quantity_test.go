package quantity

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

// plain makes no-break spaces visible as ordinary ones.
func plain(s string) string { return strings.ReplaceAll(s, NoBreak, " ") }

func TestFormatValue(t *testing.T) {
	for _, c := range []struct {
		v            float64
		unit, ko, en string
	}{
		{.876, "fraction", "87.6%", "87.6%"},
		{.7, "fraction", "70.0%", "70.0%"},
		{1, "fraction", "100%", "100%"},
		{.0004, "fraction", "0.04%", "0.04%"},
		{-.006, "fraction", "−0.6%", "−0.6%"},
		{5e26, "FLOP", "5.0×10²⁶ FLOP", "5.0×10²⁶ FLOP"},
		{1e24, "FLOP", "10²⁴ FLOP", "10²⁴ FLOP"},
		{989.5e12, "FLOP/s", "990 TFLOP/s", "990 TFLOP/s"},
		{2.517e15, "FLOP/s", "2,517 TFLOP/s", "2,517 TFLOP/s"},
		{5e18, "FLOP/s", "5 EFLOP/s", "5 EFLOP/s"},
		{288e9, "byte", "288GB", "288 GB"},
		{999e18, "byte", "999EB", "999 EB"},
		{1.2e21, "byte", "1.2ZB", "1.2 ZB"},
		{9.99e27, "byte", "9,990YB", "9,990 YB"},
		{2.5e30, "byte", "2.5×10³⁰B", "2.5×10³⁰ B"},
		{4e23, "FLOP/s", "400 ZFLOP/s", "400 ZFLOP/s"},
		{math.MaxFloat64, "W", "1.8×10³⁰⁸W", "1.8×10³⁰⁸ W"},
		{3.35e12, "byte/s", "3.35TB/s", "3.35 TB/s"},
		{900e9, "bit/s", "900Gbit/s", "900 Gbit/s"},
		{700, "W", "700W", "700 W"},
		{1400, "W", "1,400W", "1,400 W"},
		{2.2e9, "W", "2.2GW", "2.2 GW"},
		{5, "USD", "$5.00", "$5.00"},
		{.0005, "USD", "$0.0005", "$0.0005"},
		{.035, "USD", "$0.035", "$0.035"},
		{.04, "USD", "$0.04", "$0.04"},
		{.0275, "USD", "$0.0275", "$0.0275"},
		{.1, "USD", "$0.10", "$0.10"},
		{.9999, "USD", "$1.00", "$1.00"},
		{1.9e8, "USD", "$1.9억", "$190M"},
		{2.5, "USD per million tokens", "100만 토큰당 $2.50", "$2.50 per million tokens"},
		{.1, "minute", "6초", "6 s"},
		{54, "minute", "54분", "54 min"},
		{137.4, "minute", "137분", "137 min"},
		{3.2e9, "Hz", "3.2GHz", "3.2 GHz"},
		{2300, "transistor", "2,300개", "2,300 transistors"},
		{1.3e11, "transistor", "1,300억 개", "130B transistors"},
		{15e12, "token", "15조 토큰", "15T tokens"},
		{7e10, "parameter", "700억 개", "70B parameters"},
		{1, "chip", "1개", "1 chip"},
		{64, "core", "64개", "64 cores"},
		{42, "count", "42개", "42"},
		{13.66e6, "H100e", "1,366만 H100e", "13.7M H100e"},
		{1450, "Elo", "1,450", "1,450"},
		{12.5, "SpecINT", "12.5", "12.5"},
		{33e9, "FLOP/s/USD", "달러당 33 GFLOP/s", "33 GFLOP/s per dollar"},
		{1.41e12, "FLOP/s/W", "와트당 1.41 TFLOP/s", "1.41 TFLOP/s per watt"},
		{.0034, "byte/FLOP", "FLOP당 0.0034바이트", "0.0034 bytes per FLOP"},
		{20, "token/parameter", "매개변수당 20토큰", "20 tokens per parameter"},
		{2.04, "year", "2.0년", "2.0 years"},
		{2025, "year", "2025", "2025"},
		{1.5, "furlong", "1.5 furlong", "1.5 furlong"},
		{1234567, "", "123.5만", "1.23M"},
		{math.NaN(), "byte", "", ""},
		{math.Inf(1), "USD", "", ""},
	} {
		if got := plain(Format(c.v, c.unit, "ko")); got != c.ko {
			t.Errorf("Format(%g, %q, ko) = %q, want %q", c.v, c.unit, got, c.ko)
		}
		if got := plain(Format(c.v, c.unit, "en")); got != c.en {
			t.Errorf("Format(%g, %q, en) = %q, want %q", c.v, c.unit, got, c.en)
		}
	}
}

func TestFormatTick(t *testing.T) {
	for _, c := range []struct {
		v            float64
		unit, ko, en string
	}{
		{.8, "fraction", "80%", "80%"}, {.125, "fraction", "12.5%", "12.5%"},
		{1e4, "transistor", "1만", "10,000"}, {1e6, "transistor", "100만", "1M"}, {1e8, "transistor", "1억", "100M"}, {1e10, "transistor", "100억", "10B"},
		{1e24, "FLOP", "10²⁴", "10²⁴"}, {5e15, "FLOP/s", "5,000T", "5,000T"}, {1e14, "FLOP/s", "100T", "100T"},
		{6, "USD", "$6", "$6"}, {.1, "minute", "6초", "6 s"}, {100, "minute", "100분", "100 min"},
		{1e10, "Hz", "10GHz", "10 GHz"}, {1e11, "byte", "100GB", "100 GB"}, {0, "byte", "0", "0"}, {1.5e7, "H100e", "1,500만", "15M"},
		{-20, "Elo", "−20", "−20"},
	} {
		if got := plain(Tick(c.v, c.unit, "ko")); got != c.ko {
			t.Errorf("Tick(%g, %q, ko) = %q, want %q", c.v, c.unit, got, c.ko)
		}
		if got := plain(Tick(c.v, c.unit, "en")); got != c.en {
			t.Errorf("Tick(%g, %q, en) = %q, want %q", c.v, c.unit, got, c.en)
		}
	}
}

func TestFormatDelta(t *testing.T) {
	for _, c := range []struct {
		v                float64
		unit, lang, want string
	}{
		{.006, "fraction", "ko", "+0.6%p"}, {-.144, "fraction", "ko", "−14.4%p"}, {.006, "fraction", "en", "+0.6 pp"},
		{0, "fraction", "ko", "0%p"}, {2.5, "USD", "ko", "+$2.50"}, {-27, "minute", "ko", "−27분"}, {1e9, "FLOP/s/W", "ko", "와트당 +1 GFLOP/s"},
	} {
		if got := plain(Delta(c.v, c.unit, c.lang)); got != c.want {
			t.Errorf("Delta(%g, %q, %s) = %q, want %q", c.v, c.unit, c.lang, got, c.want)
		}
	}
}

func TestSay(t *testing.T) {
	for _, c := range []struct {
		v          float64
		unit       string
		difference bool
		ko, en     string
	}{
		{.6, "fraction", false, "60%", "60%"}, {.877, "fraction", false, "87.7%", "87.7%"}, {.0004, "fraction", false, "0.04%", "0.04%"},
		{-.25, "fraction", false, "−25%", "−25%"}, {.05, "USD", false, "$0.05", "$0.05"}, {.0501, "USD", false, "$0.0501", "$0.0501"}, {1000, "Elo", false, "1,000", "1,000"},
		{.06, "fraction", true, "6%p", "6 percentage points"}, {2e9, "byte", true, "2GB", "2 GB"}, {math.NaN(), "fraction", true, "", ""},
	} {
		say := Say
		if c.difference {
			say = SayDifference
		}
		if ko, en := plain(say(c.v, c.unit, "ko")), plain(say(c.v, c.unit, "en")); ko != c.ko || en != c.en {
			t.Errorf("%g %s: %q and %q, want %q and %q", c.v, c.unit, ko, en, c.ko, c.en)
		}
	}
}

func FuzzFormat(f *testing.F) {
	for _, u := range []string{"fraction", "FLOP", "FLOP/s", "byte", "USD", "minute", "transistor", "year", "Elo", "", "x y"} {
		for _, v := range []float64{0, 1, .9999999, 999.96, 1e5, 1e-7, 1e300, 5e-324, math.NaN()} {
			f.Add(v, u)
		}
	}
	f.Fuzz(func(t *testing.T, v float64, unit string) {
		if !utf8.ValidString(unit) || strings.ContainsAny(unit, "NIe") {
			t.Skip("units are words of the catalogue")
		}
		for _, lang := range []string{"ko", "en"} {
			for _, s := range []string{Format(v, unit, lang), Tick(v, unit, lang), Delta(v, unit, lang), Say(v, unit, lang), SayDifference(v, unit, lang)} {
				if !finite(v) {
					if s != "" {
						t.Fatalf("%v %q: %q, want nothing", v, unit, s)
					}
					continue
				}
				if s == "" || !utf8.ValidString(s) || strings.Contains(s, "NaN") || strings.Contains(s, "Inf") || strings.Contains(s, "e+") {
					t.Fatalf("%v %q %s: %q", v, unit, lang, s)
				}
				if len(s)-len(unit) > 60 {
					t.Fatalf("%v %q %s: %q is too long", v, unit, lang, s)
				}
			}
		}
	})
}
