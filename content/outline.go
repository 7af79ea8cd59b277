package content

import (
	"context"
	"fmt"
)

// Outlines are the reports of one state of a library without their text, and where it is: for whoever keeps what it makes of texts, and
// wants to read those alone that changed.
type Outlines struct {
	// Reports are newest first, with their Terms, and otherwise as those of [Library.Reports]. Of a report that is not public they have
	// what [Report.Shown] leaves.
	Reports []*Report
	library *Library
	state   *snapshot
}

// Outlines returns the outlines of the library as it is. It reads no text; the terms of reports whose glosses were not used otherwise
// since they were last asked for are known already.
func (l *Library) Outlines(ctx context.Context) (*Outlines, error) {
	s := l.state.Load()
	o := &Outlines{library: l, state: s}
	for _, r := range s.reports {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		q := *r
		q.Terms = s.termsOf(r)
		o.Reports = append(o.Reports, q.Shown())
	}
	return o, nil
}

// Version changes with whatever Passages returns of a report.
func (o *Outlines) Version(slug string) string {
	e := o.state.entries.get(slug)
	if e == nil {
		return ""
	}
	return e.key
}

// Passages returns the passages of a report, none of one that is not public.
func (o *Outlines) Passages(slug string) ([]Passage, error) {
	e := o.state.entries.get(slug)
	if e == nil {
		return nil, fmt.Errorf("report %s: not in the library", slug)
	}
	if !e.report.Public {
		return nil, nil
	}
	h, err := o.library.parse(o.state, slug)
	if err != nil {
		return nil, fmt.Errorf("report %s: %w", slug, err)
	}
	return h.Passages, nil
}
