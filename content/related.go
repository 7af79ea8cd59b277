package content

import (
	"math"
	"slices"
	"strings"
)

// relations finds reports on the same matters.
type relations struct {
	features map[string]map[string]float64 // by slug: weight of each feature
	with     map[string][]string           // slugs by feature
}

// newRelations describes every report by its keywords, glosses and links. A feature counts the more the fewer reports have
// it (inverse document frequency).
func newRelations(s *snapshot) *relations {
	rel := &relations{features: map[string]map[string]float64{}, with: map[string][]string{}}
	for _, r := range s.reports {
		f := map[string]bool{}
		for _, k := range r.Keywords {
			f["word "+strings.ToLower(k)] = true
		}
		for _, c := range s.heads[s.keyOf(r)].Candidates {
			f["term "+glossKey(c.Inside)] = true
		}
		for _, l := range r.Links {
			if l.Report != "" {
				f["report "+l.Report] = true
			} else if !l.Missing && safeURL(l.Href) != "" {
				f["link "+l.Href] = true
			}
		}
		f["report "+r.Slug] = true
		rel.features[r.Slug] = make(map[string]float64, len(f))
		for k := range f {
			rel.features[r.Slug][k] = 0
			rel.with[k] = append(rel.with[k], r.Slug)
		}
	}
	for _, fs := range rel.features {
		norm := 0.0
		for k := range fs {
			fs[k] = math.Log(float64(len(s.reports)+1) / float64(len(rel.with[k])))
			norm += fs[k] * fs[k]
		}
		for k := range fs {
			fs[k] /= math.Sqrt(math.Max(norm, 1e-9))
		}
	}
	return rel
}

// Related returns up to limit reports in the same language that share most with a report, the nearest first. Its
// translations are not among them.
func (l *Library) Related(slug string, limit int) []*Report {
	s := l.state.Load()
	r := s.bySlug[slug]
	if r == nil {
		return nil
	}
	rel := s.all().related
	scores := map[string]float64{}
	for k, w := range rel.features[slug] {
		if len(rel.with[k]) > 1000 {
			continue // says next to nothing, and would make the cost grow with the library
		}
		for _, o := range rel.with[k] {
			scores[o] += w * rel.features[o][k]
		}
	}
	original := firstOf(r.TranslationOf, r.Slug)
	var out []*Report
	for o, score := range scores {
		q := s.bySlug[o]
		if o != slug && score > 0 && q.Lang == r.Lang && firstOf(q.TranslationOf, q.Slug) != original {
			out = append(out, q)
		}
	}
	slices.SortFunc(out, func(a, b *Report) int {
		if d := scores[b.Slug] - scores[a.Slug]; d != 0 {
			if d > 0 {
				return 1
			}
			return -1
		}
		return newestFirst(a, b)
	})
	return out[:min(limit, len(out))]
}
