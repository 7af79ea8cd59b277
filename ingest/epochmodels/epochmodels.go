// Package epochmodels reads Epoch AI's tables of AI models: what training them took, how large they are, and what it cost.
package epochmodels

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/metrics"
)

// Connector reads the kind "epoch-models".
type Connector struct{}

// Kind implements [ingest.Connector].
func (Connector) Kind() string { return "epoch-models" }

const (
	publisher = "Epoch AI, AI Models"
	address   = "https://epoch.ai/data/ai-models"

	costPublisher = "Epoch AI, The rising costs of training frontier AI models"
	costAddress   = "https://arxiv.org/abs/2405.21015"

	nameColumn    = "Model"
	dateColumn    = "Publication date"
	computeColumn = "Training compute (FLOP)"
	costColumn    = "Cost"
)

// quantity is a metric and the columns that may measure it, in its unit. The upstream has renamed some of them over the
// years, so the first that holds something counts.
type quantity struct {
	metric  string
	columns []string
}

func quantities() []quantity {
	return []quantity{
		{"model-training-compute", []string{computeColumn}},
		{"model-parameters", []string{"Parameters"}},
		{tokensMetric, []string{"Training dataset size (total)", "Training dataset size (gradients)", "Training dataset size (datapoints)"}},
		{"model-training-cost", []string{"Training compute cost (2023 USD)"}},
		{"model-training-power", []string{"Training power draw (W)"}},
		{"model-training-chips", []string{"Hardware quantity"}},
	}
}

const tokensMetric = "model-training-tokens"

// Read implements [ingest.Connector]. It reads every CSV file that has the columns of models, of publication dates and of
// training compute, and every one of training costs alone (Model, Cost), which are dated by the former or by what is known
// of the model.
func (Connector) Read(ctx context.Context, in ingest.Input, sink ingest.Sink) error {
	models, modelsErr := ingest.FindCSV(in.Files, nameColumn, dateColumn, computeColumn)
	costs, costsErr := ingest.FindCSV(in.Files, nameColumn, costColumn)
	if modelsErr != nil && costsErr != nil {
		return modelsErr
	}
	r := reader{in: in, sink: sink, quantities: quantities(), published: map[string]time.Time{}}
	for _, name := range models {
		if err := errors.Join(ctx.Err(), ingest.ReadCSV(in.Files, name, nil, r.model, sink)); err != nil {
			return err
		}
	}
	for _, name := range costs {
		if err := errors.Join(ctx.Err(), ingest.ReadCSV(in.Files, name, nil, r.cost, sink)); err != nil {
			return err
		}
	}
	return nil
}

type reader struct {
	in         ingest.Input
	sink       ingest.Sink
	quantities []quantity
	published  map[string]time.Time // by subject
}

// model reads a row of a table of models.
func (r *reader) model(row ingest.Row) error {
	name := row.Get(nameColumn)
	if name == "" {
		return r.sink.Quarantine(row.SetAside(nameColumn, "no name"))
	}
	published, err := ingest.ParseObservationTime(row.Get(dateColumn))
	if row.Get(dateColumn) == "" {
		return r.sink.Quarantine(row.SetAside(dateColumn, "no publication date"))
	}
	if err != nil {
		return r.sink.Quarantine(row.Reject(dateColumn, err.Error()))
	}
	subject := metrics.Subject{
		ID: r.in.Identity.Resolve("model", name), Name: name, Kind: "model", Released: published,
		Organization: ingest.Organization(row.Get("Organization")), Country: ingest.Country(row.Get("Country (of organization)")),
		Access: access(row),
	}
	if err := r.sink.Subject(subject); err != nil {
		return err
	}
	r.published[subject.ID] = published
	for _, q := range r.quantities {
		if err := r.observe(row, subject, q, published); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) observe(row ingest.Row, subject metrics.Subject, q quantity, published time.Time) error {
	column := q.columns[0]
	for _, c := range q.columns {
		if row.Get(c) != "" {
			column = c
			break
		}
	}
	value, present, err := row.Number(column)
	switch {
	case err == nil && !present:
		return nil
	case err == nil && value <= 0:
		err = errors.New("not above zero")
	}
	if err != nil {
		return r.sink.Quarantine(row.Reject(column, err.Error()))
	}
	if domain := row.Get("Domain"); q.metric == tokensMetric && domain != "" && !strings.Contains(domain, "Language") && !strings.Contains(domain, "Multimodal") {
		return r.sink.Quarantine(row.SetAside(column, "a data set of the domain "+domain+" isn't counted in tokens"))
	}
	return r.sink.Observe(metrics.Observation{
		Metric: q.metric, Subject: subject.ID, Name: subject.Name, Time: published, Value: value,
		Source: metrics.Source{Name: publisher, URL: address, File: row.File, Row: row.Line},
	})
}

// cost reads a row of the table of training costs, which dates no model.
func (r *reader) cost(row ingest.Row) error {
	name := row.Get(nameColumn)
	value, present, err := row.Number(costColumn)
	switch {
	case name == "":
		return r.sink.Quarantine(row.SetAside(nameColumn, "no name"))
	case err == nil && !present:
		return r.sink.Quarantine(row.SetAside(costColumn, "no cost"))
	case err == nil && value <= 0:
		err = errors.New("not above zero")
	}
	if err != nil {
		return r.sink.Quarantine(row.Reject(costColumn, err.Error()))
	}
	subject := r.in.Identity.Resolve("model", name)
	at := r.in.Released(subject)
	if at.IsZero() {
		at = r.published[subject]
	}
	if at.IsZero() {
		return r.sink.Quarantine(row.SetAside(nameColumn, "no date is known of it"))
	}
	if err := r.sink.Subject(metrics.Subject{ID: subject, Name: name, Kind: "model"}); err != nil {
		return err
	}
	return r.sink.Observe(metrics.Observation{
		Metric: "model-training-cost", Subject: subject, Name: name, Time: at, Value: value,
		Source: metrics.Source{Name: costPublisher, URL: costAddress, File: row.File, Row: row.Line},
	})
}

// access says who can use a model, from the upstream's column of that name and, where it is blank, from the one that says
// whether its weights are open.
func access(row ingest.Row) string {
	switch how := strings.ToLower(row.Get("Model accessibility")); {
	case strings.HasPrefix(how, "open weights"):
		return "open"
	case strings.HasPrefix(how, "unreleased"):
		return "unreleased"
	case strings.Contains(how, "access"):
		return "closed"
	}
	if strings.EqualFold(row.Get("Open model weights?"), "yes") {
		return "open"
	}
	return ""
}
