package server

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/scalebook/scalebook/query"
)

// TestFirstSourcesAreOneLine sums up what a new ledger took in, with each source and its rows under it.
func TestFirstSourcesAreOneLine(t *testing.T) {
	s := newTestServer(t)
	all, err := s.engine.Changes(context.Background(), query.ChangesParams{Limit: 5000})
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, ch := range all.Changes {
		if !ch.FirstOfSource() {
			t.Fatalf("a new ledger tells: %s", ch.Text.En)
		}
		rows += ch.Rows()
	}
	for lang, want := range map[string]string{
		"ko": "출처 " + grouped(float64(len(all.Changes)), 0) + "곳의 자료 " + grouped(float64(rows), 0) + "행이 처음 들어왔다.",
		"en": "First taken in: " + grouped(float64(rows), 0) + " rows from " + grouped(float64(len(all.Changes)), 0) + " sources.",
	} {
		_, _, page := get(t, s, "/changes?lang="+lang)
		_, folded, _ := strings.Cut(page, "<details>")
		if !strings.Contains(seen(page), want) || strings.Count(folded, `<span class="quiet num">`) != len(all.Changes) || strings.Contains(page, `rel="next"`) {
			t.Errorf("no %q with all its sources on one page", want)
		}
	}
}

// TestLinesOfChanges tells changes that are asked for in pieces: sources that were new on one day together, whatever the
// pieces, anything else alone, and nothing twice.
func TestLinesOfChanges(t *testing.T) {
	first := func(source, date string) query.Change {
		at, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		return query.Change{Kind: "added", Source: source, RecordedAt: query.Moment{Time: at}}
	}
	other := func(source, date string) query.Change {
		ch := first(source, date)
		ch.Subject = "gpt"
		return ch
	}
	changes := []query.Change{other("a", "2026-02-02"), first("b", "2026-02-02"), first("c", "2026-02-02"), other("d", "2026-02-01"), first("e", "2026-02-01"),
		first("f", "2026-01-31"), first("g", "2026-01-31")}
	for _, x := range []struct {
		pieces []int
		most   int
		want   string
		more   bool
	}{
		{[]int{7}, 9, "a bc d e fg", false},
		{[]int{2, 1, 4}, 9, "a bc d e fg", false},
		{[]int{1, 1, 1, 1, 1, 1, 1}, 5, "a bc d e fg", false},
		{[]int{7}, 4, "a bc d e", true},
		{[]int{2, 5}, 2, "a bc", true},
		{[]int{7}, 0, "", true},
	} {
		var lines [][]query.Change
		more, at := false, 0
		for _, n := range x.pieces {
			if lines, more = appendLines(lines, changes[at:at+n], x.most); more {
				break
			}
			at += n
		}
		var told []string
		for _, line := range lines {
			sources := ""
			for _, ch := range line {
				sources += ch.Source
			}
			told = append(told, sources)
		}
		if got := strings.Join(told, " "); got != x.want || more != x.more {
			t.Errorf("in pieces of %v, at most %d lines: %q, more %v", x.pieces, x.most, got, more)
		}
	}
}

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
