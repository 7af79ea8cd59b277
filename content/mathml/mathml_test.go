package mathml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestConvert(t *testing.T) {
	for _, tt := range []struct{ name, tex, want string }{
		{"letters and operators", "C=6ND", "<mi>C</mi><mo>=</mo><mn>6</mn><mi>N</mi><mi>D</mi>"},
		{"scripts", "L_0^{-a}", "<msubsup><mi>L</mi><mn>0</mn><mrow><mo>−</mo><mi>a</mi></mrow></msubsup>"},
		{"one digit is a script", "x^23", "<msup><mi>x</mi><mn>2</mn></msup><mn>3</mn>"},
		{"prime", "D'", "<msup><mi>D</mi><mo>′</mo></msup>"},
		{"fraction", `\frac{a}{b}`, "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>"},
		{"bare fraction", `\frac12`, "<mfrac><mn>1</mn><mn>2</mn></mfrac>"},
		{"root", `\sqrt[3]{x}`, "<mroot><mrow><mi>x</mi></mrow><mrow><mn>3</mn></mrow></mroot>"},
		{"number", "324{,}000.5", "<mn>324,000.5</mn>"},
		{"text", `\text{초당 토큰}`, "<mtext>초당 토큰</mtext>"},
		{"Korean without text", "비용=2", "<mtext>비용</mtext><mo>=</mo><mn>2</mn>"},
		{"fences", `\left(\frac{a}{b}\right)^2`, "<msup><mrow><mo>(</mo><mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac><mo>)</mo></mrow><mn>2</mn></msup>"},
		{"sum", `\sum_{i=1}^n`, "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>"},
		{"underbrace", `\underbrace{2}_{\text{둘}}`, "<munder><munder><mrow><mn>2</mn></mrow><mo>⏟</mo></munder><mrow><mtext>둘</mtext></mrow></munder>"},
		{"cases", `\begin{cases}1 & x\\0\end{cases}`, "<mrow><mo>{</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mi>x</mi></mtd></mtr><mtr><mtd><mn>0</mn></mtd></mtr></mtable></mrow>"},
		{"escapes", `a<b`, "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Convert(tt.tex, "", false)
			if err != nil {
				t.Fatal(err)
			}
			want := `<math><semantics><mrow>` + tt.want + `</mrow><annotation encoding="application/x-tex"></annotation></semantics></math>`
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestUnknownIsLeftAlone(t *testing.T) {
	for _, tex := range []string{"", `\unheard`, `{a`, `a}`, `\frac{a}`, `\text{a`, `a^`, `\left(a`, `\begin{tikz}\end{tikz}`, "%", strings.Repeat("{", 100)} {
		if out, err := Convert(tex, "", false); !errors.Is(err, ErrUnknown) {
			t.Errorf("%q: %s, %v", tex, out, err)
		}
	}
}

func FuzzConvert(f *testing.F) {
	for _, s := range []string{`\frac{A}{N^\alpha}`, `\begin{matrix}a&b\\c\end{matrix}`, `\left.x\right|_0`, `</annotation><script>`, `\text{<b>}`, `\operatorname{a<b}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, tex string) {
		out, err := Convert(tex, tex, true)
		if err != nil {
			return
		}
		dec := xml.NewDecoder(strings.NewReader(out))
		for {
			tok, err := dec.Token()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				if strings.ContainsFunc(tex, func(c rune) bool { return c < ' ' || c == 0xfffd || c == 0xfffe || c == 0xffff }) {
					return // characters that XML can't hold and the source can
				}
				t.Fatalf("%q: %v\n%s", tex, err, out)
			}
			if e, ok := tok.(xml.StartElement); ok && !strings.HasPrefix(e.Name.Local, "m") && e.Name.Local != "semantics" && e.Name.Local != "annotation" {
				t.Errorf("%q: <%s>", tex, e.Name.Local)
			}
		}
	})
}

func ExampleConvert() {
	s, err := Convert(`C \approx 6ND`, `$C \approx 6ND$`, false)
	fmt.Println(s, err)
	// Output: <math><semantics><mrow><mi>C</mi><mo>≈</mo><mn>6</mn><mi>N</mi><mi>D</mi></mrow><annotation encoding="application/x-tex">$C \approx 6ND$</annotation></semantics></math> <nil>
}
