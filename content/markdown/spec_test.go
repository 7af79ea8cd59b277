package markdown

import (
	"bytes"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

func render(t *testing.T, src string) string {
	t.Helper()
	var b bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM, Emphasis, Math)).Convert([]byte(src), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEmphasis(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"before particle", "**추론(reasoning)**은 다르다", "<p><strong>추론(reasoning)</strong>은 다르다</p>\n"},
		{"quotes before particle", `**"무어의 법칙"**이란`, "<p><strong>&quot;무어의 법칙&quot;</strong>이란</p>\n"},
		{"percent", "정확도는 **78%**로", "<p>정확도는 <strong>78%</strong>로</p>\n"},
		{"opening after particle", "그는**(중요)** 말했다", "<p>그는<strong>(중요)</strong> 말했다</p>\n"},
		{"single star", "*“인용”*은", "<p><em>“인용”</em>은</p>\n"},
		{"link inside", "**[글](a.md)**에서", "<p><strong><a href=\"a.md\">글</a></strong>에서</p>\n"},
		{"latin unchanged", "a**\"foo\"**b", "<p>a**&quot;foo&quot;**b</p>\n"},
		{"underscore inside a word", "변수_이름_이다", "<p>변수_이름_이다</p>\n"},
		{"code name", "**Tensor.copy_**를 쓴다", "<p><strong>Tensor.copy_</strong>를 쓴다</p>\n"},
		{"after a full stop", "때문이다.**굵게 쓴다.**", "<p>때문이다.<strong>굵게 쓴다.</strong></p>\n"},
		{"space keeps stars", "2 * 3 * 4", "<p>2 * 3 * 4</p>\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := render(t, tt.in); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestMath(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"inline", "손실은 $L = a_1 C^{-b} * x_2$이다", "<p>손실은 <span class=\"math\">$L = a_1 C^{-b} * x_2$</span>이다</p>\n"},
		{"escapes", `$a < b \& c$`, "<p><span class=\"math\">$a &lt; b \\&amp; c$</span></p>\n"},
		{"block", "$$\nL = E + \\frac{A}{N^\\alpha}\n$$\n뒤", "<div class=\"math math-display\">$$\nL = E + \\frac{A}{N^\\alpha}\n$$</div>\n<p>뒤</p>\n"},
		{"block on one line", "$$C = 6ND$$", "<div class=\"math math-display\">$$C = 6ND$$</div>\n"},
		{"display in a line", "즉 $$C = 6ND$$ 이다", "<p>즉 <span class=\"math math-display\">$$C = 6ND$$</span> 이다</p>\n"},
		{"prices", "between $5 and $10", "<p>between $5 and $10</p>\n"},
		{"price range", "$5–$10", "<p>$5–$10</p>\n"},
		{"Korean prices", "입력은 $3이고 출력은 15$다", "<p>입력은 $3이고 출력은 15$다</p>\n"},
		{"stray block", "$$\n\n끝", "<p>$$</p>\n<p>끝</p>\n"},
		{"code wins", "`$a$`", "<p><code>$a$</code></p>\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := render(t, tt.in); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
