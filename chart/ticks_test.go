package chart

import (
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/quantity"
)

func labels(ts []tickMark) string {
	var out []string
	for _, t := range ts {
		if t.long {
			out = append(out, t.label)
		}
	}
	return strings.ReplaceAll(strings.Join(out, " "), quantity.NoBreak, " ")
}

func TestValueTicks(t *testing.T) {
	for _, c := range []struct {
		name    string
		s       scale
		spacing float64
		small   bool
		want    string
		short   int
	}{
		{"percent", scale{axis: Axis{Unit: "fraction"}, min: .2, max: 1, hi: 440}, 56, false, "20% 40% 60% 80% 100%", 12},
		{"quarters when small", scale{axis: Axis{Unit: "fraction"}, min: 0, max: 1, hi: 105}, 26, true, "0% 25% 50% 75% 100%", 0},
		{"Korean powers", scale{axis: Axis{Log: true, Unit: "transistor"}, min: 1e3, max: 1e11, hi: 320}, 46, false, "1만 100만 1억 100억", 69},
		{"1 2 5", scale{axis: Axis{Log: true, Unit: "FLOP/s"}, min: 3e13, max: 6e15, hi: 500}, 42, false, "50T 100T 200T 500T 1,000T 2,000T 5,000T", 15},
		{"decades only past five on a small chart", scale{axis: Axis{Log: true, Unit: "FLOP"}, min: 1e18, max: 1e27, hi: 110}, 26, true, "10¹⁸ 10²¹ 10²⁴ 10²⁷", 6},
		{"digits on a small chart of few", scale{axis: Axis{Log: true, Unit: "minute"}, min: .1, max: 1000, hi: 110}, 26, true, "6초 1분 10분 100분 1,000분", 32},
		{"a short log range in equal steps", scale{axis: Axis{Log: true}, min: 2.4, max: 4.3, hi: 300}, 56, false, "2.5 3 3.5 4", 16},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := valueTicks(c.s, c.spacing, "ko", c.small)
			if got := labels(ts); got != c.want {
				t.Errorf("labels %q, want %q", got, c.want)
			}
			if short := len(ts) - strings.Count(c.want, " ") - 1; short != c.short {
				t.Errorf("%d short ticks, want %d", short, c.short)
			}
		})
	}
}

func TestTimeTicks(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to time.Time
		width    float64
		lang     string
		small    bool
		want     string
		every    time.Duration // of short ticks, about
	}{
		{"years over months", date(2023, 1, 1), date(2026, 12, 31), 1000, "ko", false, "2023 2024 2025 2026", 30 * 24 * time.Hour},
		{"short years over quarters", date(2023, 1, 1), date(2025, 12, 31), 190, "ko", true, "’23 ’24 ’25", 91 * 24 * time.Hour},
		{"decades over years", date(1970, 1, 1), date(2022, 1, 1), 420, "en", false, "1970 1980 1990 2000 2010 2020", 365 * 24 * time.Hour},
		{"months of one year", date(2025, 2, 10), date(2025, 6, 20), 600, "ko", false, "2025년 3월 4월 5월 6월", 7 * 24 * time.Hour},
		{"months in English", date(2025, 2, 10), date(2025, 6, 20), 600, "en", false, "Mar 2025 Apr May Jun", 7 * 24 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := scale{axis: Axis{Time: true}, min: seconds(c.from), max: seconds(c.to), hi: c.width}
			ts := timeTicks(s, 13, c.lang, c.small)
			if got := labels(ts); got != c.want {
				t.Errorf("labels %q, want %q", got, c.want)
			}
			want := int(c.to.Sub(c.from) / c.every)
			if n := len(ts); n < want*8/10 || n > want*13/10+1 {
				t.Errorf("%d ticks, want about %d", n, want)
			}
		})
	}
}

func TestSettleKeepsNowAndOrder(t *testing.T) {
	ms := []margin{{y: 100, size: 12}, {y: 102, size: 14, fixed: true}, {y: 104, size: 12}, {y: 300, size: 12}}
	ys := settle(ms, 0, 400)
	if ys[1] != 102 || ys[3] != 300 {
		t.Errorf("now moved to %g, the far label to %g", ys[1], ys[3])
	}
	if ys[1]-ys[0] < 13 || ys[2]-ys[1] < 13 {
		t.Errorf("labels overlap: %v", ys)
	}
}
