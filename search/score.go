package search

// matches reports whether a document with a tally is a match.
func (r *ranker) matches(s *scratch, p *plan, d uint32) bool {
	if mass := s.main[d].mass; mass < s.least && !s.reaches(d, mass) {
		return false
	}
	return len(p.conditions) == 0 || r.meets(p, s.excluded, d)
}

// reaches reports whether a document gets from a mass to that of a match by what is left.
func (s *scratch) reaches(d uint32, mass float32) bool {
	left := s.restMass
	for i := range s.rest {
		if (mass+left)*slack < s.least {
			return false
		}
		c := &s.rest[i]
		if _, ok := c.find(d); ok {
			if mass += c.mass; mass >= s.least {
				return true
			}
		}
		left -= c.mass
	}
	return mass >= s.least
}

// complete returns the score of a match, with what is left.
func (s *scratch) complete(p *plan, d uint32) scored {
	t := s.main[d]
	for i := range s.rest {
		c := &s.rest[i]
		if imp, ok := c.find(d); ok {
			t.score += c.factor * float32(imp)
			t.mass += c.mass
		}
	}
	return p.score(d, t)
}

func (p *plan) score(d uint32, t tally) scored {
	share := min(1, t.mass/p.mass)
	return scored{d, t.score * share, share}
}

// highest returns the most that a match can score.
func (s *scratch) highest(p *plan, d uint32) scored {
	t := s.main[d]
	return p.score(d, tally{(t.score + s.restScore) * slack, (t.mass + s.restMass) * slack})
}
