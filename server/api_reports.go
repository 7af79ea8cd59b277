package server

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/query"
)

func summarise(r *content.Report) query.ReportSummary {
	return query.ReportSummary{Slug: r.Slug, Title: r.Title, Lang: r.Lang, Date: moment(r.Date), Summary: r.Summary, Minutes: r.Minutes(),
		TranslationOf: r.TranslationOf, Source: r.Source}
}

func moment(t time.Time) *query.Moment {
	if t.IsZero() {
		return nil
	}
	return &query.Moment{Time: t}
}

// reportFilter selects reports; from and to are half-open on the date.
type reportFilter struct {
	lang     string
	from, to time.Time
}

func (f reportFilter) takes(r *content.Report) bool {
	return (f.lang == "" || r.Lang == f.lang) && (f.from.IsZero() || !r.Date.Before(f.from)) && (f.to.IsZero() || !r.Date.IsZero() && r.Date.Before(f.to))
}

func parseReportFilter(v query.Values) (reportFilter, error) {
	f := reportFilter{lang: v("lang")}
	if f.lang != "" && f.lang != "ko" && f.lang != "en" {
		return f, badParameter("lang", f.lang, "ko나 en이어야 합니다.", "one of ko, en")
	}
	var err error
	f.from, f.to, err = parsePeriod(v)
	return f, err
}

// maxReports is the most that one page of a listing holds.
const maxReports = 500

func (s *Server) apiReports(c *fiber.Ctx) error {
	v := values(c)
	f, err := parseReportFilter(v)
	if err != nil {
		return err
	}
	limit, err := parseCount(v, "limit", 50, maxReports)
	if err != nil {
		return err
	}
	offset, err := parseCount(v, "offset", 0, 1_000_000)
	if err != nil {
		return err
	}
	out := query.ReportList{Reports: []query.ReportSummary{}}
	for _, r := range s.cfg.Library.Reports() {
		if !f.takes(r) {
			continue
		}
		if out.Total >= offset && len(out.Reports) < limit {
			out.Reports = append(out.Reports, summarise(r))
		}
		out.Total++
	}
	linkPages(c, out.Total, limit, offset)
	return s.answer(c, out)
}

// linkPages adds the addresses of the next and previous pages (RFC 8288), relative to the request.
func linkPages(c *fiber.Ctx, total, limit, offset int) {
	var links []string
	add := func(rel string, to int) {
		args := c.Request().URI().QueryArgs()
		args.Set("offset", strconv.Itoa(to))
		links = append(links, fmt.Sprintf("<%s?%s>; rel=%q", c.Path(), args.String(), rel))
	}
	if limit > 0 && offset+limit < total {
		add("next", offset+limit)
	}
	if limit > 0 && offset > 0 {
		add("prev", max(0, offset-limit))
	}
	if len(links) > 0 {
		c.Set(fiber.HeaderLink, strings.Join(links, ", "))
	}
}

func (s *Server) apiReport(c *fiber.Ctx) error {
	r, err := s.report(strings.Clone(c.Params("slug")))
	if err != nil {
		return err
	}
	full, err := s.describe(c.UserContext(), r, s.mayRead(c, r))
	if err != nil {
		return err
	}
	return s.answer(c, full)
}

// report finds a report by its slug, in any letter case.
func (s *Server) report(slug string) (*content.Report, error) {
	slug = norm.NFC.String(strings.ToLower(slug))
	r, ok := s.cfg.Library.Report(slug)
	if !ok {
		return nil, fmt.Errorf("%w: report %s", errNotFound, slug)
	}
	return r, nil
}

// mayRead reports whether the full text may be shown to whoever asks.
func (s *Server) mayRead(c *fiber.Ctx, r *content.Report) bool {
	return r.Public || s.authorise(c, scopeRead) == nil
}

// describe writes out a report; without its text where that may not be read.
func (s *Server) describe(ctx context.Context, r *content.Report, readable bool) (query.Report, error) {
	out := query.Report{
		Slug: r.Slug, Title: r.Title, Lang: r.Lang, Date: moment(r.Date), Summary: r.Summary, Keywords: r.Keywords, Author: r.Author,
		Translator: r.Translator, License: r.License, OriginalURL: r.OriginalURL, TranslationOf: r.TranslationOf, Source: r.Source, Minutes: r.Minutes(),
		Sections: []query.ReportSection{}, Figures: []query.ReportFigure{}, Links: []query.ReportLink{}, Terms: []query.ReportTerm{}, Claims: []query.Claim{},
		Mentions: []query.ReportMention{}, Lint: []query.ReportLint{},
	}
	out.Citation = query.CiteReport(out)
	if out.Keywords == nil {
		out.Keywords = []string{}
	}
	if !readable {
		return out, nil
	}
	for _, m := range r.Mentions {
		out.Mentions = append(out.Mentions, query.ReportMention{Kind: m.Kind, ID: m.ID, Anchor: m.Anchor, Count: m.Count})
	}
	for _, x := range r.Sections {
		out.Sections = append(out.Sections, query.ReportSection{Anchor: x.Anchor, Heading: x.Heading, Level: x.Level, Text: x.Text})
	}
	for _, f := range r.Figures {
		out.Figures = append(out.Figures, query.ReportFigure{Anchor: f.Anchor, Src: f.Src, Alt: f.Alt, Caption: f.Caption, Missing: f.Missing})
	}
	for _, l := range r.Links {
		out.Links = append(out.Links, query.ReportLink{Href: l.Href, Text: l.Text, Report: l.Report, Missing: l.Missing})
	}
	for _, t := range r.Terms {
		out.Terms = append(out.Terms, query.ReportTerm{Ko: t.Ko, En: t.En})
	}
	for _, l := range r.Lint {
		out.Lint = append(out.Lint, query.ReportLint{Line: l.Line, Rule: l.Rule, Message: l.Text().En, Text: l.Text()})
	}
	var err error
	out.Claims, err = s.engine.Claims(ctx, r.Claims, r.Date)
	return out, err
}
