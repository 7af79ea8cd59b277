package content

// Translations returns the other language versions of a report: what it translates and what translates it or the same.
func (l *Library) Translations(slug string) []*Report {
	s := l.state.Load()
	r := s.find(slug)
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
