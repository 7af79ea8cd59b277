package server

// param describes a parameter of the API.
type param struct {
	name, in, kind, description string
	required                    bool
	allowed                     []string
	longest                     int // in characters; 0 is no limit
}

func queried(name, kind, description string, allowed ...string) param {
	return param{name: name, in: "query", kind: kind, description: description, allowed: allowed}
}

func needed(p param) param {
	p.required = true
	return p
}

var (
	metricParam        = needed(queried("metric", "string", "id of a metric"))
	metricFilterParam  = queried("metric", "string", "changes of this metric only")
	subjectParam       = queried("subject", "string", "id of a subject")
	sinceParam         = queried("since", "date", "from this date on; applied before anything else")
	untilParam         = queried("until", "date", "before this date")
	asOfParam          = queried("as_of", "date", "the ledger as it stood at this instant, or at the end of this day")
	accessParam        = queried("access", "string", "how a model can be had", "open", "closed", "unreleased")
	countryParam       = queried("country", "string", "subjects of organisations of this country")
	sourceParam        = queried("source", "string", "observations of this source")
	ofParam            = queried("of", "string", "what is fitted: the records or every observation", "frontier", "all")
	fitParam           = queried("fit", "string", "kind of fit; auto chooses by backtest", "auto", "linear", "exponential", "logistic")
	confidenceParam    = queried("confidence", "number", "level of the intervals, 0.95 by default")
	thresholdParam     = queried("threshold", "number", "also say when the fitted curve passes this value")
	horizonParam       = queried("horizon", "date", "where the curve ends")
	ceilingParam       = queried("ceiling", "string", "upper limit of a logistic fit, or fit")
	errorParam         = queried("error", "string", "carry the observations' own intervals through", "monte-carlo")
	estimatorParam     = queried("estimator", "string", "how curves are fitted", "ols", "ols-hc3", "theil-sen", "pairs-bootstrap")
	resamplesParam     = queried("resamples", "integer", "of bootstrap and Monte Carlo, 1000 by default")
	seedParam          = queried("seed", "integer", "of bootstrap and Monte Carlo")
	atParam            = needed(queried("at", "string", "dates, divided by commas"))
	byParam            = queried("by", "string", "what divides the groups", "access", "country")
	leaderParam        = queried("leader", "string", "leading group; the one with most records by default")
	followerParam      = queried("follower", "string", "following group")
	splitParam         = queried("split", "date", "compare one metric before and from this date")
	scaledParam        = queried("scaled", "string", "true, or two of MODEL[:SETTING]=VALUE divided by a comma")
	tiesParam          = queried("ties", "string", "also count what equals the record", "keep")
	intervalParam      = queried("interval", "string", "how the interval of a threshold's date is found", "delta", "bootstrap")
	indexedParam       = queried("metric", "string", "id of a metric; the capability index by default")
	scoresParam        = needed(queried("threshold", "string", "scores to reach, at most eight, divided by commas"))
	priceParam         = queried("price", "string", "id of a metric of prices, price-input by default")
	forecastsOfParam   = queried("metric", "string", "forecasts of this metric only")
	queryParam         = param{name: "q", in: "query", kind: "string", description: "what to look for", longest: maxQuery}
	langParam          = queried("lang", "string", "reports in this language", "ko", "en")
	fromParam          = queried("from", "date", "reports from this date on")
	toParam            = queried("to", "date", "reports before this date")
	limitParam         = queried("limit", "integer", "how many at the most")
	offsetParam        = queried("offset", "integer", "how many to leave out")
	kindOfSubjectParam = queried("kind", "string", "model, chip, processor, memory, datacenter …")
	slugParam          = param{name: "slug", in: "path", kind: "string", description: "file name without extension, lower case", required: true}
	idParam            = param{name: "id", in: "path", kind: "string", description: "id of a subject", required: true}

	searchParams = []param{queryParam, queried("kind", "string", "kinds of hits, divided by commas: report, metric, subject, term"), langParam, fromParam, toParam,
		limitParam, offsetParam, queried("passages", "integer", "passages per hit, at most 10"), queried("sort", "string", "order of the hits", "relevance", "newest", "oldest", "title")}
)
