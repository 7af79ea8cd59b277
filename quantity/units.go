package quantity

// physicalUnit takes decimal SI prefixes. Long symbols are left to the unit line on axes. With the prefix of
// size stay numbers run to 10⁴ instead of 10³, as readers know them: 5,000 TFLOP/s,
// 1,400 W.
type physicalUnit struct {
	symbol string
	per    divisor
	long   bool
	stay   float64
}

var physical = map[string]physicalUnit{
	"FLOP/s":     {symbol: "FLOP/s", long: true, stay: 1e12},
	"byte":       {symbol: "B"},
	"byte/s":     {symbol: "B/s"},
	"bit/s":      {symbol: "bit/s"},
	"W":          {symbol: "W", stay: 1},
	"Hz":         {symbol: "Hz"},
	"FLOP/s/USD": {symbol: "FLOP/s", per: divisor{"달러당", "dollar"}, long: true},
	"FLOP/s/W":   {symbol: "FLOP/s", per: divisor{"와트당", "watt"}, long: true},
}

var prefixes = [...]string{"", "k", "M", "G", "T", "P", "E", "Z", "Y"}

// scale divides v down to the prefix it is written with. Past the last of them it is a power of ten without one.
func (u physicalUnit) scale(v float64) (float64, string) {
	i, size := 0, 1.0
	for ; i < len(prefixes)-1; i++ {
		limit := 1e3
		if size == u.stay {
			limit = 1e4
		}
		if v/size < limit {
			break
		}
		size *= 1e3
	}
	if v/size >= 1e4 {
		return v, ""
	}
	return v / size, prefixes[i]
}

// countedUnit is a number of things. The Korean counter 개 stands in for the
// name, which the sentence or table head says.
type countedUnit struct {
	ko, en string
	per    divisor
}

var counted = map[string]countedUnit{
	"transistor":      {ko: "개", en: "transistor"},
	"token":           {ko: "토큰", en: "token"},
	"parameter":       {ko: "개", en: "parameter"},
	"chip":            {ko: "개", en: "chip"},
	"core":            {ko: "개", en: "core"},
	"count":           {ko: "개"},
	"H100e":           {ko: "H100e", en: "H100e"},
	"byte/FLOP":       {ko: "바이트", en: "byte", per: divisor{"FLOP당", "FLOP"}},
	"token/parameter": {ko: "토큰", en: "token", per: divisor{"매개변수당", "parameter"}},
}

// divisor is what a rate is taken over, in words.
type divisor struct{ ko, en string }

func (d divisor) around(number string, ko bool) (string, string) {
	switch {
	case d == divisor{}:
		return "", number
	case ko:
		return d.ko + NoBreak, number
	}
	return "", number + " per " + d.en
}
