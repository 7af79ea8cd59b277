//go:build unix

package content

import (
	"math"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestHostileSizes shows that no repetition makes parsing cost more than in proportion to its length: a text must not cost near
// four times as much as its four quarters. What counts is the processor's time, which other processes can't take, in the best
// of five tries.
func TestHostileSizes(t *testing.T) {
	spent := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	parse := func(unit string, size, times int) time.Duration {
		src := []byte(strings.Repeat(unit, size/len(unit)))
		start := spent()
		for range times {
			if _, err := Parse(src, ParseConfig{Path: "a.md"}); err != nil {
				t.Errorf("%q: %v", unit, err)
			}
		}
		return spent() - start
	}
	for _, unit := range []string{"[", "> ", "*a ", "<div>", "**a ", "`", "|a", "$$a ", "<b>", "![", "a(b", "- ", "1. ", "    - a\n", "_a_", "&", "~~a ", "| a\n", "$$\n", "##a\n", "<!--", "<p>가</p>\n", "가(a) ", "<ul>\n", "<ul><li>a\n", "\\[\n", "\\(x=", "+--+\n|a|\n", "a | b\n", "2**3 ", "    - a\n\t\t- b\n", "![[a", "그림 1.\n\n![](a.png)\n\n", "<li>**a** <code>", "[[", "[[a|b]] ", "**a**\n\n", "a,b,1\n", "a\t1\n"} {
		// Package regexp has a quicker way with short texts; a quarter is longer than those.
		const whole = 40_000
		ratio := math.Inf(1)
		for try := 0; try < 5 && ratio > 2.5; try++ {
			quarters, one := parse(unit, whole/4, 4), parse(unit, whole, 1)
			if one < 50*time.Millisecond {
				ratio = 0 // too cheap to say
			}
			ratio = min(ratio, float64(one)/float64(max(quarters, time.Millisecond)))
		}
		if ratio > 3 {
			t.Errorf("%q: a text cost %.1f times its quarters", unit, ratio)
		}
	}
}
