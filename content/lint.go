package content

import (
	"cmp"
	"slices"
	"strings"

	"github.com/scalebook/scalebook/metrics"
)

// LintRule describes a rule by which reports are mended or found wanting.
type LintRule struct {
	Name   string
	Title  metrics.Text
	Mended bool // the report reads well in spite of it
}

var lintRules = []LintRule{
	{"dialect", metrics.Text{Ko: "다른 마크다운에서 온 표시를 정리했다", En: "A mark of another kind of markdown was mended"}, true},
	{"html-layout", metrics.Text{Ko: "꾸밈용 HTML을 마크다운으로 바꿨다", En: "HTML that only laid text out became markdown"}, true},
	{"split-link", metrics.Text{Ko: "두 줄로 갈라진 링크를 이었다", En: "A link broken over two lines was joined"}, true},
	{"wiki-link", metrics.Text{Ko: "위키 문법의 [[링크]]를 풀었다", En: "A wiki's [[link]] was read"}, true},
	{"heading-space", metrics.Text{Ko: "제목의 # 뒤에 빈칸을 넣었다", En: "A space was put after a heading's hashes"}, true},
	{"bold-space", metrics.Text{Ko: "굵은 글씨 안쪽의 빈칸을 밖으로 옮겼다", En: "Spaces inside bold were moved out"}, true},
	{"list-symbol", metrics.Text{Ko: "글머리 기호를 목록으로 바꿨다", En: "Bullet characters became a list"}, true},
	{"delimited-table", metrics.Text{Ko: "쉼표나 탭으로 적은 표를 표로 만들었다", En: "Rows parted by commas or tabs became a table"}, true},
	{"broken-cell", metrics.Text{Ko: "여러 줄로 갈라진 표의 행을 이었다", En: "A table row broken over lines was joined"}, true},
	{"table-delimiter", metrics.Text{Ko: "표에 구분 행을 넣었다", En: "A table got its delimiter row"}, true},
	{"table-width", metrics.Text{Ko: "제목 행보다 칸이 많은 표를 넓혔다", En: "A table with more cells than its head was widened"}, true},
	{"paragraph-lines", metrics.Text{Ko: "빈 줄 없이 붙은 문단을 나눴다", En: "Paragraphs without a blank line between were parted"}, true},
	{"footnote", metrics.Text{Ko: "짝이 없는 각주가 있다", En: "A footnote lacks its other half"}, false},
	{"accidental-code", metrics.Text{Ko: "들여쓰기 탓에 코드가 될 뻔한 글을 되돌렸다", En: "Indented text was kept from becoming code"}, true},
	{"heading-paragraph", metrics.Text{Ko: "제목으로 쓰인 문단을 문단으로 되돌렸다", En: "A paragraph set as a heading became a paragraph"}, true},
	{"bold-heading", metrics.Text{Ko: "굵은 글씨로만 적은 제목을 제목으로 만들었다", En: "A bold line that serves as a heading became one"}, true},
	{"heading-level", metrics.Text{Ko: "제목을 고르게 다듬었다", En: "A heading was tidied"}, true},
	{"heading-number", metrics.Text{Ko: "같은 번호의 제목이 둘이다", En: "Two headings have one number"}, false},
	{"literal-stars", metrics.Text{Ko: "짝이 없는 굵은 글씨 표시를 지웠다", En: "Bold without its other end was taken out"}, true},
	{"figure", metrics.Text{Ko: "따로 떨어진 설명을 그림에 붙였다", En: "A caption was attached to its figure"}, true},
	{"link-mended", metrics.Text{Ko: "링크를 서고 안의 글로 돌렸다", En: "A link was led to a report of the library"}, true},
	{"link-missing", metrics.Text{Ko: "링크가 가리키는 글이 없다", En: "A link leads nowhere"}, false},
	{"image-missing", metrics.Text{Ko: "그림 파일이 없다", En: "An image is missing"}, false},
	{"trend", metrics.Text{Ko: "추세 블록을 읽지 못했다", En: "A trend block can't be read"}, false},
	{"front-matter", metrics.Text{Ko: "머리말을 읽지 못했다", En: "The front matter can't be read"}, false},
	{"date", metrics.Text{Ko: "날짜가 서로 다르다", En: "Dates disagree"}, false},
	{"lookalike", metrics.Text{Ko: "다른 글자로 잘못 읽기 쉬운 글자가 있다", En: "A name reads as another"}, false},
	{"slug", metrics.Text{Ko: "이름이 같은 글이 있어 주소를 바꿨다", En: "Another report has the same name"}, false},
	{"rendering", metrics.Text{Ko: "같은 용어를 다르게 옮겼다", En: "One term is rendered in several ways"}, false},
	{"index", metrics.Text{Ko: "목차 파일이라 글로 싣지 않았다", En: "An index page, not a report"}, true},
	{"stub", metrics.Text{Ko: "내용이 없는 파일이다", En: "A file without a text"}, false},
	{"duplicate", metrics.Text{Ko: "같은 글의 다른 판이라 싣지 않았다", En: "A copy or stale draft of another report"}, false},
	{"encoding", metrics.Text{Ko: "UTF-8이 아니다", En: "Not UTF-8"}, false},
	{"size", metrics.Text{Ko: "파일이 너무 크다", En: "The file is too large"}, false},
	{"image", metrics.Text{Ko: "그림이 아니거나 깨진 파일이다", En: "Not an image, or a damaged one"}, false},
}

// LintRules returns the rules.
func LintRules() []LintRule { return slices.Clone(lintRules) }

// Finding is a lint of the library: where it is, and what it says.
type Finding struct {
	Source string
	Path   string
	Slug   string // of the report; empty for a file set aside
	Other  string // slug of the report that it is compared with, where there is one
	Lint
}

// Findings returns the lint of all reports and of the files set aside, by source, file and line.
func (l *Library) Findings() []Finding {
	s := l.state.Load()
	var out []Finding
	for _, r := range s.reports {
		for _, f := range r.Lint {
			out = append(out, Finding{r.Source, r.Path, r.Slug, "", f})
		}
	}
	for _, m := range s.manifests {
		for _, a := range m.setAsideList() {
			out = append(out, Finding{m.Source.Name, a.Path, "", "", a.lint()})
		}
	}
	for _, g := range l.Glossary() {
		if len(g.Renderings) < 2 || len(g.Renderings[0].Uses) == 0 {
			continue
		}
		first := g.Renderings[0]
		for _, other := range g.Renderings[1:] {
			if strings.Contains(other.Ko, first.Ko) || strings.Contains(first.Ko, other.Ko) {
				continue
			}
			for _, use := range other.Uses {
				r, finding := s.find(use.Report), Lint{use.Line, "rendering", "within", []string{g.En, other.Ko, first.Ko}}
				otherwise := first.Uses[0].Report
				if !slices.ContainsFunc(first.Uses, func(u TermUse) bool { return u.Report == use.Report }) {
					finding = Lint{use.Line, "rendering", "term", []string{g.En, other.Ko, first.Ko, otherwise}}
				} else {
					otherwise = use.Report
				}
				out = append(out, Finding{r.Source, r.Path, r.Slug, otherwise, finding})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.Path, b.Path), a.Line-b.Line)
	})
	return out
}
