package server

import (
	"context"
	"fmt"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// aheadReports are the newest reports of each language that are rendered ahead.
const aheadReports = 8

// RenderAhead renders the pages that readers most likely ask for first, in both languages, as a browser asks for them: those of the
// menu, the metrics that the first page shows, and the newest reports. The first reader then finds them kept, and pays for no template, pattern or
// statement that is made ready once. It does no more than a client may where the rate of clients is limited.
func (s *Server) RenderAhead(ctx context.Context) error {
	for _, lang := range []string{"ko", "en"} {
		for _, path := range s.firstPages(lang) {
			if err := ctx.Err(); err != nil {
				return err
			}
			switch status := s.ask(path, lang); {
			case status == fiber.StatusTooManyRequests:
				return nil
			case status >= fiber.StatusInternalServerError: // below it a page may lack data, or be a report that has just gone
				return fmt.Errorf("render %s in %s: status %d", path, lang, status)
			}
		}
	}
	return nil
}

// firstPages are the first page and what it leads to.
func (s *Server) firstPages(lang string) []string {
	paths := []string{"/", "/reports", "/metrics", "/hardware", "/trends", "/compare", "/index", "/glossary", "/changes"}
	shown := 0
	for _, r := range s.cfg.Library.Reports() {
		if shown < aheadReports && r.Lang == lang {
			paths, shown = append(paths, reportURL(r.Slug)), shown+1
		}
	}
	for _, id := range glance {
		paths = append(paths, "/metrics/"+id)
	}
	return paths
}

// ask answers a request of the server's own and returns the status.
func (s *Server) ask(path, lang string) int {
	var request fasthttp.Request
	request.SetRequestURI(path)
	request.Header.Set(fiber.HeaderAccept, fiber.MIMETextHTML)
	request.Header.Set(fiber.HeaderAcceptLanguage, lang)
	request.Header.Set(fiber.HeaderAcceptEncoding, "gzip, br")
	var ctx fasthttp.RequestCtx
	ctx.Init(&request, nil, nil)
	ctx.SetUserValue(ownRequest{}, true)
	s.serve(&ctx)
	return ctx.Response.StatusCode()
}
