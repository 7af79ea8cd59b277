package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/search"
	"github.com/scalebook/scalebook/search/hits"
)

// route is one route of the API: how it is served and how it is described, so that the two can't part.
type route struct {
	path    string // below /api/v1; {name} is a path parameter
	params  []param
	answer  any    // a value of the type that the handler answers with
	example string // an address below /api/v1 that answers from the bundled content; a test asks it
	tabular bool   // also answers .csv and .parquet
	handler func(s *Server, c *fiber.Ctx) error
}

// summary says what the route answers.
func (r route) summary(lang string) string { return say(lang, "api.route."+r.path) }

// apiRouteTable lists the routes that answer GET.
func apiRouteTable() []route {
	observations := []param{metricParam, subjectParam, sinceParam, untilParam, asOfParam, accessParam, countryParam, sourceParam}
	fits := append(observations[:len(observations):len(observations)], ofParam, fitParam, confidenceParam, thresholdParam, horizonParam,
		ceilingParam, errorParam, estimatorParam, resamplesParam, seedParam, tiesParam, intervalParam)
	selected := observations[1:] // by everything but the metric
	with := func(base []param, more ...param) []param { return append(base[:len(base):len(base)], more...) }
	return []route{
		{"/search", searchParams, search.Results{}, "/search?q=reasoning", true, (*Server).apiSearch},
		{"/suggest", []param{queryParam, limitParam}, hits.Suggestions{}, "/suggest?q=scal", false, (*Server).apiSuggest},
		{"/reports", []param{langParam, fromParam, toParam, limitParam, offsetParam}, query.ReportList{}, "/reports?limit=5", true, (*Server).apiReports},
		{"/reports/{slug}", []param{slugParam}, query.Report{}, "/reports/20250324-harder-benchmarks", false, (*Server).apiReport},
		{"/metrics", nil, query.Catalogue{}, "/metrics", true, (*Server).apiMetrics},
		{"/subjects", []param{kindOfSubjectParam}, query.Subjects{}, "/subjects?kind=chip", true, (*Server).apiSubjects},
		{"/subjects/{id}", []param{idParam, asOfParam}, query.Subject{}, "/subjects/nvidia-h100", true, (*Server).apiSubject},
		{"/series", observations, query.Series{}, "/series?metric=gpqa-diamond", true, (*Server).apiSeries},
		{"/frontier", observations, query.Frontier{}, "/frontier?metric=gpqa-diamond", true, (*Server).apiFrontier},
		{"/trend", fits, query.Trend{}, "/trend?metric=cpu-transistors&of=all&fit=exponential", true, (*Server).apiTrend},
		{"/forecast", with(fits, atParam), query.Forecast{}, "/forecast?metric=cpu-transistors&of=all&fit=exponential&at=2027-01-01,2030-01-01", true, (*Server).apiForecast},
		{"/forecasts", []param{forecastsOfParam, limitParam}, query.ForecastScores{}, "/forecasts?limit=5", true, (*Server).apiForecasts},
		{"/lag", with(observations, byParam, leaderParam, followerParam), query.Lag{}, "/lag?metric=gpqa-diamond&by=access", true, (*Server).apiLag},
		{"/compare", append([]param{comparedParam}, with(fits[1:], splitParam)...), query.Comparison{}, "/compare?metric=cpu-transistors,cpu-frequency&of=all", true, (*Server).apiCompare},
		{"/capability-index", []param{sinceParam, asOfParam, scaledParam}, query.CapabilityIndex{}, "/capability-index", true, (*Server).apiCapabilityIndex},
		{"/progress", with(selected, indexedParam, confidenceParam), query.Progress{}, "/progress", true, (*Server).apiProgress},
		{"/price-to-reach", with(observations, scoresParam, priceParam, confidenceParam), query.PriceToReach{}, "/price-to-reach?metric=gpqa-diamond&threshold=0.5,0.7", true, (*Server).apiPriceToReach},
		{"/compute-optimal", with(selected, confidenceParam), query.ComputeOptimal{}, "/compute-optimal", true, (*Server).apiComputeOptimal},
		{"/changes", []param{sinceParam, untilParam, metricFilterParam, limitParam, offsetParam}, query.Changes{}, "/changes?limit=5", true, (*Server).apiChanges},
		{"/ingest/runs", []param{limitParam}, runList{}, "/ingest/runs?limit=5", false, (*Server).apiRuns},
	}
}

func (s *Server) apiRoutes(r fiber.Router) {
	r.Use(allowAnyOrigin)
	for _, route := range apiRouteTable() {
		handler := func(c *fiber.Ctx) error { return route.handler(s, c) }
		pattern := strings.NewReplacer("{", ":", "}", "").Replace(route.path)
		r.Get(pattern, handler)
	}
	r.Options("/*", preflight)
	r.Post("/ingest", s.apiIngest)
	r.Get("/openapi.json", s.apiDescription)
}

