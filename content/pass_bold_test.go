package content

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBoldHeadings gives reports whose paragraphs are bold lines and, as …, text: the headings that they have.
func TestBoldHeadings(t *testing.T) {
	const below = "그 아래에는 제목보다 긴 글이 온다. 글이 짧으면 제목이 아니라 이름이나 값일 때가 많다."
	for _, tt := range []struct {
		name   string
		blocks string // parted by /
		want   string
	}{
		{"headings", "…/**전력**/…/**냉각**/…/**물**/…", "전력 냉각 물"},
		{"underscores and nested emphasis", "…/__전력__/…/***냉각***/…/**_물_**/…", "전력 냉각 물"},
		{"below a heading", "## 장/…/**전력**/…/**냉각**/…/**물**/…", "장 전력 냉각 물"},
		{"two are no habit", "…/**전력**/…/**냉각**/…", ""},
		{"one line of four is something else", "…/**전력**/…/**냉각**/…/**물**/…/**이것은 문장이다.**/…", "전력 냉각 물"},
		{"half are something else", "…/**전력**/…/**냉각**/…/**물**/…/**문장이다.**/…/**또 문장이다.**/…/**늘 문장이다.**/…", ""},
		{"who speaks", "…/**기자**/…/**교수**/…/**기자**/…/**교수**/…/**기자**/…", ""},
		{"questions of an interview", "…/**전력이 모자란가?**/…/**물은 어떤가?**/…/**송전망은?**/…", ""},
		{"one above the other", "…/**전력**/**냉각**/…/**물**/**바람**/…/**불**/**흙**/…", ""},
		{"captions", "…/**그림 1. 전력**/…/**그림 2. 냉각**/…/**표 3. 물**/…", ""},
		{"notes and labels", "…/**참고: 전력**/…/**출처: 냉각**/…/**핵심 키워드: 물**/…", ""},
		{"below figures", "![](a.png)/**전력**/…/![](b.png)/**냉각**/…/![](c.png)/**물**/…", ""},
		{"above tables", "**전력**/|가|나|\n|-|-|\n|1|2|/**냉각**/|가|나|\n|-|-|\n|1|2|/**물**/|가|나|\n|-|-|\n|1|2|", ""},
		{"leads to lists", "…/**전력:**/- 하나/**냉각:**/- 둘/**물:**/- 셋", ""},
		{"names and what they are", "…/**김하나**/대표/**이두리**/감사/**박세찬**/이사", ""},
		{"numbers", "…/**42%**/…/**57%**/…/**3.1**/…", ""},
		{"in a list", "…/- **전력**/- **냉각**/- **물**", ""},
		{"bold within text", "…/**전력** 이야기/…/**냉각** 이야기/…/**물** 이야기/…", ""},
		{"too long", "…/" + strings.Repeat("**이 줄은 제목으로 보기에는 너무 길어서 문단 하나를 통째로 굵게 쓴 것으로 보아야 한다고 하겠고 그래서**/…/", 3), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.ReplaceAll(strings.ReplaceAll(tt.blocks, "/", "\n\n"), "…", below)
			r, err := Parse([]byte("# 글의 이름\n\n"+text+"\n"), ParseConfig{Path: "a.md"})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range r.Sections {
				if s.Heading != "" {
					got = append(got, s.Heading)
				}
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
