package templates

import "html/template"

// Pages lists a value of every page struct, for the check at start-up and for tests.
func Pages() []Page {
	return []Page{Home{}, Reports{}, Report{}, Search{}, Metrics{}, Metric{}, Subject{}, Hardware{}, Trends{}, Finding{}, Compare{}, CompareSubjects{}, Capability{},
		Glossary{}, Changes{}, About{}, APIDocs{}, Revisions{}, Lint{}, Term{}, Problem{}, Design{}}
}

// Home is the first page: what moved lately, the state of scaling at a glance, new reports.
type Home struct {
	Frame
	Headline  string
	Deck      string
	Moves     []Move
	Multiples []Multiple
	Reports   []ReportItem
	Questions []Question
}

// Template implements [Page].
func (Home) Template() string { return "home" }

// Move is a record that was broken: before and after, on a ruler.
type Move struct {
	Date, Metric, URL, Who string
	Ruler                  template.HTML
	Before, After          string
}

// Multiple is one of the small charts.
type Multiple struct {
	Title, URL, Unit, Read, Source string
	Until                          string // when the newest value is of
	Chart                          template.HTML
}

// Question is a question that the data answer, with its address.
type Question struct{ Text, URL, Note string }

// ReportItem is a report in a list.
type ReportItem struct {
	Slug, URL, Title, Lang, Date, Summary, Minutes, Author string

	Langs []Choice // that it is there in
}

// Reports is the library.
type Reports struct {
	Frame
	Total   string
	Langs   []Choice
	Sources []Choice
	Years   []Choice
	Items   []ReportItem
	Prev    string
	Next    string
	Shown   string
}

// Template implements [Page].
func (Reports) Template() string { return "reports" }

// Report is a page to read.
type Report struct {
	Frame
	Slug         string
	ReportLang   string
	Heading      string
	Standfirst   string
	Crumb        string
	Date         string
	DateText     string
	Author       string
	Minutes      string
	Switch       []Choice
	Outline      []OutlineItem
	Body         template.HTML
	Sides        []SidePair // original and translation, section by section; Body is empty then
	SideLangs    [2]string
	Private      bool
	Colophon     []ColophonItem
	Older, Newer *ReportItem
	Lint         []LintItem
	Revisions    string // address of the revision history
}

// Template implements [Page].
func (Report) Template() string { return "report" }

// OutlineItem is a heading of the report.
type OutlineItem struct {
	Anchor, Text string
	Sub          bool
}

// SidePair is a section in two languages.
type SidePair struct{ Left, Right template.HTML }

// ColophonItem is a line about where the report is from.
type ColophonItem struct {
	Term string
	Text template.HTML
}

// LintItem is something repaired in the report's source, or beyond repair.
type LintItem struct {
	Line    int
	Rule    string
	Message string
}

// Revisions compares revisions of a report word by word.
type Revisions struct {
	Frame
	Heading, Back string
	Revisions     []RevisionItem
}

// Template implements [Page].
func (Revisions) Template() string { return "revisions" }

// RevisionItem is a change of a report.
type RevisionItem struct {
	Date  string
	Parts []DiffPart
}

// DiffPart is a run of words that stayed ("="), were added ("+") or removed ("-").
type DiffPart struct{ Op, Text string }

// Search is the page of results.
type Search struct {
	Frame
	DidYouMean  string  // as searched, when it differs from what was typed
	Offer       *Choice // what may have been meant, where nothing is found
	Typed       string
	ExactURL    string
	Also        []Choice
	NotFound    string // the words that nothing has, where something is found of the others
	Kinds       []Choice
	Langs       []Choice
	Years       []Choice
	Sorts       []Choice
	Tally       string
	Hits        []Hit
	Prev, Next  string
	Range       string
	Suggestions []Question
}

// Template implements [Page].
func (Search) Template() string { return "search" }

// Hit is one result.
type Hit struct {
	Kind, Title, URL, Lang, Date string
	Passages                     []Passage
	Record, Month, Who           string // of a metric: its record, when it was set and by whom
	Spark                        template.HTML
	Figures                      []Basis // of a subject
}

// Passage is where in the hit.
type Passage struct {
	Heading, URL string
	Snippet      template.HTML
}

// Metrics is the catalogue.
type Metrics struct {
	Frame
	Groups []MetricGroup
}

// Template implements [Page].
func (Metrics) Template() string { return "metrics" }

// MetricGroup is the metrics of one kind.
type MetricGroup struct {
	ID, Title string
	Metrics   []MetricItem
}

// MetricItem is a metric in the catalogue.
type MetricItem struct {
	URL, Title, Definition, Record, Who, Date, N string
	Spark                                        template.HTML
}

