package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/scalebook/scalebook/templates"
)

// healthRoutes add the page to the operator's listener.
func (s *Server) healthRoutes(mux *http.ServeMux) {
	serve := func(address, kind string, make func(r *http.Request) ([]byte, error)) {
		mux.HandleFunc("GET "+address, func(w http.ResponseWriter, r *http.Request) {
			body, err := make(r)
			if err != nil {
				s.log.Error("health failed", "path", address, "error", err)
				respond(w, http.StatusInternalServerError, "the answer could not be made")
				return
			}
			header := w.Header()
			header.Set("Content-Type", kind)
			header.Set("Cache-Control", "no-store")
			header.Set("X-Content-Type-Options", "nosniff")
			header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
			_, _ = w.Write(body) // the client may be gone
		})
	}
	serve("/health", "text/html; charset=utf-8", func(r *http.Request) ([]byte, error) {
		lang := chosen([]byte(r.URL.Query().Get("lang")))
		if lang == "" {
			lang = preferred(r.Header.Get("Accept-Language"))
		}
		return s.cfg.Templates.RenderHealth(healthPageOf(s.health(r.Context()), lang))
	})
	serve("/health.json", "application/json", func(r *http.Request) ([]byte, error) {
		body, err := json.MarshalIndent(s.health(r.Context()), "", "  ")
		return append(body, '\n'), err
	})
	serve("/health.css", "text/css; charset=utf-8", func(*http.Request) ([]byte, error) { return s.cfg.Templates.HealthSheet() })
}

// elapsedText words a duration in its two largest units.
func elapsedText(d time.Duration, lang string) string {
	units := [...]struct {
		size time.Duration
		key  string
	}{{24 * time.Hour, "health.days"}, {time.Hour, "health.hours"}, {time.Minute, "health.minutes"}, {time.Second, "health.seconds"}}
	for i, u := range units[:len(units)-1] {
		if n := d / u.size; n > 0 {
			text := say(lang, u.key, int(n))
			if next := units[i+1]; d%u.size >= next.size {
				text += " " + say(lang, next.key, int(d%u.size/next.size))
			}
			return text
		}
	}
	return say(lang, "health.seconds", int(d/time.Second))
}

// healthPageOf words what was found for a reader of a language.
func healthPageOf(h Health, lang string) templates.Health {
	t := func(key string, args ...any) string { return say(lang, "health."+key, args...) }
	when := func(at time.Time) string {
		if at.IsZero() {
			return t("never")
		}
		stamp := at.Format("2006-01-02 15:04:05Z07:00")
		if past := h.At.Sub(at); past >= 0 {
			return t("ago", stamp, elapsedText(past, lang))
		}
		return stamp
	}
	number := func(n float64) string { return strconv.FormatFloat(n, 'f', 0, 64) }
	row := func(key, value string) templates.Basis { return templates.Basis{Term: t(key), Value: value} }
	within := func(percent int, seconds float64) templates.Basis {
		return templates.Basis{Term: t("percentile", percent), Value: t("milliseconds", strconv.FormatFloat(seconds*1000, 'f', -1, 64))}
	}
	p := templates.Health{Lang: lang, Title: t("title"), JSON: t("json"), Status: h.Status, Verdict: t(h.Status), FindingsTitle: t("findings")}
	for _, f := range h.Findings {
		said := f.Ko
		if lang == "en" {
			said = f.En
		}
		p.Findings = append(p.Findings, templates.HealthFinding{Level: f.Level, Say: said, Detail: f.Detail})
	}
	data := []templates.Basis{row("revision", h.Data.Revision), row("recorded", when(h.Data.RecordedAt)), row("index", h.Data.Index),
		row("documents", strconv.FormatUint(h.Data.Documents, 10)), row("reports", strconv.Itoa(h.Data.Reports))}
	if h.Data.Generation > 0 || !h.Data.ReachedAt.IsZero() {
		data = append(data, row("generation", strconv.FormatInt(h.Data.Generation, 10)), row("reached", when(h.Data.ReachedAt)))
	}
	var store []templates.Basis
	if x := h.Spool; x != nil {
		store = append(store, row("waiting", strconv.Itoa(x.Waiting)), row("spooled", t("of", mebibytes(float64(x.Bytes)), mebibytes(float64(x.Limit)))),
			row("rejected", strconv.Itoa(x.Rejected)))
	}
	if x := h.Publishing; x != nil {
		store = append(store, row("publish", when(x.At)))
		if !x.Next.IsZero() {
			store = append(store, row("retry", when(x.Next)))
		}
	}
	hits := t("never")
	if all := h.Cache.Hits + h.Cache.Misses; all > 0 {
		hits = fmt.Sprintf("%.1f%%", 100*h.Cache.Hits/all)
	}
	p.Sections = []templates.HealthSection{
		{Title: t("data"), Rows: data},
		{Title: t("requests"), Rows: []templates.Basis{row("answered", number(h.Requests.Answered)), row("broken", number(h.Requests.Failed)), row("shed", number(h.Requests.Shed)),
			row("limited", number(h.Requests.RateLimited)), row("clients", strconv.Itoa(h.Requests.LimitedClients)),
			within(50, h.Requests.P50), within(95, h.Requests.P95), within(99, h.Requests.P99),
			row("cache", strconv.Itoa(h.Cache.Answers)), row("cache-bytes", t("of", mebibytes(float64(h.Cache.Bytes)), mebibytes(float64(h.Cache.Limit)))), row("cache-hits", hits)}},
		{Title: t("process"), Rows: []templates.Basis{row("version", h.Version), row("started", when(h.StartedAt)),
			row("uptime", elapsedText(time.Duration(h.UptimeSeconds*float64(time.Second)), lang)),
			row("memory", mebibytes(h.Process.ResidentBytes)), row("heap", mebibytes(h.Process.HeapBytes)), row("goroutines", number(h.Process.Goroutines)),
			row("files", t("of", number(h.Process.OpenFiles), number(h.Process.MaxFiles)))}},
	}
	if store != nil {
		p.Sections = append(p.Sections, templates.HealthSection{Title: t("store"), Rows: store})
	}
	if len(h.Sources) > 0 {
		p.Sources = &templates.HealthSources{Title: t("sources"), Head: []string{say(lang, "source"), t("fetched"), t("success"), t("result"), t("problem")}}
	}
	for _, x := range h.Sources {
		r := templates.HealthSource{Name: x.Source, Last: when(x.LastRun), Success: when(x.LastOK), Error: x.Error}
		if x.Result != "" {
			r.Result = say(lang, "run."+x.Result)
		}
		if x.Error != "" {
			r.Level = healthDegraded
		}
		p.Sources.Rows = append(p.Sources.Rows, r)
	}
	return p
}

func mebibytes(n float64) string { return strconv.FormatFloat(n/(1<<20), 'f', 1, 64) + " MiB" }
