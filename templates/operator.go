package templates

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
)

//go:embed operator
var operatorFiles embed.FS

// Health is the page that tells an operator how a server is. It stands by itself: the operator's listener has neither the
// menu nor the sheets of the others.
type Health struct {
	Lang, Title, JSON, Status, Verdict, FindingsTitle string

	Findings []HealthFinding
	Sections []HealthSection
	Sources  *HealthSources
}

// HealthFinding is something to look at, and what the program said of it.
type HealthFinding struct{ Level, Say, Detail string }

// HealthSection is a table of names and values.
type HealthSection struct {
	Title string
	Rows  []Basis
}

// HealthSources is a table of sources.
type HealthSources struct {
	Title string
	Head  []string
	Rows  []HealthSource
}

// HealthSource is a row of it.
type HealthSource struct{ Level, Name, Last, Success, Result, Error string }

// RenderHealth returns the page as HTML.
func (e *Engine) RenderHealth(h Health) ([]byte, error) {
	var b bytes.Buffer
	if err := e.health.Execute(&b, h); err != nil {
		return nil, fmt.Errorf("template health: %w", err)
	}
	return b.Bytes(), nil
}

// HealthSheet is the style sheet of the page.
func (e *Engine) HealthSheet() ([]byte, error) { return operatorFiles.ReadFile("operator/health.css") }

func parseHealth() (*template.Template, error) {
	t, err := template.New("health.html").Option("missingkey=error").ParseFS(operatorFiles, "operator/health.html")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	return t, nil
}
