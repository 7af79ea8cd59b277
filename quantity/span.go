package quantity

import "strings"

// Span joins two worded quantities, as in "1.4–2.2년" and "1.4 to 2.2 years". What follows the last digit is their unit; it is
// said once where they share it.
func Span(low, joint, high string) string {
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	unit := func(s string) string { return s[strings.LastIndexFunc(s, digit)+1:] }
	if u := unit(high); u != "" && u == unit(low) && strings.LastIndexFunc(low, digit) >= 0 {
		low = strings.TrimSuffix(low, u)
	}
	return low + joint + high
}
