package search

import (
	"testing"

	"github.com/scalebook/scalebook/content"
)

// TestJoined holds that two words are taken for one where both are part of it, even of a verb that its ending runs into, and are left
// as they are where one only stands before the other.
func TestJoined(t *testing.T) {
	c := Corpus{Reports: []*content.Report{
		report("a", "하나", "ko", "2024-01-01", "커뮤니티 시스템을 새로 발표했다. 아파트는 높다."),
		report("b", "둘", "ko", "2024-01-01", "가격을 끌어올리는 일이다."),
		report("c", "셋", "ko", "2024-01-01", "벤치마크가 낡았다."),
	}}
	ix := openTemp(t, c, nil)
	for _, test := range []struct{ query, hit, meant string }{
		{"새 커뮤니티 시스템", "a", ""},
		{"이 아파트는", "a", ""},
		{"끌어 올려", "b", "끌어올려"},
		{"벤치 마크", "c", "벤치마크"},
		{"(벤치 마크)", "c", "(벤치마크)"},
		{"벤 치마크", "c", "벤치마크"},
	} {
		if res, hit := firstHit(t, ix, Query{Text: test.query}); hit.ID != test.hit || res.DidYouMean != test.meant {
			t.Errorf("%s finds %q and is taken for %q, want %q and %q", test.query, hit.ID, res.DidYouMean, test.hit, test.meant)
		}
	}
}
