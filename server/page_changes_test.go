package server

import (
	"testing"
	"time"

	"github.com/scalebook/scalebook/query"
)

// TestOlderPagesKeepTheirPlace asks for older changes up to and with the newest of the first page, and for none recorded after it.
func TestOlderPagesKeepTheirPlace(t *testing.T) {
	for _, second := range []string{"00", "00.25", "59.999999"} {
		newest, err := time.Parse(time.RFC3339Nano, "2026-01-02T00:00:"+second+"Z")
		if err != nil {
			t.Fatal(err)
		}
		text := pagedUntil(query.ChangesParams{}, query.Changes{Changes: []query.Change{{RecordedAt: query.Moment{Time: newest}}}})
		p, err := query.ParseChanges(func(name string) string { return map[string]string{"until": text}[name] })
		if err != nil {
			t.Fatal(err)
		}
		if after := p.Until.Sub(newest); after <= 0 || after >= time.Microsecond { // two instants of the ledger are at least that far apart
			t.Errorf("the newest was recorded at %s, until %s is asked for", newest.Format(time.RFC3339Nano), text)
		}
		if again := pagedUntil(p, query.Changes{}); again != text {
			t.Errorf("the page after asks until %s, not %s", again, text)
		}
	}
}
