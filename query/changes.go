package query

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/trend"
)

// ChangesParams ask what changed in the ledger. Since and Until are about when it was recorded, half-open.
type ChangesParams struct {
	Since, Until time.Time
	Metric       string
	Limit        int // newest first; 200 if zero
	Offset       int // how many of the newest to leave out
}

// Changes is what changed, newest first.
type Changes struct {
	Changes []Change `json:"changes"`
	More    bool     `json:"more,omitempty"` // whether there are older ones
}

// Change is one edit of a source, however many rows of the ledger it took.
type Change struct {
	RecordedAt Moment        `json:"recorded_at"`
	Kind       string        `json:"kind"`
	Metric     string        `json:"metric,omitempty"`
	Subject    string        `json:"subject,omitempty"`
	Name       string        `json:"name,omitempty"`
	Time       *Moment       `json:"time,omitempty"`
	Before     *ChangedValue `json:"before,omitempty"`
	After      *ChangedValue `json:"after,omitempty"`
	Count      int           `json:"count,omitempty"` // rows that changed together, where more than one
	Source     string        `json:"source"`
	Text       metrics.Text  `json:"text"`
	Events     []Change      `json:"events,omitempty"` // each row, where more than one changed together
}

// ChangedValue is one side of a change.
type ChangedValue struct {
	Subject string  `json:"subject"`
	Name    string  `json:"name,omitempty"`
	Time    Moment  `json:"time"`
	Setting string  `json:"setting,omitempty"`
	Value   float64 `json:"value"`
}

// ParseChanges reads since, until, metric, limit and offset.
func ParseChanges(v Values) (ChangesParams, error) {
	r := reader{values: v}
	p := ChangesParams{Since: r.time("since"), Until: r.time("until"), Metric: v("metric")}
	count := func(name string, most int) int {
		n := r.number(name)
		if r.err == nil && (n < 0 || n != math.Trunc(n)) {
			r.fail(name, v(name), metrics.Text{Ko: "0 이상인 정수여야 합니다.", En: "a whole number is needed"})
			return 0
		}
		return int(min(n, float64(most)))
	}
	p.Limit, p.Offset = count("limit", maxChanges), count("offset", 1e6)
	if p.Limit == 0 {
		p.Limit = 200
	}
	return p, r.err
}

const maxChanges = 5000

// Changes answers what changed in the ledger. The first rows of a source are one change.
func (e *Engine) Changes(ctx context.Context, p ChangesParams) (Changes, error) {
	return cached(ctx, e, fmt.Sprintf("changes %+v", p), func() (Changes, error) { return e.changes(ctx, p) })
}

func (e *Engine) changes(ctx context.Context, p ChangesParams) (Changes, error) {
	if p.Metric != "" {
		if _, err := e.metric(ctx, p.Metric); err != nil {
			return Changes{}, err
		}
	}
	teller, err := e.teller(ctx)
	if err != nil {
		return Changes{}, err
	}
	out := Changes{Changes: []Change{}}
	skip := p.Offset
	for told, err := range e.toldBackwards(ctx, p, teller) {
		if err != nil {
			return Changes{}, err
		}
		if p.Metric != "" {
			of, ok := told.Of(p.Metric)
			if !ok {
				continue
			}
			told = of
		}
		switch {
		case skip > 0:
			skip--
			continue
		case len(out.Changes) == p.Limit:
			out.More = true
			return out, nil
		}
		out.Changes = append(out.Changes, teller.tell(told))
	}
	return out, nil
}

// revisionsAtOnce is how many revisions are read before it is known how many changes they tell: more only where one instant
// has more.
const revisionsAtOnce = 2000

// toldBackwards tells changes from the newest on, reading no more of the ledger than is asked for. A run is told whole, so a
// metric selects among changes rather than among revisions.
func (e *Engine) toldBackwards(ctx context.Context, p ChangesParams, teller *teller) iter.Seq2[metrics.Change, error] {
	return func(yield func(metrics.Change, error) bool) {
		until, limit := p.Until, revisionsAtOnce
		for {
			revisions, err := e.ledger.Revisions(ctx, metrics.RevisionQuery{Since: p.Since, Until: until, Limit: limit})
			if err != nil {
				yield(metrics.Change{}, fmt.Errorf("revisions: %w", err))
				return
			}
			all := len(revisions) < limit
			if !all { // of its oldest instant there may be more
				oldest := revisions[limit-1].RecordedAt
				whole := slices.IndexFunc(revisions, func(r metrics.Revision) bool { return r.RecordedAt.Equal(oldest) })
				if revisions = revisions[:whole]; whole == 0 {
					limit *= 4
					continue
				}
			}
			if len(revisions) == 0 {
				return
			}
			metrics.SortRevisions(revisions, false)
			if all && p.Since.IsZero() {
				teller.fromStart(revisions)
			}
			told := metrics.Changes(revisions, teller.context())
			if teller.err != nil {
				yield(metrics.Change{}, teller.err)
				return
			}
			for _, c := range slices.Backward(told) {
				if !yield(c, nil) {
					return
				}
			}
			if all {
				return
			}
			until, limit = revisions[0].RecordedAt, revisionsAtOnce
		}
	}
}

