package server

import (
	"github.com/gofiber/fiber/v2"
)

func (s *Server) pageRoutes(r fiber.Router) {
	r.Get("/", s.pageHome)
	r.Get("/reports", s.pageReports)
	r.Get("/reports/:slug", s.embeddable, s.pageReport)
	r.Get("/reports/:slug/revisions", s.pageRevisions)
	r.Get("/search", s.pageSearch)
	r.Get("/metrics", s.pageMetrics)
	r.Get("/metrics/:id", s.embeddable, s.pageMetric)
	r.Get("/subjects/:id", s.pageSubject)
	r.Get("/hardware", s.pageHardware)
	r.Get("/trends", s.pageTrends)
	r.Get("/trends/progress", s.pageProgress)
	r.Get("/trends/price", s.pagePrice)
	r.Get("/trends/optimal", s.pageOptimal)
	r.Get("/trends/forecasts", s.pageForecasts)
	r.Get("/compare", s.pageCompare)
	r.Get("/index", s.pageCapability)
	r.Get("/glossary", s.pageGlossary)
	r.Get("/glossary/:id", s.pageTerm)
	r.Get("/library/lint", s.pageLint)
	r.Get("/changes", s.pageChanges)
	r.Get("/about", s.pageAbout)
	r.Get("/docs/api", s.pageAPIDocs)
	r.Get("/docs/api/try", s.tryAPI)
	r.Get("/feeds/changes.atom", s.feedChanges)
	r.Get("/feeds/reports.atom", s.feedReports)
	r.Get("/feeds/changes", s.feedChanges) // the .json form
	r.Get("/feeds/reports", s.feedReports)
	r.Get("/feeds/metrics/:file", s.feedChanges)
	r.Get("/search.atom", s.feedSearch)
	r.Get("/feeds/search.atom", s.feedSearch)
	r.Get("/feeds/search", s.feedSearch)
	r.Get("/oembed", s.oembed)
	r.Get("/llms.txt", s.llms)
	r.Get("/sitemap.xml", s.sitemap)
	r.Get("/opensearch.xml", s.openSearch)
	r.Get("/robots.txt", s.robots)
	if s.cfg.Dev {
		r.Get("/design", s.pageDesign)
	}
}

func (s *Server) assetRoutes(r fiber.Router) {
	r.Get("/assets/:hash/*", s.asset)
	r.Get("/files/*", s.file)
}
