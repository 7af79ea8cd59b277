package server

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/trend"
)

// apiVersion is the version of the contract. A change of the description without a change of this fails a test.
const apiVersion = "1.11.0"

type object = map[string]any

func (s *Server) apiDescription(c *fiber.Ctx) error {
	body, err := Description()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/json; charset=utf-8")
	return c.Send(body)
}

// Description is the OpenAPI 3.1 document of the API, made from the table of routes and the types that handlers answer
// with.
func Description() ([]byte, error) {
	d := describer{schemas: object{}}
	problem := object{"description": "problem details", "content": object{"application/problem+json": object{"schema": d.schema(reflect.TypeFor[Problem]())}}}
	paths := object{}
	for _, r := range apiRouteTable() {
		paths["/api/v1"+r.path] = object{"get": d.operation(r, problem)}
	}
	paths["/api/v1/ingest"] = object{"post": object{
		"operationId": "startIngest", "summary": say("en", "api.route./ingest"), "security": []object{{"token": []string{}}},
		"requestBody": object{"required": false, "content": object{"application/json": object{"schema": object{"type": "object",
			"properties": object{"sources": object{"type": "array", "items": object{"type": "string"}}}}}}},
		"responses": object{"202": object{"description": "started", "content": object{"application/json": object{"schema": d.schema(reflect.TypeFor[startedIngest]())}}}, "400": problem, "401": problem, "403": problem, "409": problem, "501": problem},
	}}
	return json.MarshalIndent(object{
		"openapi": "3.1.0",
		"info": object{"title": "scalebook", "version": apiVersion, "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "Reports and measurements on how AI scales. Times are dates or RFC 3339; what is unknown or unbounded is absent. Answers with rows are also had as CSV (Accept: text/csv, or .csv on the path) and Parquet (.parquet); those with a citation as BibTeX (.bib) and CSL-JSON (.csl.json)."},
		"servers":    []object{{"url": "/"}},
		"paths":      paths,
		"components": object{"schemas": d.schemas, "securitySchemes": object{"token": object{"type": "http", "scheme": "bearer"}}},
	}, "", " ")
}

func (d *describer) operation(r route, problem object) object {
	content := object{"application/json": object{"schema": d.schema(reflect.TypeOf(r.answer))}}
	if r.tabular {
		content["text/csv"] = object{"schema": object{"type": "string"}}
		content[parquetType] = object{"schema": object{"type": "string", "contentMediaType": parquetType}}
	}
	if _, ok := r.answer.(query.Cited); ok {
		content[bibTeXType] = object{"schema": object{"type": "string"}}
		content[cslType] = object{"schema": object{"type": "array", "items": d.schema(reflect.TypeFor[query.CSLItem]())}}
	}
	params := []object{}
	example := exampleOf(r)
	for _, p := range r.params {
		described := object{"name": p.name, "in": p.in, "required": p.required, "description": p.description("en"), "schema": p.schema()}
		if value := example(p.name); value != any("") {
			described["example"] = value
		}
		params = append(params, described)
	}
	params = append(params, object{"name": revisionHeader, "in": "header", "required": false, "schema": object{"type": "string"},
		"description": "what an earlier answer carried under this name; the answer is then made from nothing older, or refused with 503"})
	id := strings.NewReplacer("/", "-", "{", "", "}", "").Replace(strings.Trim(r.path, "/"))
	return object{
		"operationId": "get-" + id, "summary": r.summary("en"), "parameters": params,
		"responses": object{
			"200": object{"description": r.summary("en"), "content": content, "headers": answerHeaders(r)},
			"304": object{"description": "not modified since the answer that had the ETag of If-None-Match", "headers": validators(r)},
			"400": problem, "404": problem, "422": problem, "429": problem, "431": problem, "503": problem,
		},
	}
}

// exampleOf returns the value that a parameter has in the route's example, as the type that it is described with.
func exampleOf(r route) func(name string) any {
	address, rawQuery, _ := strings.Cut(r.example, "?")
	values, _ := url.ParseQuery(rawQuery) // the table's own text
	given, pattern := strings.Split(address, "/"), strings.Split(r.path, "/")
	kinds := map[string]string{}
	for _, p := range r.params {
		kinds[p.name] = p.kind
	}
	return func(name string) any {
		if i := slices.Index(pattern, "{"+name+"}"); i >= 0 {
			return given[i]
		}
		if n, err := strconv.Atoi(values.Get(name)); err == nil && kinds[name] == "integer" {
			return n
		}
		return values.Get(name)
	}
}

// validators are the headers of an answer, and of one that is still true, that clients may build on.
func validators(r route) object {
	text := object{"type": "string"}
	headers := object{revisionHeader: object{"description": "the state of the data that the answer was made from, a dictionary (RFC 9651)", "schema": text}}
	if !changesBetween("/api/v1" + r.path) {
		headers["ETag"] = object{"description": "names the state of the data and the question", "schema": text}
	}
	return headers
}

// answerHeaders are the validators, and those of pages.
func answerHeaders(r route) object {
	headers := validators(r)
	for _, p := range r.params {
		if p.name == offsetParam.name {
			headers["Link"] = object{"description": "next and prev page (RFC 8288)", "schema": object{"type": "string"}}
		}
	}
	return headers
}

func (p param) schema() object {
	s := object{"type": "string"}
	switch p.kind {
	case "integer", "number":
		s["type"] = p.kind
	case "date":
		s["description"] = "a date or an RFC 3339 time"
	}
	if len(p.allowed) > 0 {
		s["enum"] = p.allowed
	}
	if p.longest > 0 {
		s["maxLength"] = p.longest
	}
	if p.pattern != "" {
		s["pattern"] = p.pattern
	}
	return s
}

// describer collects the schemas of named types.
type describer struct{ schemas object }

// schema describes a type as encoding/json writes it.
func (d *describer) schema(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[query.Moment]():
		return object{"type": "string", "description": "a date or an RFC 3339 time", "anyOf": []object{{"format": "date"}, {"format": "date-time"}}}
	case reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[trend.Estimate]():
		number := object{"type": "number"}
		return object{"type": "object", "description": "low and high are absent where the interval is unbounded",
			"required": []string{"value"}, "properties": object{"value": number, "low": number, "high": number}}
	case reflect.TypeFor[query.Parameters]():
		return d.parameters()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return d.schema(t.Elem())
	case reflect.Slice, reflect.Array:
		return object{"type": "array", "items": d.schema(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": d.schema(t.Elem())}
	case reflect.Struct:
		return d.reference(t)
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return object{"type": "integer"}
	}
	return object{}
}

// parameters describes the two sets of parameters that a fitted curve can have.
func (d *describer) parameters() object {
	number, interval, date := object{"type": "number"}, d.schema(reflect.TypeFor[trend.Estimate]()), d.schema(reflect.TypeFor[query.Moment]())
	return object{"oneOf": []object{
		{"type": "object", "title": "line", "description": "of the value, or of its log2 for an exponential; time is in years of 365.25 days since 1970-01-01",
			"required":   []string{"slope", "intercept"},
			"properties": object{"slope": number, "intercept": number, "slope_interval": interval}},
		{"type": "object", "title": "logistic", "required": []string{"k", "floor", "ceiling"},
			"properties": object{"k": number, "midpoint": date, "floor": number, "ceiling": number, "k_interval": interval,
				"midpoint_low": date, "midpoint_high": date, "ceiling_interval": interval}},
	}}
}

// reference describes a struct once, under its package and name.
func (d *describer) reference(t reflect.Type) object {
	name := strings.ReplaceAll(fmt.Sprintf("%s-%s", t.PkgPath()[strings.LastIndex(t.PkgPath(), "/")+1:], t.Name()), ".", "-")
	if _, ok := d.schemas[name]; !ok {
		s := object{"type": "object"}
		d.schemas[name] = s // before its fields: a type may contain itself
		properties, required := object{}, []string{}
		d.fields(t, properties, &required)
		s["properties"] = properties
		if len(required) > 0 {
			s["required"] = required
		}
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// fields adds a struct's fields, those of embedded structs included, as encoding/json promotes them.
func (d *describer) fields(t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() && !f.Anonymous {
			continue
		}
		if f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct {
			d.fields(f.Type, properties, required)
			continue
		}
		if name == "" {
			name = f.Name
		}
		properties[name] = d.schema(f.Type)
		if !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero") {
			*required = append(*required, name)
		}
	}
}
