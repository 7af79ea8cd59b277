package server

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/scalebook/scalebook/templates"
)

// pageAPIDocs shows the routes of the API that have what was looked for, and the schemas of their answers as the OpenAPI
// document has them.
func (s *Server) pageAPIDocs(c *fiber.Ctx) error {
	lang := s.lang(c)
	document, err := readDescription()
	if err != nil {
		return err
	}
	page := templates.APIDocs{Frame: s.frame(c, "", say(lang, "nav.api")), Find: values(c)("find")}
	find := strings.ToLower(strings.TrimSpace(norm.NFC.String(page.Find)))
	shown := shownSchemas{document: document}
	for _, r := range apiRouteTable() {
		if r.mentions(find) {
			page.Routes = append(page.Routes, shown.route(r, lang))
		}
	}
	if starts := (route{path: "/ingest"}); starts.mentions(find) {
		page.Routes = append(page.Routes, templates.APIRoute{ID: "ingest", Method: "POST", Path: "/api/v1/ingest", Summary: starts.summary(lang)})
	}
	page.Total = say(lang, "api.total", len(page.Routes))
	page.Schemas = shown.all()
	return s.render(c, page)
}

// mentions reports whether the route's path, summary or parameters have a text, which is in lower case.
func (r route) mentions(find string) bool {
	said := []string{r.path, r.summary("ko"), r.summary("en")}
	for _, p := range r.params {
		said = append(said, p.name, p.description("ko"), p.description("en"))
	}
	return slices.ContainsFunc(said, func(text string) bool { return strings.Contains(strings.ToLower(text), find) })
}

// tryAPI leads from a filled form to the address that it asks for: with names in the path, in the form wanted, and without
// what was left blank.
func (s *Server) tryAPI(c *fiber.Ctx) error {
	v := values(c)
	routes := apiRouteTable()
	i := slices.IndexFunc(routes, func(r route) bool { return r.path == v(tryRoute) })
	if i < 0 {
		return badParameter(tryRoute, v(tryRoute), "그런 경로가 없습니다.", "there is no such route")
	}
	address, asked := routes[i].path, url.Values{}
	for _, p := range routes[i].params {
		value := strings.TrimSpace(v(p.name))
		switch {
		case p.in == "path" && value == "":
			return badParameter(p.name, "", "꼭 있어야 합니다.", "it is required")
		case p.in == "path":
			address = strings.Replace(address, "{"+p.name+"}", url.PathEscape(value), 1)
		case value != "":
			asked.Set(p.name, value)
		}
	}
	if form := v(tryForm); slices.Contains(slices.Collect(maps.Values(formsOfTypes)), form) {
		address += form
	}
	if len(asked) > 0 {
		address += "?" + asked.Encode()
	}
	return c.Redirect("/api/v1"+address, fiber.StatusSeeOther)
}

// Names of the form's own fields, which no parameter has.
const (
	tryRoute = "route"
	tryForm  = "as"
)

// formsOfTypes are the extensions by which types of content other than JSON are asked for.
var formsOfTypes = map[string]string{"text/csv": ".csv", parquetType: ".parquet", bibTeXType: formBibTeX, cslType: formCSL}

// described is what the page reads of the OpenAPI document.
type described struct {
	Paths map[string]struct {
		Get struct {
			Responses map[string]struct {
				Content map[string]struct{ Schema schema }
			}
		}
	}
	Components struct{ Schemas map[string]schema }
}

// schema is a JSON schema as the document writes them.
type schema struct {
	Ref                  string `json:"$ref"`
	Type, Format         string
	Description          string
	Required             []string
	Properties           map[string]schema
	Items                *schema
	AdditionalProperties *schema
	AnyOf, OneOf         []schema
}

func readDescription() (described, error) {
	var d described
	body, err := Description()
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return d, fmt.Errorf("OpenAPI document: %w", err)
	}
	return d, nil
}

// shownSchemas renders types, and keeps which schemas they refer to.
type shownSchemas struct {
	document described
	names    []string // each once, as they were met
}