// teller knows what is needed to tell changes in words.
type teller struct {
	ctx      context.Context
	engine   *Engine
	metrics  map[string]metrics.Metric
	subjects map[string]metrics.Subject
	first    map[string]time.Time // of a source, when it was first recorded
	err      error
}

// teller gathers what is needed.
func (e *Engine) teller(ctx context.Context) (*teller, error) {
	t := &teller{ctx: ctx, engine: e, metrics: map[string]metrics.Metric{}, first: map[string]time.Time{}}
	catalogue, err := e.ledger.Metrics(ctx)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	for _, m := range catalogue {
		t.metrics[m.ID] = m
	}
	t.subjects, err = e.subjects(ctx)
	return t, err
}

// fromStart learns when each source was first recorded from the oldest revisions of the ledger, which come in that order.
func (t *teller) fromStart(revisions []metrics.Revision) {
	seen := map[string]bool{}
	for _, r := range revisions {
		if !seen[r.Source.Name] {
			seen[r.Source.Name] = true
			t.first[r.Source.Name] = r.RecordedAt
		}
	}
}

// known reports whether the ledger had anything of a source before an instant.
func (t *teller) known(source string, before time.Time) bool {
	first, ok := t.first[source]
	if !ok && t.err == nil {
		first, t.err = t.engine.firstRecorded(t.ctx, source)
		t.first[source] = first
	}
	return first.Before(before)
}

// firstRecorded is when a source first had a row in the ledger.
func (e *Engine) firstRecorded(ctx context.Context, source string) (time.Time, error) {
	return cached(ctx, e, "first "+source, func() (time.Time, error) {
		revisions, err := e.ledger.Revisions(ctx, metrics.RevisionQuery{Source: source, Limit: -1})
		if err != nil || len(revisions) == 0 {
			return time.Time{}, err
		}
		return revisions[0].RecordedAt, nil
	})
}

func (t *teller) context() metrics.ChangeContext {
	return metrics.ChangeContext{
		LowerIsBetter: func(metric string) bool { return t.metrics[metric].LowerIsBetter() },
		Known:         t.known,
		Best:          t.best,
	}
}

// best is the record of a metric just before an instant of the ledger.
func (t *teller) best(metric string, before time.Time) (float64, bool) {
	if t.err != nil {
		return 0, false
	}
	obs, err := t.engine.ledger.Observations(t.ctx, metrics.Query{Metric: metric, AsOf: before.Add(-time.Nanosecond)})
	if err != nil {
		t.err = fmt.Errorf("observations of %s: %w", metric, err)
		return 0, false
	}
	o := observed{metric: t.metrics[metric], observations: obs, subjects: t.subjects}
	records := trend.Frontier(o.points(), trend.FrontierOptions{Direction: direction(o.metric)})
	if len(records) == 0 {
		return 0, false
	}
	return records[len(records)-1].Value, true
}

func (t *teller) tell(c metrics.Change) Change {
	out := t.shown(c)
	out.Text = t.sentence(c, out)
	if len(c.Events) == 0 {
		return out
	}
	for _, e := range c.Events {
		out.Events = append(out.Events, t.shown(e))
		if !sameDay(e, c) {
			out.Time = nil
		}
	}
	for i, e := range c.Events {
		out.Events[i].Text = t.eventSentence(e, out.Events[i], out.Time == nil)
	}
	if c.Kind != metrics.ChangeRenamed && c.Kind != metrics.ChangeRedated && (c.Kind != metrics.ChangeRecord || c.Metric == "") {
		out.Before, out.After = nil, nil // each row has its own
	}
	return out
}

