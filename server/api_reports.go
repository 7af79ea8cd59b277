package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/query"
)

// reportList is the answer of a listing.
type reportList struct {
	Total   int             `json:"total"`
	Reports []reportSummary `json:"reports"`
}

type reportSummary struct {
	Slug          string        `json:"slug"`
	Title         string        `json:"title"`
	Lang          string        `json:"lang"`
	Date          *query.Moment `json:"date,omitempty"`
	Summary       string        `json:"summary"`
	Minutes       int           `json:"minutes"`
	TranslationOf string        `json:"translation_of,omitempty"`
	Source        string        `json:"source,omitempty"`
}

func summarise(r *content.Report) reportSummary {
	return reportSummary{Slug: r.Slug, Title: r.Title, Lang: r.Lang, Date: moment(r.Date), Summary: r.Summary, Minutes: r.Minutes(),
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
	out := reportList{Reports: []reportSummary{}}
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

// Table implements [query.Tabular].
func (l reportList) Table() query.Table {
	t := query.Table{Header: []string{"slug", "title", "lang", "date", "summary", "minutes", "translation_of", "source"}}
	for _, r := range l.Reports {
		date := ""
		if r.Date != nil {
			date = r.Date.String()
		}
		t.Rows = append(t.Rows, []string{r.Slug, r.Title, r.Lang, date, r.Summary, strconv.Itoa(r.Minutes), r.TranslationOf, r.Source})
	}
	return t
}

// fullReport is one report with everything that was found in it.
type fullReport struct {
	Slug          string          `json:"slug"`
	Title         string          `json:"title"`
	Lang          string          `json:"lang"`
	Date          *query.Moment   `json:"date,omitempty"`
	Summary       string          `json:"summary"`
	Keywords      []string        `json:"keywords"`
	Author        string          `json:"author,omitempty"`
	Translator    string          `json:"translator,omitempty"`
	License       string          `json:"license,omitempty"`
	OriginalURL   string          `json:"original_url,omitempty"`
	TranslationOf string          `json:"translation_of,omitempty"`
	Source        string          `json:"source,omitempty"`
	Minutes       int             `json:"minutes"`
	Sections      []reportSection `json:"sections"`
	Figures       []reportFigure  `json:"figures"`
	Links         []reportLink    `json:"links"`
	Terms         []reportTerm    `json:"terms"`
	Claims        []query.Claim   `json:"claims"`
	Mentions      []reportMention `json:"mentions"`
	Lint          []reportLint    `json:"lint"`
}

type reportSection struct {
	Anchor  string `json:"anchor"`
	Heading string `json:"heading"`
	Level   int    `json:"level"`
	Text    string `json:"text"`
}

type reportFigure struct {
	Anchor  string `json:"anchor"`
	Src     string `json:"src,omitempty"`
	Alt     string `json:"alt,omitempty"`
	Caption string `json:"caption,omitempty"`
	Missing bool   `json:"missing"`
}

type reportLink struct {
	Href    string `json:"href"`
	Text    string `json:"text"`
	Report  string `json:"report,omitempty"`
	Missing bool   `json:"missing"`
}

type reportTerm struct {
	Ko string `json:"ko"`
	En string `json:"en"`
}

type reportMention struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Anchor string `json:"anchor"`
	Count  int    `json:"count"`
}

type reportLint struct {
	Line    int    `json:"line"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
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
func (s *Server) mayRead(c *fiber.Ctx, r *content.Report) bool { return r.Public || s.authorised(c) }

// authorised checks the request's bearer token in constant time.
func (s *Server) authorised(c *fiber.Ctx) bool {
	token, ok := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	if !ok || s.cfg.APIToken == "" {
		return false
	}
	given, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.cfg.APIToken))
	return subtle.ConstantTimeCompare(given[:], want[:]) == 1
}

// describe writes out a report; without its text where that may not be read.
func (s *Server) describe(ctx context.Context, r *content.Report, readable bool) (fullReport, error) {
	out := fullReport{
		Slug: r.Slug, Title: r.Title, Lang: r.Lang, Date: moment(r.Date), Summary: r.Summary, Keywords: r.Keywords, Author: r.Author,
		Translator: r.Translator, License: r.License, OriginalURL: r.OriginalURL, TranslationOf: r.TranslationOf, Source: r.Source, Minutes: r.Minutes(),
		Sections: []reportSection{}, Figures: []reportFigure{}, Links: []reportLink{}, Terms: []reportTerm{}, Claims: []query.Claim{},
		Mentions: []reportMention{}, Lint: []reportLint{},
	}
	if out.Keywords == nil {
		out.Keywords = []string{}
	}
	for _, m := range r.Mentions {
		out.Mentions = append(out.Mentions, reportMention{m.Kind, m.ID, m.Anchor, m.Count})
	}
	if !readable {
		return out, nil
	}
	for _, x := range r.Sections {
		out.Sections = append(out.Sections, reportSection{x.Anchor, x.Heading, x.Level, x.Text})
	}
	for _, f := range r.Figures {
		out.Figures = append(out.Figures, reportFigure{f.Anchor, f.Src, f.Alt, f.Caption, f.Missing})
	}
	for _, l := range r.Links {
		out.Links = append(out.Links, reportLink{l.Href, l.Text, l.Report, l.Missing})
	}
	for _, t := range r.Terms {
		out.Terms = append(out.Terms, reportTerm{t.Ko, t.En})
	}
	for _, l := range r.Lint {
		out.Lint = append(out.Lint, reportLint{l.Line, l.Rule, l.Message})
	}
	var err error
	out.Claims, err = s.engine.Claims(ctx, r.Claims, r.Date)
	return out, err
}
