package content

import (
	"fmt"

	"github.com/scalebook/scalebook/metrics"
)

// lintDetails is what rules say beyond their titles, by rule/detail. The verbs take the arguments in order.
var lintDetails = map[string]metrics.Text{
	"list-symbol/number":      {Ko: "들여쓴 번호를 목록으로 바꿨다", En: "Indented numbers became a list"},
	"list-symbol/tight":       {Ko: "번호 뒤에 빈칸을 넣어 목록으로 바꿨다", En: "Numbers got their spaces and became a list"},
	"list-symbol/lines":       {Ko: "번호를 매긴 줄이 한데 붙지 않게 했다", En: "Numbered lines were kept apart"},
	"split-link/space":        {Ko: "빈칸 때문에 끊긴 링크를 이었다", En: "A link broken by a space was joined"},
	"footnote/unused":         {Ko: "아무 데서도 가리키지 않는 각주를 문단으로 실었다: %s", En: "A footnote that nothing refers to became a paragraph: %s"},
	"footnote/undefined":      {Ko: "설명이 없는 각주를 가리킨다: %s", En: "Refers to a footnote that isn't there: %s"},
	"heading-paragraph/empty": {Ko: "빈 제목을 지웠다", En: "An empty heading was left out"},
	"heading-level/hashes":    {Ko: "제목 끝의 #를 떼어 냈다", En: "Hashes at the end of a heading were taken off"},
	"heading-level/twice":     {Ko: "두 번 매긴 번호를 하나로 줄였다", En: "A heading that was numbered twice got one number"},
	"heading-number/number":   {Ko: "같은 층의 두 제목에 같은 번호가 있다: %s", En: "Two headings of one level have one number: %s"},
	"figure/alt":              {Ko: "대체 글로 적힌 설명을 그림 아래에 썼다", En: "A caption written as the alternative text was put under its figure"},
	"trend/error":             {Ko: "추세 블록을 읽지 못했다: %s", En: "A trend block can't be read: %s"},
	"link-mended/target":      {Ko: "링크를 바로잡았다: %s → %s", En: "A link was mended: %s → %s"},
	"link-missing/target":     {Ko: "가리키는 글이 없다: %s", En: "Leads nowhere: %s"},
	"image-missing/file":      {Ko: "서고에 없는 그림: %s", En: "Not in the library: %s"},
	"front-matter/yaml":       {Ko: "머리말이 YAML이 아니다: %s", En: "The front matter is not YAML: %s"},
	"front-matter/field":      {Ko: "머리말에 읽지 못한 항목이 있다: %s", En: "A field of the front matter can't be read: %s"},
	"date/front":              {Ko: "머리말에는 %s, 파일 이름에는 %s", En: "%s in the front matter, %s in the file's name"},
	"date/index":              {Ko: "목차에는 %s, 파일 이름에는 %s", En: "%s on the index page, %s in the file's name"},
	"date/none":               {Ko: "날짜로 읽지 못했다: %s", En: "Not a date: %s"},
	"slug/taken":              {Ko: "이미 쓰인 주소여서 바꿨다: %s → %s", En: "Another report is called %s already; this one is %s"},
	"lookalike/letters":       {Ko: "모양이 닮은 다른 문자가 섞였다: %s (%s)", En: "Letters that look like those of another script: %s (%s)"},
	"lookalike/forms":         {Ko: "전각이거나 꾸밈 글꼴을 흉내 낸 글자가 있다: %s (%s)", En: "Letters full-width or in a style: %s (%s)"},
	"lookalike/invisible":     {Ko: "보이지 않는 글자가 끼어 있다: %s (%s)", En: "Characters that can't be seen: %s (%s)"},
	"rendering/term":          {Ko: "%s: 이 글에서는 ‘%s’, ‘%s’로 옮긴 글: %s", En: "%s is %s here, but %s in %s"},
	"rendering/within":        {Ko: "%s: 이 글에서 ‘%s’, ‘%s’ 두 가지로 옮겼다", En: "%s is both %s and %s in this report"},
	"stub/bytes":              {Ko: "내용이 없는 파일이다(%s바이트)", En: "A file without a text (%s bytes)"},
	"duplicate/same":          {Ko: "같은 파일: %s", En: "The same as %s"},
	"duplicate/draft":         {Ko: "더 온전한 판: %s", En: "A stale draft of %s"},
	"encoding/error":          {Ko: "UTF-8이 아니다: %s", En: "Not UTF-8: %s"},
	"size/bytes":              {Ko: "파일이 너무 크다(%s바이트)", En: "The file is too large (%s bytes)"},
	"image/error":             {Ko: "그림이 아니거나 깨진 파일이다: %s", En: "Not an image, or a damaged one: %s"},
}

// Text is what a lint says, in both languages. An error of a library that it tells stays in that library's language.
func (l Lint) Text() metrics.Text {
	t, ok := lintDetails[l.Rule+"/"+l.Detail]
	if !ok {
		for _, r := range lintRules {
			if r.Name == l.Rule {
				return r.Title
			}
		}
		return metrics.Text{Ko: l.Rule, En: l.Rule}
	}
	args := make([]any, len(l.Args))
	for i, a := range l.Args {
		args[i] = a
	}
	return metrics.Text{Ko: fmt.Sprintf(t.Ko, args...), En: fmt.Sprintf(t.En, args...)}
}

// Text is why a file was set aside, in both languages.
func (a SetAside) Text() metrics.Text { return a.lint().Text() }

func (a SetAside) lint() Lint { return Lint{1, a.Rule, a.Detail, a.Args} }
