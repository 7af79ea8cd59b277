//go:build unix

package content

import (
	"math"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestHostileSizes shows that no repetition makes parsing cost more than in proportion to its length: four times the text
// must not cost near sixteen times as much. What counts is the processor's time, which other processes can't take, in
// the best of five tries.
func TestHostileSizes(t *testing.T) {
	spent := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	parse := func(unit string, size int) time.Duration {
		src := []byte(strings.Repeat(unit, size/len(unit)))
		start := spent()
		if _, err := Parse(src, ParseConfig{Path: "a.md"}); err != nil {
			t.Errorf("%q: %v", unit, err)
		}
		return spent() - start
	}
	for _, unit := range []string{"[", "> ", "*a ", "<div>", "**a ", "`", "|a", "$$a ", "<b>", "![", "a(b", "- ", "1. ", "    - a\n", "_a_", "&", "~~a ", "| a\n", "$$\n", "##a\n", "<!--", "<p>가</p>\n", "가(a) "} {
		const small, large = 5_000, 20_000
		ratio := math.Inf(1)
		for try := 0; try < 5 && ratio > 10; try++ {
			a, b := parse(unit, small), parse(unit, large)
			if b < 50*time.Millisecond {
				ratio = 0 // too cheap to say
			}
			ratio = min(ratio, float64(b)/float64(max(a, time.Millisecond)))
		}
		if ratio > 12 {
			t.Errorf("%q: four times the text cost %.1f times as much", unit, ratio)
		}
	}
}
