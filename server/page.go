package server

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/templates"
	"github.com/scalebook/scalebook/tracing"
)

// say returns a text of the interface.
func say(lang, key string, args ...any) string { return templates.Message(lang, key, args...) }

// frame fills in what a page has around its own content.
func (s *Server) frame(c *fiber.Ctx, section, title string) templates.Frame {
	f := templates.Frame{
		Lang: s.lang(c), Title: title, Section: section,
		KoURL: s.with(c, "lang", "ko"), EnURL: s.with(c, "lang", "en"),
	}
	if state, err := s.cfg.Ledger.State(c.UserContext()); err == nil {
		f.Revision = query.ShortRevision(state.ID)
		if !state.RecordedAt.IsZero() {
			f.Updated = state.RecordedAt.UTC().Format("2006-01-02")
		}
	}
	if at, ok := pinnedAt(c); ok {
		f.Revision, f.Updated, f.Pinned, f.Unpinned = at, "", say(f.Lang, "pinned.at", at), s.with(c, "as_of", "")
	}
	for _, l := range content.Lookalikes(title) {
		f.Lookalikes = append(f.Lookalikes, l.Text().In(f.Lang))
	}
	if s.cfg.PublicURL != "" {
		f.Canonical = s.cfg.PublicURL + s.with(c, "lang", "")
	}
	return f
}

// pinnedAt is the instant, or the day, as at which an address asks for the data.
func pinnedAt(c *fiber.Ctx) (string, bool) {
	asked := strings.Clone(c.Query("as_of"))
	if at, err := time.Parse(time.RFC3339Nano, asked); err == nil {
		return at.UTC().Format(time.RFC3339), true
	}
	_, err := time.Parse(time.DateOnly, asked)
	return asked, err == nil
}

// render writes a page.
func (s *Server) render(c *fiber.Ctx, p templates.Page) error {
	if _, refusal := p.(templates.Problem); formOf(c) != "" && !refusal {
		return fmt.Errorf("%w: %s has no %s form", errNotFound, c.Path(), formOf(c))
	}
	_, span := tracing.Step(c.UserContext(), "render")
	body, err := s.cfg.Templates.Render(p)
	span.End(err)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	return c.Send(body)
}

// with returns the address of the page with parameters replaced, so that a link changes one thing of a view and keeps the
// rest. A blank value removes the parameter, and so the page number.
func (s *Server) with(c *fiber.Ctx, pairs ...string) string {
	values := url.Values{}
	c.Context().QueryArgs().VisitAll(func(k, v []byte) { values.Add(string(k), string(v)) })
	values.Del("offset")
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			values.Del(pairs[i])
			continue
		}
		values.Set(pairs[i], pairs[i+1])
	}
	// A path that starts with two slashes would be read as another host.
	address := (&url.URL{Path: "/" + strings.TrimLeft(strings.Clone(c.Path()), "/")}).EscapedPath()
	if q := values.Encode(); q != "" {
		address += "?" + q
	}
	return address
}

// rememberLang keeps a language that was chosen by address, so that the next page needs no parameter.
func (s *Server) rememberLang(c *fiber.Ctx) error {
	if choice := c.Query("lang"); (choice == "ko" || choice == "en") && c.Cookies("lang") != choice && !strings.HasPrefix(c.Path(), "/api/") && c.Path() != "/search" {
		c.Cookie(&fiber.Cookie{Name: "lang", Value: strings.Clone(choice), Path: "/", MaxAge: 365 * 24 * 3600, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode})
	}
	return c.Next()
}

// refusal is a page that tells that a request was refused, whatever it was for.
type refusal struct {
	status int
	lang   string
}

// pageProblem explains to a person what can't be shown. It can't fail in turn: a plain line is the last resort. A page of a refusal
// is rendered once: it must not cost what the refusal is to save.
func (s *Server) pageProblem(c *fiber.Ctx, p Problem) error {
	lang := s.lang(c)
	refused := p.Status == fiber.StatusTooManyRequests || p.Status == fiber.StatusServiceUnavailable
	if page, ok := s.refusals.Load(refusal{p.Status, lang}); refused && ok {
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return c.Send(page.([]byte))
	}
	kind := map[int]string{400: "400", 404: "404", 422: "422", 503: "503", 429: "503"}[p.Status]
	if kind == "" && p.Status < 500 {
		kind = "400"
	} else if kind == "" {
		kind = "500"
	}
	detail := p.Detail
	if kind == "404" || kind == "500" || kind == "503" {
		detail = say(lang, "problem."+kind+"-detail")
	}
	frame := templates.Frame{Lang: lang, Title: say(lang, "problem."+kind), KoURL: "?lang=ko", EnURL: "?lang=en"}
	if !refused {
		frame = s.frame(c, "", frame.Title)
	}
	frame.NoIndex, frame.Canonical = true, ""
	page := templates.Problem{Frame: frame, Status: p.Status, Heading: frame.Title, Detail: detail, Links: []templates.Choice{
		{Label: say(lang, "problem.home"), URL: "/"}, {Label: say(lang, "nav.reports"), URL: "/reports"},
		{Label: say(lang, "nav.metrics"), URL: "/metrics"}, {Label: say(lang, "search"), URL: "/search"},
	}}
	if err := s.render(c, page); err != nil {
		s.log.Error("problem page failed", "error", err)
		c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
		return c.SendString(p.Title)
	}
	if refused {
		s.refusals.Store(refusal{p.Status, lang}, bytes.Clone(c.Response().Body()))
	}
	return nil
}

// reportItem is a report as it is listed.
func (s *Server) reportItem(r *content.Report, lang string) templates.ReportItem {
	item := templates.ReportItem{Slug: r.Slug, URL: reportURL(r.Slug), Title: r.Title, Lang: r.Lang, Summary: r.Summary}
	if !r.Date.IsZero() {
		item.Date = r.Date.Format("2006-01-02")
	}
	item.Minutes, item.Author = say(lang, "report.minutes", r.Minutes()), r.Author
	item.Langs = []templates.Choice{{Label: languageName(r.Lang), Lang: r.Lang}}
	if other := s.counterpart(r); other != nil && other.Lang != r.Lang {
		item.Langs = append(item.Langs, templates.Choice{Label: languageName(other.Lang), Lang: other.Lang})
	}
	return item
}

// elsewhere reports whether a list in a language has the report already: in that language.
func (s *Server) elsewhere(r *content.Report, lang string) bool {
	if r.Lang == lang {
		return false
	}
	other := s.counterpart(r)
	return other != nil && other.Lang == lang
}

func languageName(lang string) string {
	if lang == "en" {
		return "English"
	}
	return "한국어"
}

func reportURL(slug string) string { return "/reports/" + url.PathEscape(slug) }

// citing lists reports that speak of a metric or a subject, those in the reader's language first. A page as at a day, which
// asOf is unless it is zero, is not to change with later reports.
func (s *Server) citing(ctx context.Context, kind, id, lang string, asOf time.Time) ([]templates.ReportItem, error) {
	cited, err := s.cfg.Library.Citing(ctx, kind, id)
	if err != nil {
		return nil, err
	}
	var mine, others []templates.ReportItem
	for _, c := range cited {
		if !c.Report.Public || !asOf.IsZero() && c.Report.Date.After(asOf) {
			continue
		}
		item := s.reportItem(c.Report, lang)
		if c.Mention.Anchor != "" {
			item.URL += "#" + c.Mention.Anchor
		}
		if c.Report.Lang == lang {
			mine = append(mine, item)
		} else {
			others = append(others, item)
		}
	}
	if len(mine) > 0 {
		return mine, nil
	}
	return others, nil
}
