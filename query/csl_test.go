package query

import (
	"fmt"
	"testing"
	"time"
)

func ExampleCSLItem_BibTeX() {
	fmt.Println(CSLItem{ID: "20250324-harder", Type: "report", Title: "100% & {more}", Author: []CSLName{{Literal: "Kim, Lee and Park"}}, ContainerTitle: "scalebook",
		Issued: cslDate(time.Date(2025, 3, 24, 0, 0, 0, 0, time.UTC)), Note: "원문: https://a.example/b_c", URL: "/reports/a_b?c={d}"}.BibTeX())
	// Output:
	// @techreport{20250324-harder,
	//   title = {100\% \& \{more\}},
	//   author = {{Kim, Lee and Park}},
	//   institution = {scalebook},
	//   year = {2025},
	//   date = {2025-03-24},
	//   note = {원문: https://a.example/b\_c},
	//   url = {/reports/a_b?c=%7Bd%7D}
	// }
}

// TestCitationKeys keeps a key readable by BibTeX, whatever a report's file is called.
func TestCitationKeys(t *testing.T) {
	for id, want := range map[string]string{"gpqa-diamond": "gpqa-diamond", "20241225-무어": "20241225---", "a b,c}": "a-b-c-"} {
		if got := citationKey(id); got != want {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
}
