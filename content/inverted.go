package content

import "slices"

// inverted finds reports by what they have.
type inverted struct {
	of   map[string][]string // by slug: its features, each once
	with map[string][]string // by feature: slugs, in no order
}

func newInverted() inverted {
	return inverted{map[string][]string{}, map[string][]string{}}
}

// put replaces the features of a report; none take it out. What it costs depends on the features that differ.
func (x inverted) put(slug string, features []string) {
	before := x.of[slug]
	had := make(map[string]bool, len(before))
	for _, f := range before {
		had[f] = true
	}
	for _, f := range features {
		if !had[f] {
			x.with[f] = append(x.with[f], slug)
		}
		delete(had, f)
	}
	for f := range had {
		list := x.with[f]
		last := len(list) - 1
		list[slices.Index(list, slug)] = list[last]
		if x.with[f] = list[:last]; last == 0 {
			delete(x.with, f)
		}
	}
	if x.of[slug] = features; len(features) == 0 {
		delete(x.of, slug)
	}
}
