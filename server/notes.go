package server

import (
	"context"
	"fmt"
	"html/template"
	"strings"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/content"
	"github.com/scalebook/scalebook/quantity"
	"github.com/scalebook/scalebook/query"
)

// maxNotes bounds the notes in the margin of one report.
const maxNotes = 12

// notes writes, for each passage that claims a number, what the ledger says for the report's day and what the record is
// today: one note for a passage, and one for a metric and subject.
func (s *Server) notes(ctx context.Context, claims []query.Claim, r *content.Report) (map[string]string, error) {
	notes := map[string]string{}
	told := map[string]bool{}
	for _, claim := range claims {
		key := claim.Metric + " " + claim.Subject
		if len(notes) == maxNotes || notes[claim.Anchor] != "" || told[key] || claim.Then == nil || claim.Now == nil {
			continue
		}
		note, err := s.note(ctx, claim, r, len(notes)+1)
		if err != nil {
			return nil, err
		}
		notes[claim.Anchor], told[key] = note, true
	}
	return notes, nil
}

func (s *Server) note(ctx context.Context, claim query.Claim, r *content.Report, n int) (string, error) {
	f, ok, err := s.frontierOf(ctx, claim.Metric)
	if err != nil || !ok {
		return "", err
	}
	lang := r.Lang
	title := f.Metric.Title.In(lang)
	spark := chart.Spark{Lang: lang, Title: title + ", " + claim.Then.Name, Desc: say(lang, "report.spark"), X: chart.Axis{Time: true}, Y: chart.Axis{Log: f.Metric.Scale == "log", Unit: f.Metric.Unit}, Report: r.Date}
	for _, record := range f.Records {
		spark.Points = append(spark.Points, chart.Point{Time: record.Time.Time, Y: record.Value, Name: record.Name, Detail: record.Source.Name})
	}
	read := say(lang, "report.same")
	switch {
	case claim.Now.Time.After(r.Date):
		read = say(lang, "report.moved")
	case claim.Now.Value != claim.Then.Value:
		read = say(lang, "report.already")
	}
	side := func(term string, m *query.Mark) string {
		return fmt.Sprintf(`<div><dt>%s <time datetime="%s">%s</time></dt><dd><b>%s</b><span lang="%s">%s</span></dd></div>`,
			template.HTMLEscapeString(term), m.Time, m.Time.Format("2006-01"),
			template.HTMLEscapeString(quantity.Format(m.Value, f.Metric.Unit, lang)), languageOf(m.Name, ""), template.HTMLEscapeString(m.Name))
	}
	return fmt.Sprintf(`<aside class="note" id="note-%d" aria-label="%s"><h3><a class="plain" href="/metrics/%s">%s</a></h3><dl class="pair">%s%s</dl>%s<p>%s</p></aside>`,
		n, template.HTMLEscapeString(spark.Title), template.HTMLEscapeString(claim.Metric), template.HTMLEscapeString(title),
		side(say(lang, "report.then"), claim.Then), side(say(lang, "report.now"), claim.Now), spark.SVG(), template.HTMLEscapeString(read)), nil
}

// withNotes puts each note before the passage it belongs to, so that it can float beside its first line.
func withNotes(html string, notes map[string]string) string {
	for anchor, note := range notes {
		for _, element := range []string{"p", "ul", "ol", "table", "blockquote"} {
			tag := fmt.Sprintf(`<%s id="%s"`, element, anchor)
			start := strings.Index(html, tag)
			if start < 0 {
				continue
			}
			end := strings.Index(html[start:], "</"+element+">")
			if end < 0 {
				continue
			}
			end += start + len("</"+element+">")
			html = html[:start] + `<div class="with-note">` + note + html[start:end] + `</div>` + html[end:]
			break
		}
	}
	return html
}
