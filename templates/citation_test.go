package templates

import "testing"

func TestCitationFile(t *testing.T) {
	for _, test := range []struct {
		tools Tools
		want  string
	}{
		{Tools{JSON: "/api/v1/trend?metric=mmlu", BibTeX: "@misc{a}"}, "/api/v1/trend.bib?metric=mmlu"},
		{Tools{JSON: "/api/v1/capability-index.json", BibTeX: "@misc{a}"}, "/api/v1/capability-index.bib"},
		{Tools{JSON: "/api/v1/trend?metric=mmlu"}, ""},
		{Tools{BibTeX: "@misc{a}"}, ""},
		{Tools{BibTeX: "@misc{a}", JSON: "/api/v1/series?metric=mmlu", Cited: "/api/v1/trend?metric=mmlu"}, "/api/v1/trend.bib?metric=mmlu"},
	} {
		if got := test.tools.CitationFile(".bib"); got != test.want {
			t.Errorf("%+v: %q, want %q", test.tools, got, test.want)
		}
	}
}
