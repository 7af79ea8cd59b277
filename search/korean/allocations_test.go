package korean

import "testing"

// TestCachedWordsAllocateOnce: a text whose words were analysed before, into tokens with room, costs the terms that two of its words
// make together, a kilobyte at a time.
func TestCachedWordsAllocateOnce(t *testing.T) {
	a := newTestAnalyzer(t, Config{})
	const text = "데이터센터의 전력 수요는 2030년까지 3배로, GB200은 2GW를 넘는다."
	tokens := a.Append(nil, text)
	if allocations := testing.AllocsPerRun(1000, func() { tokens = a.Append(tokens[:0], text) }); allocations > 1 {
		t.Errorf("a text of cached words allocates %.2f times, which is more than once", allocations)
	}
}
