package search

// all reports whether a query asks for whatever its filters let through, as from:2025-03 does, less what it excludes.
func (q *parsed) all() bool {
	for _, c := range q.clauses {
		if !c.not {
			return false
		}
	}
	return q.kind != "" || q.lang != "" || !q.from.IsZero() || !q.to.IsZero()
}

// list leaves all that the filters let through, the newest first: reports, where no kind is asked for.
func (a *answer) list() {
	if len(a.q.Kinds) == 0 {
		a.q.Kinds, a.filtered = []string{KindReport}, true
	}
	if !a.sorted() {
		a.q.Sort = SortNewest
	}
	var excluded map[uint32]bool
	if a.v.gen != nil {
		excluded = a.v.rank.excluded(&scratch{}, a.plan)
	}
	var c counter
	var all []scored // the doc of each is its owner here
	for i := range a.v.owners {
		if o := uint32(i); !excluded[o] && a.passes(o) {
			all = append(all, scored{doc: o})
			c.count(&a.v.facts[o])
		}
	}
	a.res.Total = len(all)
	a.page(all, &c, func(o uint32) []scored {
		if a.v.gen == nil || int(o) >= len(a.v.rank.docs) {
			return nil
		}
		return []scored{{doc: a.v.rank.docs[o].From}} // how it begins
	})
}
