package content

// derived is what follows from all reports of a snapshot together.
type derived struct {
	backlinks map[string][]string // slugs of the reports that link to a slug
}

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
		s.derived = d
	})
	return s.derived
}

// enrich adds to a report what follows from the library and the catalogue.
func (l *Library) enrich(s *snapshot, r *Report) {}

// Backlinks returns the reports that link to a report, newest first.
func (l *Library) Backlinks(slug string) []*Report {
	s := l.state.Load()
	var out []*Report
	for _, b := range s.all().backlinks[slug] {
		out = append(out, s.bySlug[b])
	}
	return out
}
