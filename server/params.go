package server

import "github.com/scalebook/scalebook/search"

// param describes a parameter of the API.
type param struct {
	name, in, kind string
	about          string // key of the message below api.param that says what it means
	required       bool
	allowed        []string
	longest        int    // in characters; 0 is no limit
	pattern        string // that a value matches; blank is any
}

// description says what the parameter means.
func (p param) description(lang string) string { return say(lang, "api.param."+p.about) }

func queried(name, kind, about string, allowed ...string) param {
	return param{name: name, in: "query", kind: kind, about: about, allowed: allowed}
}

func needed(p param) param {
	p.required = true
	return p
}

// matching is a parameter whose values match a pattern.
func matching(p param, pattern string) param {
	p.pattern = pattern
	return p
}

// aNumber matches a number, with the blanks around it that are read too.
const aNumber = ` *[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,2})? *`

var (
	metricParam        = needed(queried("metric", "string", "metric"))
	metricFilterParam  = queried("metric", "string", "metric.changes")
	subjectParam       = queried("subject", "string", "subject")
	sinceParam         = queried("since", "date", "since")
	untilParam         = queried("until", "date", "until")
	asOfParam          = queried("as_of", "date", "as_of")
	accessParam        = queried("access", "string", "access", "open", "closed", "unreleased")
	countryParam       = queried("country", "string", "country")
	sourceParam        = queried("source", "string", "source")
	ofParam            = queried("of", "string", "of", "frontier", "all")
	fitParam           = queried("fit", "string", "fit", "auto", "linear", "exponential", "logistic")
	confidenceParam    = queried("confidence", "number", "confidence")
	thresholdParam     = queried("threshold", "number", "threshold")
	horizonParam       = queried("horizon", "date", "horizon")
	ceilingParam       = queried("ceiling", "string", "ceiling")
	errorParam         = queried("error", "string", "error", "monte-carlo")
	estimatorParam     = queried("estimator", "string", "estimator", "ols", "ols-hc3", "theil-sen", "pairs-bootstrap")
	resamplesParam     = queried("resamples", "integer", "resamples")
	seedParam          = queried("seed", "integer", "seed")
	atParam            = needed(queried("at", "string", "at"))
	byParam            = queried("by", "string", "by", "access", "country")
	leaderParam        = queried("leader", "string", "leader")
	followerParam      = queried("follower", "string", "follower")
	splitParam         = queried("split", "date", "split")
	scaledParam        = queried("scaled", "string", "scaled")
	tiesParam          = queried("ties", "string", "ties", "keep")
	intervalParam      = queried("interval", "string", "interval", "delta", "bootstrap")
	indexedParam       = queried("metric", "string", "metric.indexed")
	scoresParam        = matching(needed(queried("threshold", "string", "scores")), "^"+aNumber+"(,"+aNumber+"){0,7}$")
	comparedParam      = matching(metricParam, `^[^,]+(,[^,]+){1,5}$`)
	priceParam         = queried("price", "string", "price")
	forecastsOfParam   = queried("metric", "string", "metric.forecasts")
	queryParam         = param{name: "q", in: "query", kind: "string", about: "q", longest: search.MaxQuery}
	langParam          = queried("lang", "string", "lang", "ko", "en")
	fromParam          = queried("from", "date", "from")
	toParam            = queried("to", "date", "to")
	limitParam         = queried("limit", "integer", "limit")
	offsetParam        = queried("offset", "integer", "offset")
	kindOfSubjectParam = queried("kind", "string", "kind.subject")
	slugParam          = param{name: "slug", in: "path", kind: "string", about: "slug", required: true}
	idParam            = param{name: "id", in: "path", kind: "string", about: "subject", required: true}

	searchParams = []param{queryParam, queried("kind", "string", "kind.hit"), langParam, fromParam, toParam,
		limitParam, offsetParam, queried("passages", "integer", "passages"), queried("sort", "string", "sort", "relevance", "newest", "oldest", "title")}
)