// allowAnyOrigin lets pages of other sites read the answers; there is nothing in them that a cookie unlocks.
func allowAnyOrigin(c *fiber.Ctx) error {
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set(fiber.HeaderAccessControlExposeHeaders, "ETag, Link, Retry-After, RateLimit, RateLimit-Policy, "+revisionHeader)
	return c.Next()
}

// preflight lets pages of other sites ask with headers that are not always allowed: If-None-Match above all.
func preflight(c *fiber.Ctx) error {
	c.Set(fiber.HeaderAccessControlAllowMethods, "GET, HEAD")
	c.Set(fiber.HeaderAccessControlAllowHeaders, "Accept, Accept-Language, If-None-Match, "+revisionHeader)
	c.Set(fiber.HeaderAccessControlMaxAge, "86400")
	return c.SendStatus(fiber.StatusNoContent)
}

// form is the representation that a path asks for by its extension; handlers and routes never see it.
const formKey = "form"

// citationForms are the forms of an answer's citation, of routes of the API.
const (
	formBibTeX = ".bib"
	formCSL    = ".csl.json"
)

// splitForm takes .csv, .parquet, .json, .svg or .png off the path, so that each route answers in several forms at one address.
func (s *Server) splitForm(c *fiber.Ctx) error {
	form := path.Ext(c.Path())
	if strings.HasSuffix(c.Path(), formCSL) {
		form = formCSL
	}
	switch form {
	case formBibTeX, formCSL:
		if !strings.HasPrefix(c.Path(), "/api/") {
			break
		}
		c.Locals(formKey, form)
		c.Path(strings.TrimSuffix(strings.Clone(c.Path()), form))
	case ".csv", ".json", ".svg", ".png", ".parquet":
		if strings.HasSuffix(c.Path(), "/openapi.json") {
			break
		}
		c.Locals(formKey, strings.Clone(form))
		c.Path(strings.TrimSuffix(strings.Clone(c.Path()), form))
	}
	return c.Next()
}

// formOf returns the extension that was asked for, or "".
func formOf(c *fiber.Ctx) string {
	form, _ := c.Locals(formKey).(string)
	return form
}

// answer writes a value in the form that was asked for: CSV for .csv or Accept: text/csv, Parquet for .parquet, JSON otherwise.
func (s *Server) answer(c *fiber.Ctx, value any) error {
	if table, ok := value.(query.Tabular); ok && wantsCSV(c) {
		c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8; header=present")
		c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("inline; filename=%q", "scalebook-"+path.Base(c.Path())+".csv"))
		return c.Send(table.Table().CSV())
	}
	if table, ok := value.(query.Tabular); ok && formOf(c) == ".parquet" {
		return sendParquet(c, table.Table())
	}
	if cited, ok := value.(query.Cited); ok && (formOf(c) == formBibTeX || formOf(c) == formCSL) {
		return sendCitation(c, cited.Cite().At(s.cfg.PublicURL))
	}
	if form := formOf(c); form != "" && form != ".json" {
		return fmt.Errorf("%w: %s has no %s form", errNotFound, c.Path(), form)
	}
	return sendJSON(c, "application/json; charset=utf-8", value)
}

func sendJSON(c *fiber.Ctx, contentType string, value any) error {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // it is JSON by its type, and nosniff; <mark> stays readable
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("encode %s: %w", c.Path(), err)
	}
	c.Set(fiber.HeaderContentType, contentType)
	return c.Send(body.Bytes())
}

// Media types of citations, as those who resolve DOIs use them.
const (
	bibTeXType = "application/x-bibtex"
	cslType    = "application/vnd.citationstyles.csl+json"
)

// sendCitation writes a citation for a reference manager. A CSL-JSON file is a list, of one item here.
func sendCitation(c *fiber.Ctx, citation query.Citation) error {
	form := formOf(c)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", "scalebook-"+path.Base(c.Path())+form))
	if form == formCSL {
		return sendJSON(c, cslType+"; charset=utf-8", []query.CSLItem{citation.CSL})
	}
	c.Set(fiber.HeaderContentType, bibTeXType+"; charset=utf-8")
	return c.SendString(citation.BibTeX + "\n")
}

// parquetType is the media type that IANA registered for Parquet.
const parquetType = "application/vnd.apache.parquet"

func sendParquet(c *fiber.Ctx, t query.Table) error {
	body, err := Parquet(t)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, parquetType)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", "scalebook-"+path.Base(c.Path())+".parquet"))
	return c.Send(body)
}

func wantsCSV(c *fiber.Ctx) bool {
	switch formOf(c) {
	case ".csv":
		return true
	case ".json":
		return false
	}
	return c.Accepts("application/json", "text/csv") == "text/csv"
}

// values reads parameters of the request. Fiber's strings live as long as the request, and answers are kept longer.
func values(c *fiber.Ctx) query.Values {
	return func(name string) string { return strings.Clone(c.Query(name)) }
}