func (s *shownSchemas) route(r route, lang string) templates.APIRoute {
	shown := templates.APIRoute{
		ID: strings.Trim(strings.NewReplacer("/", "-", "{", "", "}", "").Replace(r.path), "-"), Method: "GET", Path: "/api/v1" + r.path,
		Route: r.path, Summary: r.summary(lang), Example: "/api/v1" + r.example,
	}
	example := exampleOf(r)
	for _, p := range r.params {
		shown.Params = append(shown.Params, templates.APIParam{Name: p.name, Kind: p.kind, Description: p.description(lang), Value: fmt.Sprint(example(p.name)),
			Required: p.required, Allowed: p.allowed, Longest: p.longest})
	}
	content := s.document.Paths["/api/v1"+r.path].Get.Responses["200"].Content
	for _, kind := range slices.Sorted(maps.Keys(content)) {
		if form, ok := formsOfTypes[kind]; ok {
			shown.Forms = append(shown.Forms, templates.Choice{Label: form, Value: form})
		}
	}
	shown.Answer = s.fields(s.resolve(content[fiber.MIMEApplicationJSON].Schema))
	return shown
}

// resolve follows a reference.
func (s *shownSchemas) resolve(of schema) schema {
	if of.Ref == "" {
		return of
	}
	return s.document.Components.Schemas[nameOf(of.Ref)]
}

func nameOf(ref string) string { return ref[strings.LastIndex(ref, "/")+1:] }

func (s *shownSchemas) fields(of schema) []templates.APIField {
	var fields []templates.APIField
	for _, name := range slices.Sorted(maps.Keys(of.Properties)) {
		p := of.Properties[name]
		fields = append(fields, templates.APIField{Name: name, Type: s.kind(p), Note: note(p), Optional: !slices.Contains(of.Required, name)})
	}
	return fields
}

// note is what the document says of a type, or of the types that it is one of, beyond what [shownSchemas.kind] writes.
func note(of schema) string {
	if len(of.AnyOf) > 0 {
		return ""
	}
	said := []string{of.Description}
	for _, one := range of.OneOf {
		said = append(said, one.Description)
	}
	return strings.Join(slices.DeleteFunc(said, func(text string) bool { return text == "" }), "; ")
}

// kind writes a type as TypeScript does; a string with a format is named by it.
func (s *shownSchemas) kind(of schema) []templates.APIType {
	text := func(t string) templates.APIType { return templates.APIType{Text: t} }
	switch {
	case of.Ref != "":
		name := nameOf(of.Ref)
		if !slices.Contains(s.names, name) {
			s.names = append(s.names, name)
		}
		return []templates.APIType{{Text: name, Schema: name}}
	case len(of.OneOf)+len(of.AnyOf) > 0:
		var out []templates.APIType
		for i, one := range append(of.OneOf, of.AnyOf...) {
			if i > 0 {
				out = append(out, text(" | "))
			}
			out = append(out, s.kind(one)...)
		}
		return out
	case of.Items != nil:
		return append(s.kind(*of.Items), text("[]"))
	case of.AdditionalProperties != nil:
		return append(append([]templates.APIType{text("Record<string, ")}, s.kind(*of.AdditionalProperties)...), text(">"))
	case len(of.Properties) > 0:
		out := []templates.APIType{text("{ ")}
		for i, f := range s.fields(of) {
			if i > 0 {
				out = append(out, text(", "))
			}
			if f.Optional {
				f.Name += "?"
			}
			out = append(append(out, text(f.Name+": ")), f.Type...)
		}
		return append(out, text(" }"))
	case of.Format != "":
		return []templates.APIType{text(of.Format)}
	case of.Type == "":
		return []templates.APIType{text("unknown")}
	}
	return []templates.APIType{text(of.Type)}
}

// all are the schemas that were referred to, and those that these refer to, by name.
func (s *shownSchemas) all() []templates.APISchema {
	var out []templates.APISchema
	for i := 0; i < len(s.names); i++ {
		out = append(out, templates.APISchema{Name: s.names[i], Fields: s.fields(s.document.Components.Schemas[s.names[i]])})
	}
	slices.SortFunc(out, func(a, b templates.APISchema) int { return strings.Compare(a.Name, b.Name) })
	return out
}
