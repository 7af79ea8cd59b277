package mathml_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/scalebook/scalebook/content/mathml"
)

func TestPlain(t *testing.T) {
	for tex, want := range map[string]string{
		`2.67\times10^{20}`:               "2.67×10²⁰",
		`C \approx 6ND`:                   "C ≈ 6ND",
		`L(N) = E + \frac{A}{N^{\alpha}}`: "L(N) = E+A/(N^α)",
		`C^{0.50}`:                        "C^0.50",
		`x_{i}^{2} + y_1`:                 "xᵢ²+y₁",
		`10^{-3}`:                         "10⁻³",
		`\frac{a+b}{2}`:                   "(a+b)/2",
		`\sqrt{d}`:                        "√d",
		`\log_{2} n`:                      "log₂ n",
		`1/\kappa^{2}`:                    "1/κ²",
		`\text{손실} \le 0.5`:               "손실 ≤ 0.5",
		`N^{n+1}`:                         "Nⁿ⁺¹",
		`a < b`:                           "a < b",
		`\sum_{i=1}^{n} x_i`:              "∑ᵢ₌₁ⁿxᵢ",
	} {
		if got, err := mathml.Plain(tex); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", tex, got, err, want)
		}
	}
	if got, err := mathml.Plain(`\unheardof{x}`); err == nil {
		t.Errorf("an unknown command: %q", got)
	}
}

// The elements of scripts and fractions have as many children as MathML gives them: base and scripts.
func TestArity(t *testing.T) {
	arity := map[string]int{"msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3, "mfrac": 2, "mroot": 2}
	for _, tex := range []string{`\log_{2} n`, `\ln^2 x`, `\exp_a^b(x)`, `\max_{i} x_i`, `\sum_{i=1}^{n} x`, `\frac{a+b}{c}`, `\sqrt[3]{x+y}`, `x''`, `\hat{x}_{t-1}`, `{ab}^2`, `\sin x^2`} {
		set, err := mathml.Convert(tex, tex, false)
		if err != nil {
			t.Fatalf("%s: %v", tex, err)
		}
		root, err := html.Parse(strings.NewReader(set))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			children := 0
			for range n.ChildNodes() {
				children++
			}
			if want, ok := arity[n.Data]; ok && children != want {
				t.Errorf("%s: %s has %d children, not %d: %s", tex, n.Data, children, want, set)
			}
		}
	}
}
