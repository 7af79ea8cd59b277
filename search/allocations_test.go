package search

import "testing"

// TestAllocations holds a search among 2,000 passages to what its words and hits cost. Measured: 87, and 138 under the race
// detector, whose pools forget.
func TestAllocations(t *testing.T) {
	c := loadCollection(t)
	ix := openTemp(t, Corpus{Reports: c.shuffled(2000)}, nil)
	ix.live.prepare() // which allocates meanwhile
	known, texts, n := knownOnly(ix), make([]string, 200), 0
	for i := range texts {
		texts[i] = known(c.Queries[i].Text)
	}
	allocations := testing.AllocsPerRun(len(texts), func() {
		if _, err := ix.Search(t.Context(), Query{Text: texts[n%len(texts)]}); err != nil {
			t.Fatal(err)
		}
		n++
	})
	if allocations > 200 {
		t.Errorf("a search allocates %.0f times", allocations)
	}
}