// Metric is one metric: its record, trend, record table and sources.
type Metric struct {
	Frame
	Heading, Other string // title in the page's language and in the other one
	OtherLang      string
	KindURL, Kind  string
	Definition     string
	Answer         template.HTML
	TrendAnswer    string
	Basis          []Basis
	Views          []View
	Chart          *Chart
	RecordCaption  string
	Records        []RecordRow
	Fits           []FitRow
	WhyNoTrend     string
	Reports        []ReportItem
	Sources        []SourceItem
	AsOf           string
	Hidden         []Choice // parameters that the form keeps
}

// Template implements [Page].
func (Metric) Template() string { return "metric" }

// View is a control whose choices are addresses.
type View struct {
	Label   string
	Choices []Choice
}

// RecordRow is a line of the record table, the present one first.
type RecordRow struct {
	Date, Name, URL, Organization, Setting, Value, Gain, Held string
	Now                                                       bool
}

// FitRow is one of the competing fits.
type FitRow struct {
	Name, Growth, R2, AICc, Error, Why string
	Chosen                             bool
}

// SourceItem is who published the values.
type SourceItem struct{ Name, URL, Note string }

// Subject is one model, chip, processor or site.
type Subject struct {
	Frame
	Heading   string
	Kind      string
	Facts     []Basis
	Dated     []Basis // dates that sources give, where they disagree
	Groups    []SubjectGroup
	Snapshots []Choice
	Reports   []ReportItem
}

// Template implements [Page].
func (Subject) Template() string { return "subject" }

// SubjectGroup is the values of one kind of metric.
type SubjectGroup struct {
	Title string
	Rows  []SubjectRow
}

// SubjectRow is a value with its source.
type SubjectRow struct {
	Metric, URL, Setting, Value, Interval, Date, Source, SourceURL string
	Record                                                         bool
	Repeated                                                       bool // of the metric of the row above
}

// Hardware is the explorer of chips.
type Hardware struct {
	Frame
	Answer  template.HTML
	Basis   []Basis
	X, Y    []Choice
	Scales  []Choice
	Makers  []Choice
	Sinces  []Choice
	Chart   *Chart
	Columns []Column
	Rows    []ChipRow
	Shown   string
	All     string
	Empty   string
	Hidden  []Choice // parameters that the form keeps
}

// Template implements [Page].
func (Hardware) Template() string { return "hardware" }

// Column is a column of a table that can be sorted by.
type Column struct {
	Label, URL, Sort string // Sort as in aria-sort, or empty
	Right, Optional  bool
}

// ChipRow is a chip and its values in the order of the columns after the first.
type ChipRow struct {
	Name, URL string
	Cells     []Cell
}

// Cell is a value of a table; a date is never broken over two lines.
type Cell struct {
	Text                  string
	Right, Optional, Date bool
}

// Trends is the question as a sentence of controls, and its answer.
type Trends struct {
	Frame
	Heading      string
	Metrics      []OptionGroup
	Of           []Choice
	Fit          []Choice
	Since        string
	Until        string
	AsOf         string
	Access       []Choice
	Limit        string            // threshold
	Wrong        map[string]string // of the controls that can't be read, why not
	Versus       []OptionGroup     // a second metric beside the first
	Address      string
	Answer       template.HTML
	Detail       string
	Why          string
	Basis        []Basis
	Chart        *Chart
	SecondTitle  string
	Second       *Chart
	SecondDetail string
	Difference   string // between the two
	Fits         []FitRow
	Observations []RecordRow // where they make no trend
	Related      []ReportItem
	Others       []Choice // further questions
}

// Template implements [Page].
func (Trends) Template() string { return "trends" }

// Finding is one of the further questions: its controls, its answer in words, and what the answer is made of.
type Finding struct {
	Frame
	Heading, Deck string
	Controls      []Control
	Answers       []string
	Why           string
	Basis         []Basis
	Chart         *Chart
	Tools         *Tools // where there is no chart
	Caption       string
	Columns       []Cell
	Rows          []FindingRow
	Others        []Choice
}

// Template implements [Page].
func (Finding) Template() string { return "finding" }

// Control is a control of a form: a choice where it has groups, a field otherwise.
type Control struct {
	Label, Name, Value, Example string
	Type                        string // of the field; text if empty
	Groups                      []OptionGroup
}

// FindingRow is a row of a table with the columns after the first.
type FindingRow struct {
	Name, URL string
	Cells     []Cell
}

// OptionGroup is a group of a select's options.
type OptionGroup struct {
	Label   string
	Options []Choice
}

// Compare sets metrics side by side.
type Compare struct {
	Frame
	Metrics []OptionGroup
	Chosen  []string
	Slots   []CompareSlot
	Of      []Choice
	Split   string // date that divides one metric into two periods
	Chart   *Chart
	Rows    []CompareRow
	Answer  string
	Why     string
}

// Template implements [Page].
func (Compare) Template() string { return "compare" }

// CompareSlot is one choice of what is compared.
type CompareSlot struct {
	Label  string
	Groups []OptionGroup
}

// CompareRow is what is compared, with its growth.
type CompareRow struct{ Name, URL, Growth, Doubling, N, Period, Record, Why string }

