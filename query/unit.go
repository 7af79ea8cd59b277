package query

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// dimension is a unit as powers of its symbols: "FLOP/s/USD" is FLOP¹ s⁻¹ USD⁻¹. A pure number (fraction, count) is empty.
type dimension map[string]int

// dimensionless units count things of no dimension.
func dimensionless(symbol string) bool {
	switch symbol {
	case "", "1", "fraction", "count", "number", "ratio":
		return true
	}
	return false
}

// parseUnit reads a unit of symbols joined by "/", "·" or "*"; what follows a slash is divided by. "FLOP/(s·W)" and
// "FLOP/s/W" are the same, and "W" is "J/s".
func parseUnit(s string) dimension {
	d := dimension{}
	power, group := 1, 0
	var symbol strings.Builder
	flush := func() {
		name := strings.TrimSpace(symbol.String())
		symbol.Reset()
		exponent := 1
		if base, exp, ok := strings.Cut(name, "^"); ok {
			if n, err := strconv.Atoi(exp); err == nil {
				name, exponent = base, n
			}
		}
		if !dimensionless(name) {
			d.add(name, power*exponent)
		}
		if group == 0 {
			power = 1
		}
	}
	for _, r := range s {
		switch r {
		case '/':
			flush()
			power = -1
		case '·', '*':
			flush()
		case '(':
			group++
		case ')':
			group--
			flush()
		default:
			symbol.WriteRune(r)
		}
	}
	flush()
	return d
}

func (d dimension) add(symbol string, power int) {
	if symbol == "W" {
		d.add("J", power)
		d.add("s", -power)
		return
	}
	if d[symbol] += power; d[symbol] == 0 {
		delete(d, symbol)
	}
}

func (d dimension) times(other dimension, sign int) dimension {
	out := maps.Clone(d)
	for symbol, power := range other {
		out.add(symbol, sign*power)
	}
	return out
}

func (d dimension) equal(other dimension) bool { return maps.Equal(d, other) }

// String writes the dimension with its divisors last: "FLOP/s/USD".
func (d dimension) String() string {
	var over, under []string
	for symbol, power := range d {
		text := symbol
		if power > 1 || power < -1 {
			text += "^" + strconv.Itoa(max(power, -power))
		}
		if power > 0 {
			over = append(over, text)
		} else {
			under = append(under, text)
		}
	}
	slices.Sort(over)
	slices.Sort(under)
	if len(over) == 0 {
		over = []string{"1"}
	}
	return strings.Join(append([]string{strings.Join(over, "·")}, under...), "/")
}
