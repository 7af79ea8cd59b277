package search

import (
	"context"
	"testing"
)

func TestSuggest(t *testing.T) {
	ix := openTemp(t, library(), libraryGlossary())
	for _, test := range []struct{ name, typed, want, kind string }{
		{"start of a title", "무어", "무어의 법칙 오십 년", KindReport},
		{"composing", "스케잌", "스케일링", KindTerm},
		{"jamo", "스케이", "스케일링", KindTerm},
		{"inner word", "통제", "수출 통제", KindTerm},
		{"initials", "ㅇㅊㄴㄱ", "액체 냉각", KindTerm},
		{"wrong layout", "cnfhs", "추론", KindTerm},
		{"Latin", "gpq", "GPQA", KindMetric},
		{"case and hyphen", "gpt-4", "GPT-4o", KindSubject},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := ix.Suggest(context.Background(), test.typed, 5)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range got {
				if s.Text == test.want && s.Kind == test.kind && s.URL != "" {
					return
				}
			}
			t.Errorf("%q suggests %+v, want %s %q among them", test.typed, got, test.kind, test.want)
		})
	}
	for _, typed := range []string{"", "  ", "zzzz", "'\"<"} {
		if got, err := ix.Suggest(context.Background(), typed, 0); err != nil || got == nil || len(got) > 0 {
			t.Errorf("%q suggests %+v, %v; want an empty list", typed, got, err)
		}
	}
}
