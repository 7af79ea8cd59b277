package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/templates"
)

func (s *Server) pageAPIDocs(c *fiber.Ctx) error {
	lang := s.lang(c)
	page := templates.APIDocs{Frame: s.frame(c, "", say(lang, "nav.api"))}
	for _, r := range apiRouteTable() {
		item := templates.APIRoute{ID: strings.Trim(strings.NewReplacer("/", "-", "{", "", "}", "").Replace(r.path), "-"), Path: "/api/v1" + r.path, Summary: r.summary}
		for _, p := range r.params {
			description := p.description
			if len(p.allowed) > 0 {
				description += ": " + strings.Join(p.allowed, ", ")
			}
			item.Params = append(item.Params, templates.APIParam{Name: p.name, Description: description, Required: p.required})
		}
		item.Example = "/api/v1" + r.example
		page.Routes = append(page.Routes, item)
	}
	return s.render(c, page)
}
