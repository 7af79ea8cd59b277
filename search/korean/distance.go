package korean

import "strings"

// Key returns the form in which typed text is compared letter by letter: NFC, lower
// case, without spaces, Hangul as typed jamo (see Decompose).
func Key(s string) string {
	return Decompose(strings.ToLower(strings.ReplaceAll(Normalize(s), " ", "")))
}

// Distance returns the number of typing errors between a and b: key presses
// missing, added, replaced, or swapped with the next (optimal string alignment
// over Key). 스케일링 and 스캐일링 are 1 apart.
func Distance(a, b string) int {
	x, y := []rune(Key(a)), []rune(Key(b))
	return distance(x, y, len(x)+len(y))
}

// distance is Distance of two keys, or limit+1 where it exceeds limit. Cells further than limit from the diagonal cost
// more than that and are not worked out.
func distance(a, b []rune, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	var buf [3 * 64]int
	rows := buf[:]
	n := len(b) + 1
	if 3*n > len(buf) {
		rows = make([]int, 3*n)
	}
	before, prev, row := rows[:n], rows[n:2*n], rows[2*n:3*n]
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		from, to := max(1, i-limit), min(len(b), i+limit)
		row[from-1] = limit + 1
		if from == 1 {
			row[0] = i
		}
		best := row[from-1]
		for j := from; j <= to; j++ {
			d := prev[j-1]
			if a[i-1] != b[j-1] {
				d = min(d, row[j-1], prev[j]) + 1
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			best = min(best, d)
		}
		if best > limit {
			return limit + 1
		}
		if to < len(b) {
			row[to+1] = limit + 1
		}
		before, prev, row = prev, row, before
	}
	return min(prev[len(b)], limit+1)
}
