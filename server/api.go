package server

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/query"
)

func (s *Server) apiRoutes(r fiber.Router) {
	r.Use(allowAnyOrigin)
	for route, handler := range map[string]fiber.Handler{
		"/search":           s.apiSearch,
		"/reports":          s.apiReports,
		"/metrics":          s.apiMetrics,
		"/subjects":         s.apiSubjects,
		"/series":           s.apiSeries,
		"/frontier":         s.apiFrontier,
		"/trend":            s.apiTrend,
		"/forecast":         s.apiForecast,
		"/lag":              s.apiLag,
		"/compare":          s.apiCompare,
		"/capability-index": s.apiCapabilityIndex,
		"/changes":          s.apiChanges,
	} {
		r.Get(route, handler)
		r.Get(route+".csv", handler)
		r.Get(route+".json", handler)
	}
	r.Get("/suggest", s.apiSuggest)
	r.Get("/reports/:slug", s.apiReport)
	r.Get("/subjects/:id", s.apiSubject)
	r.Get("/ingest/runs", s.apiRuns)
	r.Post("/ingest", s.apiIngest)
	r.Get("/openapi.json", s.apiDescription)
}

// allowAnyOrigin lets pages of other sites read the answers; there is nothing in them that a cookie unlocks.
func allowAnyOrigin(c *fiber.Ctx) error {
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set(fiber.HeaderAccessControlExposeHeaders, "ETag, Link, Retry-After")
	return c.Next()
}

// answer writes a value in the form that was asked for: CSV for .csv or Accept: text/csv, JSON otherwise.
func (s *Server) answer(c *fiber.Ctx, value any) error {
	if table, ok := value.(query.Tabular); ok && wantsCSV(c) {
		c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8; header=present")
		name := strings.TrimSuffix(path.Base(c.Path()), ".csv")
		c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("inline; filename=%q", "scalebook-"+name+".csv"))
		return c.Send(table.Table().CSV())
	}
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %s: %w", c.Path(), err)
	}
	c.Set(fiber.HeaderContentType, "application/json; charset=utf-8")
	return c.Send(body)
}

func wantsCSV(c *fiber.Ctx) bool {
	switch path.Ext(c.Path()) {
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