// shown is a change without its words and its events.
func (t *teller) shown(c metrics.Change) Change {
	out := Change{RecordedAt: Moment{c.RecordedAt}, Kind: c.Kind, Metric: c.Metric, Subject: c.Subject, Source: c.Source,
		Before: t.side(c.Before), After: t.side(c.After)}
	if c.Count > 1 {
		out.Count = c.Count
	}
	if present := out.After; present != nil {
		out.Name, out.Time = present.Name, &present.Time
	} else if gone := out.Before; gone != nil {
		out.Name, out.Time = gone.Name, &gone.Time
	}
	return out
}

func (t *teller) side(o *metrics.Observation) *ChangedValue {
	if o == nil {
		return nil
	}
	return &ChangedValue{Subject: o.Subject, Name: t.name(*o), Time: Moment{o.Time}, Setting: o.Setting, Value: o.Value}
}

// name is what the row itself calls its subject: a rename is about that.
func (t *teller) name(o metrics.Observation) string {
	if o.Name != "" {
		return o.Name
	}
	return observed{subjects: t.subjects}.name(o)
}

// title is what a metric is called.
func (t *teller) title(metric string) metrics.Text {
	title := t.metrics[metric].Title
	return metrics.Text{Ko: title.In("ko"), En: title.In("en")}
}

// value says one side of a change.
func (t *teller) value(metric string, v *ChangedValue) metrics.Text {
	if v == nil {
		return metrics.Text{Ko: "—", En: "—"}
	}
	return value(v.Value, t.metrics[metric].Unit)
}

// deed is what was done to values, in the passive in English.
func deed(kind string) metrics.Text {
	switch kind {
	case metrics.ChangeRevised:
		return metrics.Text{Ko: "고쳤다", En: "revised"}
	case metrics.ChangeWithdrawn:
		return metrics.Text{Ko: "거두었다", En: "withdrawn"}
	}
	return metrics.Text{Ko: "더했다", En: "added"}
}

// sentence says a change in words.
func (t *teller) sentence(c metrics.Change, shown Change) metrics.Text {
	rows := metrics.Text{}
	if n := strconv.Itoa(c.Count); c.Count > 1 {
		rows = metrics.Text{Ko: "값 " + n + "개", En: " (" + n + " values)"}
	}
	switch {
	case c.Subject == "":
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 처음 들어온 자료, %d행.", c.Source, c.Count),
			En: fmt.Sprintf("%s: first taken in, %s.", c.Source, counted(c.Count, "row"))}
	case c.Kind == metrics.ChangeRecord:
		return t.recordSentence(c, shown)
	case c.Kind == metrics.ChangeRenamed:
		from, to := shown.Before.Name, shown.After.Name
		if from == to { // it is called the same, under another id
			from, to = shown.Before.Subject, shown.After.Subject
		}
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 이름이 바뀌었다(%s).", to, listed("전에는 "+from, rows.Ko)),
			En: fmt.Sprintf("%s was renamed to %s%s.", from, to, rows.En)}
	case c.Kind == metrics.ChangeRedated:
		for _, e := range c.Events {
			if !sameDay(e, c) || !e.Before.Time.Equal(c.Before.Time) {
				return metrics.Text{
					Ko: fmt.Sprintf("%s: 날짜가 바뀌었다(%s).", shown.Name, rows.Ko),
					En: fmt.Sprintf("%s was redated%s.", shown.Name, rows.En)}
			}
		}
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 날짜가 바뀌었다(%s).", shown.Name, listed(fmt.Sprintf("%s → %s", shown.Before.Time, shown.After.Time), rows.Ko)),
			En: fmt.Sprintf("%s was redated from %s to %s%s.", shown.Name, shown.Before.Time, shown.After.Time, rows.En)}
	}
	about := metrics.Text{Ko: shown.Name, En: shown.Name}
	if c.Metric != "" {
		title := t.title(c.Metric)
		about = metrics.Text{Ko: title.Ko + ", " + shown.Name, En: title.En + ", " + shown.Name}
	}
	if len(c.Events) > 0 {
		done := deed(c.Kind)
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 값 %d개를 %s.", about.Ko, c.Count, done.Ko),
			En: fmt.Sprintf("%s: %d values %s.", about.En, c.Count, done.En)}
	}
	return t.valueSentence(c, shown, about)
}

