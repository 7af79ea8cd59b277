package query

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/scalebook/scalebook/metrics"
)

// An expression declares a derived metric over others: arithmetic on metric ids, such as
//
//	hardware-fp16-flops / hardware-price
//
// with an optional condition that a further metric of the same subject must meet, such as
//
//	price-input where mmlu >= 0.8
//
// Ids contain hyphens, so a minus sign stands between spaces.
type expression struct {
	value     node
	condition *condition
}

type condition struct {
	metric string
	op     string // >= or <=
	bound  float64
}

// node is an arithmetic expression: a metric, a number, or an operation on two nodes.
type node struct {
	metric      string
	number      float64
	op          byte // 0 for a leaf
	left, right *node
}

// inputs lists the metrics that an expression reads, in order of appearance.
func (x expression) inputs() []string {
	var ids []string
	var walk func(n *node)
	walk = func(n *node) {
		switch {
		case n.op != 0:
			walk(n.left)
			walk(n.right)
		case n.metric != "":
			ids = append(ids, n.metric)
		}
	}
	walk(&x.value)
	if x.condition != nil {
		ids = append(ids, x.condition.metric)
	}
	return ids
}

// eval returns the value for one subject's inputs, and whether it is a number and the condition holds.
func (x expression) eval(inputs map[string]float64) (float64, bool) {
	if c := x.condition; c != nil {
		v, ok := inputs[c.metric]
		if !ok || c.op == ">=" && v < c.bound || c.op == "<=" && v > c.bound {
			return 0, false
		}
	}
	v, ok := x.value.eval(inputs)
	return v, ok && !math.IsNaN(v) && !math.IsInf(v, 0)
}

func (n *node) eval(inputs map[string]float64) (float64, bool) {
	if n.op == 0 {
		if n.metric == "" {
			return n.number, true
		}
		v, ok := inputs[n.metric]
		return v, ok
	}
	l, lok := n.left.eval(inputs)
	r, rok := n.right.eval(inputs)
	if !lok || !rok {
		return 0, false
	}
	switch n.op {
	case '+':
		return l + r, true
	case '-':
		return l - r, true
	case '*':
		return l * r, true
	default:
		return l / r, true
	}
}

// parseExpression reads an expression; an error says where it stops making sense.
func parseExpression(s string) (expression, error) {
	arithmetic, where, conditional := strings.Cut(s, " where ")
	p := expressionParser{tokens: strings.FieldsFunc(spaced(arithmetic), unicode.IsSpace)}
	value, err := p.sum()
	if err == nil && p.pos < len(p.tokens) {
		err = fmt.Errorf("%q is not expected here", p.tokens[p.pos])
	}
	if err != nil {
		return expression{}, fmt.Errorf("expression %q: %w", s, err)
	}
	x := expression{value: *value}
	if conditional {
		parts := strings.Fields(where)
		if len(parts) != 3 || parts[1] != ">=" && parts[1] != "<=" {
			return expression{}, fmt.Errorf("expression %q: a condition is written METRIC >= NUMBER", s)
		}
		bound, err := strconv.ParseFloat(parts[2], 64)
		if err != nil {
			return expression{}, fmt.Errorf("expression %q: %q is not a number", s, parts[2])
		}
		x.condition = &condition{metric: parts[0], op: parts[1], bound: bound}
	}
	return x, nil
}

// spaced sets operators that can't be part of an id apart from what stands beside them.
func spaced(s string) string {
	return strings.NewReplacer("(", " ( ", ")", " ) ", "/", " / ", "*", " * ", "+", " + ").Replace(s)
}

type expressionParser struct {
	tokens []string
	pos    int
	depth  int
}

const maxExpressionDepth = 64

func (p *expressionParser) peek() string {
	if p.pos < len(p.tokens) {
		return p.tokens[p.pos]
	}
	return ""
}

func (p *expressionParser) sum() (*node, error) { return p.binary("+-", p.product) }

func (p *expressionParser) product() (*node, error) { return p.binary("*/", p.operand) }

func (p *expressionParser) binary(ops string, next func() (*node, error)) (*node, error) {
	left, err := next()
	if err != nil {
		return nil, err
	}
	for t := p.peek(); len(t) == 1 && strings.Contains(ops, t); t = p.peek() {
		p.pos++
		right, err := next()
		if err != nil {
			return nil, err
		}
		left = &node{op: t[0], left: left, right: right}
	}
	return left, nil
}

func (p *expressionParser) operand() (*node, error) {
	t := p.peek()
	p.pos++
	switch {
	case t == "":
		return nil, fmt.Errorf("it ends where a metric or number is expected")
	case t == "(":
		if p.depth++; p.depth > maxExpressionDepth {
			return nil, fmt.Errorf("brackets nest too deeply")
		}
		n, err := p.sum()
		p.depth--
		if err != nil {
			return nil, err
		}
		if p.peek() != ")" {
			return nil, fmt.Errorf("a bracket is not closed")
		}
		p.pos++
		return n, nil
	case strings.ContainsAny(t, "()+*/") || t == "-":
		return nil, fmt.Errorf("%q stands where a metric or number is expected", t)
	}
	if v, err := strconv.ParseFloat(t, 64); err == nil {
		return &node{number: v}, nil
	}
	return &node{metric: t}, nil
}

// unit derives the unit of a node from those of its metrics: sums need one unit on both sides, products and quotients
// combine theirs.
func (n *node) unit(of func(id string) (string, error)) (dimension, error) {
	if n.op == 0 {
		if n.metric == "" {
			return dimension{}, nil
		}
		u, err := of(n.metric)
		return parseUnit(u), err
	}
	l, err := n.left.unit(of)
	if err != nil {
		return nil, err
	}
	r, err := n.right.unit(of)
	if err != nil {
		return nil, err
	}
	switch n.op {
	case '*':
		return l.times(r, 1), nil
	case '/':
		return l.times(r, -1), nil
	}
	if !l.equal(r) {
		return nil, fmt.Errorf("%s and %s can't be added", l, r)
	}
	return l, nil
}

// CheckExpression reports why a derived metric's expression can't be read, names an unknown metric, or has another unit
// than the metric declares.
func CheckExpression(m metrics.Metric, catalogue func(id string) (metrics.Metric, bool)) error {
	x, err := parseExpression(m.Expression)
	if err != nil {
		return fmt.Errorf("metric %s: %w", m.ID, err)
	}
	for _, id := range x.inputs() {
		in, ok := catalogue(id)
		if !ok {
			return fmt.Errorf("metric %s: expression names %s: %w", m.ID, id, metrics.ErrUnknownMetric)
		}
		if in.Expression != "" {
			return fmt.Errorf("metric %s: expression names %s, which is derived itself", m.ID, id)
		}
	}
	got, err := x.value.unit(func(id string) (string, error) {
		in, _ := catalogue(id)
		return in.Unit, nil
	})
	if err != nil {
		return fmt.Errorf("metric %s: %w", m.ID, err)
	}
	if want := parseUnit(m.Unit); !got.equal(want) {
		return fmt.Errorf("metric %s: declared in %s, but %s comes out in %s", m.ID, want, m.Expression, got)
	}
	return nil
}
