package server

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/search"
	"github.com/scalebook/scalebook/search/hits"
	"github.com/scalebook/scalebook/tracing"
)

func (s *Server) apiSearch(c *fiber.Ctx) error {
	q, err := parseSearch(values(c))
	if err != nil {
		return err
	}
	results, err := s.search(c.UserContext(), q)
	if err != nil {
		return err
	}
	linkPages(c, results.Total, max(0, q.Limit), q.Offset)
	return s.answer(c, searchAnswer{results})
}

// search asks the index.
func (s *Server) search(ctx context.Context, q search.Query) (search.Results, error) {
	ctx, span := tracing.Step(ctx, "search")
	span.Say("query", q.Text)
	results, err := s.cfg.Index.Search(ctx, q)
	span.Count("found", results.Total)
	span.End(err)
	return results, err
}

// readQuery reads q. Only its length can be wrong.
func readQuery(v query.Values) (string, error) {
	text := v("q")
	if utf8.RuneCountInString(text) > search.MaxQuery {
		return "", badParameter("q", "", "2,000자까지 검색할 수 있습니다.", "at most 2,000 characters can be looked for")
	}
	return text, nil
}

// parseSearch reads the parameters of a search. The text itself is never unreadable.
func parseSearch(v query.Values) (search.Query, error) {
	text, err := readQuery(v)
	if err != nil {
		return search.Query{}, err
	}
	q := search.Query{Text: text, Lang: v("lang"), Sort: v("sort")}
	for kind := range strings.SplitSeq(v("kind"), ",") {
		switch kind {
		case "":
		case search.KindReport, search.KindMetric, search.KindSubject, search.KindTerm:
			q.Kinds = append(q.Kinds, kind)
		default:
			return q, badParameter("kind", kind, "report, metric, subject, term 가운데 하나여야 합니다.", "one of report, metric, subject, term")
		}
	}
	if q.Lang != "" && q.Lang != "ko" && q.Lang != "en" {
		return q, badParameter("lang", q.Lang, "ko나 en이어야 합니다.", "one of ko, en")
	}
	if q.From, q.To, err = parsePeriod(v); err != nil {
		return q, err
	}
	if q.Limit, err = parseCount(v, "limit", search.DefaultLimit, search.MaxLimit); err != nil {
		return q, err
	}
	if q.Limit == 0 {
		q.Limit = -1 // the count alone
	}
	if q.Offset, err = parseCount(v, "offset", 0, 1_000_000); err != nil {
		return q, err
	}
	q.Passages, err = parseCount(v, "passages", search.DefaultPassages, search.MaxPassages)
	return q, err
}

// parsePeriod reads from and to, half-open.
func parsePeriod(v query.Values) (from, to time.Time, err error) {
	if s := v("from"); s != "" {
		if from, err = query.ParseTime(s); err != nil {
			return from, to, badParameter("from", s, "2025-01-31 같은 날짜여야 합니다.", "a date such as 2025-01-31 is needed")
		}
	}
	if s := v("to"); s != "" {
		if to, err = query.ParseTime(s); err != nil {
			return from, to, badParameter("to", s, "2025-01-31 같은 날짜여야 합니다.", "a date such as 2025-01-31 is needed")
		}
	}
	return from, to, nil
}

// parseCount reads a whole number; more than the most is the most, since a client that asks for everything wants all it can get.
func parseCount(v query.Values, name string, def, most int) (int, error) {
	s := v(name)
	if s == "" {
		return def, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, badParameter(name, s, "0 이상인 정수여야 합니다.", "a whole number of at least 0 is needed")
	}
	return min(n, most), nil
}

func badParameter(name, value, ko, en string) error {
	return &query.ParameterError{Name: name, Value: value, Why: metrics.Text{Ko: ko, En: en}}
}

// searchAnswer is a search result that can be a table.
type searchAnswer struct{ search.Results }

// Table implements [query.Tabular], a row per hit.
func (a searchAnswer) Table() query.Table {
	t := query.Table{Header: []string{"kind", "id", "title", "url", "score", "lang", "date", "heading", "anchor"}}
	for _, h := range a.Hits {
		row := []string{h.Kind, h.ID, h.Title, h.URL, strconv.FormatFloat(h.Score, 'g', 6, 64), h.Lang, h.Date, "", ""}
		if len(h.Passages) > 0 {
			row[7], row[8] = h.Passages[0].Heading, h.Passages[0].Anchor
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (s *Server) apiSuggest(c *fiber.Ctx) error {
	limit, err := parseCount(values(c), "limit", 8, 20)
	if err != nil {
		return err
	}
	text, err := readQuery(values(c))
	if err != nil {
		return err
	}
	found, err := s.cfg.Index.Suggest(c.UserContext(), text, limit)
	if err != nil {
		return err
	}
	if found == nil {
		found = []hits.Suggestion{}
	}
	return s.answer(c, hits.Suggestions{Suggestions: found})
}
