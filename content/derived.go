package content

// derived is what follows from all reports of a snapshot together.
type derived struct {
	backlinks map[string][]string // slugs of the reports that link to a slug
	related   *relations
}

// all computes what follows from the reports together, once.
func (s *snapshot) all() *derived {
	s.derive.Do(func() {
		d := &derived{backlinks: map[string][]string{}}
		for _, r := range s.reports {
			seen := map[string]bool{r.Slug: true}
			for _, l := range r.Links {
				if l.Report != "" && !seen[l.Report] {
					seen[l.Report] = true
					d.backlinks[l.Report] = append(d.backlinks[l.Report], r.Slug)
				}
			}
		}
		d.related = newRelations(s)
		s.derived = d
	})
	return s.derived
}

// Backlinks returns the reports that link to a report, newest first.
func (l *Library) Backlinks(slug string) []*Report {
	s := l.state.Load()
	var out []*Report
	for _, b := range s.all().backlinks[slug] {
		out = append(out, s.bySlug[b])
	}
	return out
}

// Translations returns the other language versions of a report: what it translates and what translates it or the same.
func (l *Library) Translations(slug string) []*Report {
	s := l.state.Load()
	r := s.bySlug[slug]
	if r == nil {
		return nil
	}
	original := firstOf(r.TranslationOf, r.Slug)
	var out []*Report
	for _, o := range s.reports {
		if o.Slug != r.Slug && (o.Slug == original || o.TranslationOf == original) {
			out = append(out, o)
		}
	}
	return out
}
