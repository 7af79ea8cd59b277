package main

// cheapest leaves out readings that can't win: of those of one surface with the
// same classes, all but the cheapest.
func cheapest(words []word, c *classes) []word {
	var kept []word
	for from, to := range surfaces(words) {
		start := len(kept)
	readings:
		for _, w := range words[from:to] {
			for i, k := range kept[start:] {
				if c.left[k.left] == c.left[w.left] && c.right[k.right] == c.right[w.right] {
					if w.cost < k.cost {
						kept[start+i] = w
					}
					continue readings
				}
			}
			kept = append(kept, w)
		}
	}
	return kept
}

// surfaces yields the bounds of the words that share a surface.
func surfaces(words []word) func(func(from, to int) bool) {
	return func(yield func(from, to int) bool) {
		for from := 0; from < len(words); {
			to := from + 1
			for to < len(words) && words[to].surface == words[from].surface {
				to++
			}
			if !yield(from, to) {
				return
			}
			from = to
		}
	}
}
