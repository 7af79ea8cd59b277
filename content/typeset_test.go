package content

import (
	"strings"
	"testing"
)

// A date alone in a cell is kept whole; one in words, and one in the text, breaks like other words.
func TestDatesInCellsStayWhole(t *testing.T) {
	r, err := Parse([]byte("# 표\n\n2017-06\n\n| 칩 | 출시 | 값 |\n|---|---:|---|\n| V100 | 2017-06 | 2017-06 무렵 |\n| A100 | 2020-11-16 | 2020-2021 |\n"), ParseConfig{Path: "a.md"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<td align="right" class="nb">2017-06</td>`, `<td>2017-06 무렵</td>`, `<td align="right" class="nb">2020-11-16</td>`, `<td>2020-2021</td>`} {
		if !strings.Contains(r.HTML, want) {
			t.Errorf("no %s in %s", want, r.HTML)
		}
	}
	if n := strings.Count(r.HTML, `"nb"`); n != 2 {
		t.Errorf("%d places are kept whole in %s", n, r.HTML)
	}
}