// valueSentence says what was added, revised or withdrawn of what about names.
func (t *teller) valueSentence(c metrics.Change, shown Change, about metrics.Text) metrics.Text {
	before, after := t.value(c.Metric, shown.Before), t.value(c.Metric, shown.After)
	switch {
	case c.Before == nil:
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 값을 더했다(%s).", about.Ko, after.Ko),
			En: fmt.Sprintf("%s: %s added.", about.En, after.En)}
	case c.After == nil:
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 값을 거두었다(%s).", about.Ko, before.Ko),
			En: fmt.Sprintf("%s: %s withdrawn.", about.En, before.En)}
	}
	return metrics.Text{
		Ko: fmt.Sprintf("%s: 값을 고쳤다(%s → %s).", about.Ko, before.Ko, after.Ko),
		En: fmt.Sprintf("%s: revised from %s to %s.", about.En, before.En, after.En)}
}

// recordSentence says what records a subject set and how many other values came with them.
func (t *teller) recordSentence(c metrics.Change, shown Change) metrics.Text {
	records := []metrics.Text{t.title(c.Metric)}
	if c.Metric == "" {
		records = nil
		for _, e := range c.Events {
			if e.Kind == metrics.ChangeRecord {
				records = append(records, t.title(e.Metric))
			}
		}
	}
	var said metrics.Text
	if len(records) == 1 {
		was, after := metrics.Text{}, t.value(c.Metric, shown.After)
		if shown.Before != nil {
			before := t.value(c.Metric, shown.Before)
			was = metrics.Text{Ko: ", 앞서는 " + before.Ko, En: ", was " + before.En}
		}
		said = metrics.Text{
			Ko: fmt.Sprintf("%s의 새 기록: %s, %s%s.", records[0].Ko, shown.Name, after.Ko, was.Ko),
			En: fmt.Sprintf("New record on %s: %s, %s%s.", records[0].En, shown.Name, after.En, was.En)}
	} else {
		var ko, en []string
		for _, r := range records {
			ko, en = append(ko, r.Ko), append(en, r.En)
		}
		said = metrics.Text{
			Ko: fmt.Sprintf("%s의 새 기록: %s.", strings.Join(ko, ", "), shown.Name),
			En: fmt.Sprintf("New records on %s: %s.", strings.Join(en, ", "), shown.Name)}
	}
	if rest := c.Count - len(records); rest > 0 {
		done := deed(c.Events[c.Count-1].Kind)
		said.Ko += fmt.Sprintf(" 다른 값 %d개도 %s.", rest, done.Ko)
		said.En += fmt.Sprintf(" %s %s.", counted(rest, "more value"), done.En)
	}
	return said
}

// eventSentence says what happened to one of several rows that changed together: of which metric and, where they differ in these, of
// which setting and date.
func (t *teller) eventSentence(c metrics.Change, shown Change, dated bool) metrics.Text {
	row := shown.After
	if row == nil {
		row = shown.Before
	}
	day := ""
	if dated {
		day = row.Time.String()
	}
	about := t.title(c.Metric)
	if apart := listed(row.Setting, day); apart != "" {
		about = metrics.Text{Ko: about.Ko + "(" + apart + ")", En: about.En + " (" + apart + ")"}
	}
	if c.Kind == metrics.ChangeRenamed || c.Kind == metrics.ChangeRedated {
		same := t.value(c.Metric, row)
		return metrics.Text{Ko: about.Ko + ": " + same.Ko, En: about.En + ": " + same.En}
	}
	return t.valueSentence(c, shown, about)
}

// counted is a number of things in English.
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}

// listed lists what is not blank.
func listed(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", ")
}

// sameDay reports whether two changes are of rows with the same date.
func sameDay(a, b metrics.Change) bool {
	date := func(c metrics.Change) time.Time {
		if c.After != nil {
			return c.After.Time
		}
		return c.Before.Time
	}
	return date(a).Equal(date(b))
}

// Table implements [Tabular]: a row for every event.
func (c Changes) Table() Table {
	t := Table{Header: []string{"recorded_at", "kind", "metric", "subject", "name", "time", "before", "after", "source", "text_ko", "text_en"}}
	for _, change := range c.Changes {
		events := change.Events
		if len(events) == 0 {
			events = []Change{change}
		}
		for _, x := range events {
			row := []string{x.RecordedAt.String(), x.Kind, x.Metric, x.Subject, x.Name, moment(x.Time), "", "", x.Source, x.Text.Ko, x.Text.En}
			if x.Before != nil {
				row[6] = number(&x.Before.Value)
			}
			if x.After != nil {
				row[7] = number(&x.After.Value)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
