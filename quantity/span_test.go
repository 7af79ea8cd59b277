package quantity_test

import (
	"testing"

	"github.com/scalebook/scalebook/quantity"
)

func TestSpan(t *testing.T) {
	for _, c := range []struct{ low, joint, high, want string }{
		{"1.29배", "–", "1.65배", "1.29–1.65배"},
		{"+15.5%p", "–", "+30.9%p", "+15.5–+30.9%p"},
		{"999 GB", "–", "1.2 TB", "999 GB–1.2 TB"},
		{"1.4 years", " to ", "2.2 years", "1.4 to 2.2 years"},
		{"−3%p", "에서 ", "5%p", "−3에서 5%p"},
		{"3", "–", "4", "3–4"},
		{"–", "–", "–", "–––"},
		{"", "–", "", "–"},
	} {
		if got := quantity.Span(c.low, c.joint, c.high); got != c.want {
			t.Errorf("%s and %s: %s, want %s", c.low, c.high, got, c.want)
		}
	}
}