// CompareSubjects sets subjects side by side.
type CompareSubjects struct {
	Frame
	Asked    string // what the field holds
	Wrong    string // why it can't be read
	Subjects []Choice
	Chart    *Chart
	Rows     []SubjectsRow
}

// Template implements [Page].
func (CompareSubjects) Template() string { return "comparesubjects" }

// SubjectsRow is a metric and the value of each subject.
type SubjectsRow struct {
	Metric, URL string
	Cells       []SubjectsCell
}

// SubjectsCell is the best value of a subject, and how far it is behind the best of all.
type SubjectsCell struct {
	Value, Setting, Behind string
	Best                   bool
}

// Capability is the index across benchmarks.
type Capability struct {
	Frame
	Answer     template.HTML
	Basis      []Basis
	Chart      *Chart
	Shown      string
	Models     []CapabilityRow
	Benchmarks []BenchmarkRow
	Why        string
	All        string
}

// Template implements [Page].
func (Capability) Template() string { return "capability" }

// CapabilityRow is a model's place on the index.
type CapabilityRow struct {
	Rank, Name, URL, Setting, Organization, Date, Theta, Interval, Scores string
	Now                                                                   bool
}

// BenchmarkRow is a benchmark's place.
type BenchmarkRow struct{ Name, URL, Difficulty, Discrimination, Scores, RMSE string }

// Glossary is the terms in both languages.
type Glossary struct {
	Frame
	Find   string
	Kinds  []Choice
	Groups []TermGroup
	Total  string
}

// Template implements [Page].
func (Glossary) Template() string { return "glossary" }

// TermGroup is the terms under one initial.
type TermGroup struct {
	Initial string
	Terms   []TermItem
}

// TermItem is a term.
type TermItem struct{ ID, Ko, En, Variants, Note, URL string }

// Changes says in words what changed in the ledger.
type Changes struct {
	Frame
	Days       []ChangeDay
	Prev, Next string
}

// Template implements [Page].
func (Changes) Template() string { return "changes" }

// ChangeDay is the changes recorded on one day.
type ChangeDay struct {
	Date    string
	Changes []ChangeItem
}

// ChangeItem is one change, with each value where several changed together, or each source where several were new. What was
// done to a value its text says; of these only records are of a Kind.
type ChangeItem struct {
	Kind, Text, URL, Source string
	Values                  []ChangeItem
	Unfold                  string // what shows the values
}

// About is about the data: sources, licences, freshness, quarantine, names that are not resolved.
type About struct {
	Frame
	Counts     []Basis
	Sources    []AboutSource
	Publishers []SourceItem
	Quarantine []QuarantineRow
	Unresolved []UnresolvedRow
	Runs       []RunRow
}

// Template implements [Page].
func (About) Template() string { return "about" }

// AboutSource is an ingested source.
type AboutSource struct{ Name, Kind, Location, Version, ReadAt, Quarantined, License string }

// QuarantineRow is a row set aside.
type QuarantineRow struct{ Source, File, Row, Reason string }

// UnresolvedRow is a subject that no identity file describes.
type UnresolvedRow struct{ Name, URL, N string }

// RunRow is how an ingest went.
type RunRow struct{ Date, Source, Result, Counts, Error string }

// APIDocs describes the API: the routes that have what was looked for, and the schemas that their answers refer to.
type APIDocs struct {
	Frame
	Find, Total string
	Routes      []APIRoute
	Schemas     []APISchema
}

// Template implements [Page].
func (APIDocs) Template() string { return "apidocs" }

// APIRoute is a route of the API.
type APIRoute struct {
	ID, Method, Path, Summary string
	Route                     string // what the form says is asked; "" where there is no form
	Params                    []APIParam
	Forms                     []Choice // of the answer
	Example                   string
	Answer                    []APIField
}

// APIParam is a parameter of a route, with the value that it has in the route's example.
type APIParam struct {
	Name, Kind, Description, Value string
	Required                       bool
	Allowed                        []string
	Longest                        int // in characters; 0 is no limit
}

// APISchema is a type that answers are made of.
type APISchema struct {
	Name   string
	Fields []APIField
}

// APIField is a property of an object.
type APIField struct {
	Name, Note string
	Type       []APIType
	Optional   bool
}

// APIType is a piece of a type as TypeScript writes it: text, or a link to a schema.
type APIType struct{ Text, Schema string }

// Problem is a page that can't be shown, and why.
type Problem struct {
	Frame
	Status  int
	Heading string
	Detail  string
	Links   []Choice
}

// Template implements [Page].
func (Problem) Template() string { return "problem" }

// Design shows the components, in development: the partials that pages use, with answers, without, and with long titles.
type Design struct {
	Frame
	Choices []Choice
	Subject string // a field that is filled
	Basis   []Basis
	Fits    []FitRow
	Reports []ReportItem
	Chart   *Chart
	Missing *Chart // of a metric that there is not
}

// Template implements [Page].
func (Design) Template() string { return "design" }
