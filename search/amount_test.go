package search

import (
	"slices"
	"testing"
)

func TestOtherAmounts(t *testing.T) {
	for _, c := range []struct {
		text   string
		want   []string // some of the ways
		none   bool
		length int
	}{
		{text: "2,000MW 데이터센터", want: []string{"2gw", "2기가와트"}, length: 7},
		{text: "2GW급", want: []string{"2000mw"}, length: 3},
		{text: "2 GW campus", want: []string{"2000mw"}, length: 4},
		{text: "700W", want: []string{"0.7kw"}, length: 4},
		{text: "1.2TB/s", want: []string{"1200gb"}, length: 5},
		{text: "400,000 chips", want: []string{"40만"}, length: 7},
		{text: "40만 개", want: []string{"400000"}, length: 5},
		{text: "$6.5 billion", want: []string{"65억", "6500000000"}, length: 12},
		{text: "65억 달러", want: []string{"6.5 billion"}, length: 5},
		{text: "1조", want: []string{"1 trillion"}, length: 4},
		{text: "720 thousand hours", want: []string{"72만"}, length: 12},
		{text: "2024", none: true},
		{text: "2MWx", none: true},
		{text: "0MW", none: true},
		{text: "GB200", none: true},
		{text: "1.2.3GW", none: true},
		{text: "", none: true},
	} {
		got, n := otherAmounts(c.text)
		if c.none != (n == 0) || n != c.length {
			t.Errorf("otherAmounts(%q) takes %d bytes, want %d (%q)", c.text, n, c.length, got)
		}
		for _, w := range c.want {
			if !slices.Contains(got, w) {
				t.Errorf("otherAmounts(%q) = %q, which lacks %q", c.text, got, w)
			}
		}
	}
}
