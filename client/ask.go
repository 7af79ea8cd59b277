package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/search/hits"
)

// Search finds passages of reports, metrics, subjects and terms.
func (c *Client) Search(ctx context.Context, q hits.Query) (hits.Results, error) {
	v := url.Values{"q": {q.Text}}
	set(v, "kind", strings.Join(q.Kinds, ","))
	set(v, "lang", q.Lang)
	set(v, "from", date(q.From))
	set(v, "to", date(q.To))
	set(v, "sort", q.Sort)
	count(v, "limit", max(0, q.Limit), q.Limit != 0)
	count(v, "offset", q.Offset, q.Offset > 0)
	count(v, "passages", q.Passages, q.Passages > 0)
	return ask[hits.Results](ctx, c, "/search", v)
}

// Suggest completes what is being typed, with at most limit suggestions; the server's default where limit is not positive.
func (c *Client) Suggest(ctx context.Context, text string, limit int) ([]hits.Suggestion, error) {
	v := url.Values{"q": {text}}
	count(v, "limit", limit, limit > 0)
	answer, err := ask[hits.Suggestions](ctx, c, "/suggest", v)
	return answer.Suggestions, err
}

// ReportsParams select a page of the library.
type ReportsParams struct {
	Lang          string    // ko or en; both if empty
	From, To      time.Time // of the reports' dates, half-open
	Limit, Offset int       // the server's default limit if zero
}

// Reports lists the library, newest first.
func (c *Client) Reports(ctx context.Context, p ReportsParams) (query.ReportList, error) {
	v := url.Values{}
	set(v, "lang", p.Lang)
	set(v, "from", date(p.From))
	set(v, "to", date(p.To))
	count(v, "limit", p.Limit, p.Limit > 0)
	count(v, "offset", p.Offset, p.Offset > 0)
	return ask[query.ReportList](ctx, c, "/reports", v)
}

// Report returns a report with everything that was found in it. A report that is not public has no text without a token.
func (c *Client) Report(ctx context.Context, slug string) (query.Report, error) {
	return ask[query.Report](ctx, c, "/reports/"+url.PathEscape(slug), nil)
}

// Metrics lists the catalogue of metrics by id.
func (c *Client) Metrics(ctx context.Context) (query.Catalogue, error) {
	return ask[query.Catalogue](ctx, c, "/metrics", nil)
}

// Subjects lists subjects of a kind, or all, by id.
func (c *Client) Subjects(ctx context.Context, kind string) (query.Subjects, error) {
	v := url.Values{}
	set(v, "kind", kind)
	return ask[query.Subjects](ctx, c, "/subjects", v)
}

// Subject returns a subject with its observations, as of an instant unless that is zero.
func (c *Client) Subject(ctx context.Context, id string, asOf time.Time) (query.Subject, error) {
	return ask[query.Subject](ctx, c, "/subjects/"+url.PathEscape(id), query.Filter{AsOf: asOf}.Values())
}

// Series lists the live observations of a metric, in time order.
func (c *Client) Series(ctx context.Context, f query.Filter) (query.Series, error) {
	return ask[query.Series](ctx, c, "/series", f.Values())
}

// Frontier returns the running record of a metric.
func (c *Client) Frontier(ctx context.Context, f query.Filter) (query.Frontier, error) {
	return ask[query.Frontier](ctx, c, "/frontier", f.Values())
}

// Trend returns how a metric moves with time.
func (c *Client) Trend(ctx context.Context, p query.TrendParams) (query.Trend, error) {
	return ask[query.Trend](ctx, c, "/trend", p.Values())
}

// Forecast returns what a trend leads to expect at given times.
func (c *Client) Forecast(ctx context.Context, p query.ForecastParams) (query.Forecast, error) {
	return ask[query.Forecast](ctx, c, "/forecast", p.Values())
}

// Forecasts returns how the forecasts that the server gave have fared.
func (c *Client) Forecasts(ctx context.Context, p query.ScoresParams) (query.ForecastScores, error) {
	return ask[query.ForecastScores](ctx, c, "/forecasts", p.Values())
}

// Progress separates what more training compute brought from what better algorithms did.
func (c *Client) Progress(ctx context.Context, p query.ProgressParams) (query.Progress, error) {
	return ask[query.Progress](ctx, c, "/progress", p.Values())
}

// PriceToReach returns the lowest price of each of several scores over time.
func (c *Client) PriceToReach(ctx context.Context, p query.PriceParams) (query.PriceToReach, error) {
	return ask[query.PriceToReach](ctx, c, "/price-to-reach", p.Values())
}

// ComputeOptimal returns how far models are from the least loss for their training compute.
func (c *Client) ComputeOptimal(ctx context.Context, p query.OptimalParams) (query.ComputeOptimal, error) {
	return ask[query.ComputeOptimal](ctx, c, "/compute-optimal", p.Values())
}

// Lag returns how far one group trails another.
func (c *Client) Lag(ctx context.Context, p query.LagParams) (query.Lag, error) {
	return ask[query.Lag](ctx, c, "/lag", p.Values())
}

// Compare returns how the growth of trends differs. The first trend's parameters hold for all.
func (c *Client) Compare(ctx context.Context, p query.CompareParams) (query.Comparison, error) {
	return ask[query.Comparison](ctx, c, "/compare", p.Values())
}

// CapabilityIndex places models and benchmarks on one scale.
func (c *Client) CapabilityIndex(ctx context.Context, p query.CapabilityParams) (query.CapabilityIndex, error) {
	return ask[query.CapabilityIndex](ctx, c, "/capability-index", p.Values())
}

// Changes returns what changed in the ledger, newest first.
func (c *Client) Changes(ctx context.Context, p query.ChangesParams) (query.Changes, error) {
	return ask[query.Changes](ctx, c, "/changes", p.Values())
}

// StartIngest starts an ingest of the named sources, or of all that the server has. It needs a token, and does not wait
// for the run to end.
func (c *Client) StartIngest(ctx context.Context, sources ...string) error {
	body, err := json.Marshal(struct {
		Sources []string `json:"sources,omitempty"`
	}{sources})
	if err != nil {
		return err
	}
	header := http.Header{"Content-Type": {"application/json"}}
	_, _, err = c.do(ctx, http.MethodPost, c.address("/ingest", nil), header, body)
	return err
}

func ask[T any](ctx context.Context, c *Client, path string, v url.Values) (T, error) {
	var answer T
	err := c.get(ctx, path, v, &answer)
	return answer, err
}

func set(v url.Values, name, value string) {
	if value != "" {
		v.Set(name, value)
	}
}

func count(v url.Values, name string, n int, given bool) {
	if given {
		v.Set(name, strconv.Itoa(n))
	}
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return query.Moment{Time: t}.String()
}
