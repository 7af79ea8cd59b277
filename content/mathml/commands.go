package mathml

import (
	"fmt"
	"html"
	"strings"
)

var plainOperators = map[rune]string{'-': "−", '*': "∗", '<': "&lt;", '>': "&gt;", '\'': "′"}

// symbols are the commands that stand for one character: identifiers and operators.
var (
	identifiers = map[string]string{
		"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
		"vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
		"tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
		"Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
		"infty": "∞", "partial": "∂", "nabla": "∇", "ell": "ℓ", "hbar": "ℏ", "Re": "ℜ", "Im": "ℑ", "emptyset": "∅", "dots": "…", "ldots": "…",
		"cdots": "⋯", "vdots": "⋮", "prime": "′", "forall": "∀", "exists": "∃",
	}
	operators = map[string]string{
		"times": "×", "cdot": "⋅", "div": "÷", "pm": "±", "mp": "∓", "ast": "∗", "star": "⋆", "circ": "∘", "le": "≤", "leq": "≤", "ge": "≥",
		"geq": "≥", "ne": "≠", "neq": "≠", "ll": "≪", "gg": "≫", "approx": "≈", "sim": "∼", "simeq": "≃", "equiv": "≡", "propto": "∝",
		"to": "→", "rightarrow": "→", "leftarrow": "←", "Rightarrow": "⇒", "Leftarrow": "⇐", "leftrightarrow": "↔", "Leftrightarrow": "⇔",
		"mapsto": "↦", "in": "∈", "notin": "∉", "subset": "⊂", "subseteq": "⊆", "cup": "∪", "cap": "∩", "mid": "∣", "parallel": "∥", "perp": "⊥",
		"land": "∧", "lor": "∨", "neg": "¬", "oplus": "⊕", "otimes": "⊗", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋",
		"lceil": "⌈", "rceil": "⌉", "lvert": "|", "rvert": "|", "vert": "|", "Vert": "‖", "lVert": "‖", "rVert": "‖", "colon": ":", "triangleq": "≜",
		"{": "{", "}": "}", "%": "%", "$": "$", "#": "#", "&": "&amp;", "_": "_", "|": "‖", "lbrace": "{", "rbrace": "}",
	}
	large     = map[string]string{"sum": "∑", "prod": "∏", "int": "∫", "iint": "∬", "oint": "∮", "bigcup": "⋃", "bigcap": "⋂"}
	functions = map[string]bool{"ln": true, "log": true, "exp": true, "sin": true, "cos": true, "tan": true, "tanh": true, "sinh": true, "cosh": true,
		"arg": true, "deg": true, "det": true, "dim": true, "gcd": true, "ker": true, "Pr": true, "lg": true, "arctan": true}
	limits  = map[string]bool{"max": true, "min": true, "lim": true, "sup": true, "inf": true, "argmax": true, "argmin": true, "limsup": true, "liminf": true}
	spaces  = map[string]string{",": "0.167em", ":": "0.222em", ";": "0.278em", "!": "0", " ": "0.25em", "quad": "1em", "qquad": "2em", "thinspace": "0.167em", "enspace": "0.5em"}
	accents = map[string]string{"hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "widetilde": "~", "vec": "→", "dot": "˙", "ddot": "¨"}
	fonts   = map[string]string{"mathbb": "double-struck", "mathcal": "script", "mathbf": "bold", "boldsymbol": "bold", "mathfrak": "fraktur", "mathsf": "sans-serif"}
	ignored = map[string]bool{"displaystyle": true, "textstyle": true, "limits": true, "nolimits": true, "big": true, "Big": true, "bigg": true, "Bigg": true,
		"bigl": true, "bigr": true, "Bigl": true, "Bigr": true, "biggl": true, "biggr": true, "nonumber": true, "mathstrut": true}
)

// known sets a command.
func (p *parser) known(name string) (s string, under bool, err error) {
	if v, ok := identifiers[name]; ok {
		return element("mi", v), false, nil
	}
	if v, ok := operators[name]; ok {
		return element("mo", v), false, nil
	}
	if v, ok := large[name]; ok {
		return element("mo", v), !strings.HasSuffix(name, "int"), nil
	}
	if functions[name] {
		return element("mi", name) + application, false, nil
	}
	if limits[name] {
		return element("mo", name), true, nil
	}
	if v, ok := spaces[name]; ok {
		return `<mspace width="` + v + `"></mspace>`, false, nil
	}
	if ignored[name] {
		return "", false, nil
	}
	if v, ok := accents[name]; ok {
		a, err := p.argument()
		return `<mover accent="true">` + a + element("mo", v) + "</mover>", false, err
	}
	if v, ok := fonts[name]; ok {
		a, err := p.argument()
		return `<mrow class="math-` + v + `">` + a + "</mrow>", false, err
	}
	return p.construct(name)
}

// construct sets a command with arguments.
func (p *parser) construct(name string) (s string, under bool, err error) {
	switch name {
	case "frac", "dfrac", "tfrac", "cfrac", "binom":
		a, err := p.argument()
		if err != nil {
			return "", false, err
		}
		b, err := p.argument()
		if name == "binom" {
			return "<mo>(</mo>" + `<mfrac linethickness="0">` + a + b + "</mfrac><mo>)</mo>", false, err
		}
		return element("mfrac", a+b), false, err
	case "sqrt":
		p.skipSpace()
		index := ""
		if p.peek() == '[' {
			p.at++
			if index, err = p.row(func(p *parser) bool { return p.take(']') }); err != nil {
				return "", false, err
			}
		}
		a, err := p.argument()
		if index != "" {
			return element("mroot", a+element("mrow", index)), false, err
		}
		return element("msqrt", a), false, err
	case "text", "textrm", "textit", "textbf", "mathrm", "mbox", "operatorname", "mathit":
		t, err := p.raw()
		if name == "operatorname" {
			return element("mi", html.EscapeString(t)) + "<mo>\u2061</mo>", false, err
		}
		if strings.ContainsAny(t, `\$`) {
			return "", false, fmt.Errorf("%w: %q in text", ErrUnknown, t)
		}
		return element("mtext", html.EscapeString(strings.ReplaceAll(t, "~", "\u00a0"))), false, err
	case "underbrace", "overbrace", "underline":
		a, err := p.argument()
		switch name {
		case "underbrace":
			return element("munder", a+element("mo", "⏟")), true, err
		case "overbrace":
			return element("mover", a+element("mo", "⏞")), true, err
		}
		return element("munder", a+element("mo", "_")), false, err
	case "left":
		return p.fenced()
	case "begin":
		s, err := p.environment()
		return s, false, err
	}
	return "", false, fmt.Errorf("%w: \\%s", ErrUnknown, name)
}

func (p *parser) take(c rune) bool {
	if p.peek() == c {
		p.at++
		return true
	}
	return false
}

// takeCommand consumes a command if it comes next.
func (p *parser) takeCommand(name string) bool {
	at := p.at
	if p.take('\\') && p.command() == name {
		return true
	}
	p.at = at
	return false
}

// fence reads the sign behind \left or \right.
func (p *parser) fence() (string, error) {
	p.skipSpace()
	if p.take('.') {
		return "", nil
	}
	a, _, err := p.atom()
	if err == nil && !strings.HasPrefix(a, "<mo>") {
		err = fmt.Errorf("%w: %s as a fence", ErrUnknown, a)
	}
	return a, err
}

func (p *parser) fenced() (string, bool, error) {
	open, err := p.fence()
	if err != nil {
		return "", false, err
	}
	inner, err := p.row(func(p *parser) bool { return p.takeCommand("right") })
	if err != nil {
		return "", false, err
	}
	end, err := p.fence()
	return element("mrow", open+inner+end), false, err
}

// environment reads matrices, cases and aligned lines.
func (p *parser) environment() (string, error) {
	name, err := p.raw()
	if err != nil {
		return "", err
	}
	fences, ok := map[string][2]string{
		"matrix": {}, "pmatrix": {"(", ")"}, "bmatrix": {"[", "]"}, "vmatrix": {"|", "|"}, "cases": {"{", ""}, "aligned": {}, "align": {}, "align*": {}, "gathered": {}, "split": {},
	}[name]
	if !ok {
		return "", fmt.Errorf("%w: environment %s", ErrUnknown, name)
	}
	var rows, cells strings.Builder
	for {
		sign := ""
		cell, err := p.row(func(p *parser) bool {
			switch {
			case p.take('&'):
				sign = "&"
			case p.takeCommand("\\"):
				sign = "row"
			case p.takeCommand("end"):
				sign = "end"
			}
			return sign != ""
		})
		if err != nil {
			return "", err
		}
		cells.WriteString(element("mtd", cell))
		if sign == "&" {
			continue
		}
		if cell != "" || sign == "row" {
			rows.WriteString(element("mtr", cells.String()))
		}
		cells.Reset()
		if sign == "end" {
			break
		}
	}
	if end, err := p.raw(); err != nil || end != name {
		return "", fmt.Errorf("%w: \\begin{%s} ends as %s", ErrUnknown, name, end)
	}
	out := element("mtable", rows.String())
	if fences[0] != "" {
		out = element("mo", fences[0]) + out
	}
	if fences[1] != "" {
		out += element("mo", fences[1])
	}
	return element("mrow", out), nil
}
