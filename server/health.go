package server

import (
	"context"
	"errors"
	"time"

	"github.com/scalebook/scalebook/metrics"
	"github.com/scalebook/scalebook/query"
)

// Upkeep is how the work beside answering goes: writing to the metrics store and publishing to a bucket.
type Upkeep struct {
	Spool      *SpoolHealth   `json:"spool,omitempty"`      // nil where writes are never kept waiting
	Publishing *PublishHealth `json:"publishing,omitempty"` // nil where nothing is published
}

// SpoolHealth is of the writes that the metrics store could not take.
type SpoolHealth struct {
	Waiting  int    `json:"waiting"`
	Bytes    int64  `json:"bytes"`
	Limit    int64  `json:"limit_bytes"`
	Rejected int    `json:"rejected_rows"` // set aside: the store will never take them
	Denied   bool   `json:"denied"`        // the store refuses the credentials
	Fault    string `json:"fault,omitempty"`
}

// PublishHealth is of the generations that this process publishes.
type PublishHealth struct {
	Generation int64     `json:"generation"`            // that was published last; 0 for none by this process
	At         time.Time `json:"published_at,omitzero"` // or found to be current
	Failures   int       `json:"failures"`              // in a row
	Fault      string    `json:"fault,omitempty"`
	Next       time.Time `json:"next_try,omitzero"`
}

// Health is what an operator sees of a server at a glance. It has no secret in it, and nothing that a client sent.
type Health struct {
	Status   string          `json:"status"` // well, degraded or failing
	Findings []HealthFinding `json:"findings"`
	At       time.Time       `json:"at"`

	Version       string    `json:"version"`
	StartedAt     time.Time `json:"started_at"`
	UptimeSeconds float64   `json:"uptime_seconds"`

	Data     DataHealth     `json:"data"`
	Process  ProcessHealth  `json:"process"`
	Requests RequestHealth  `json:"requests"`
	Cache    CacheHealth    `json:"cache"`
	Sources  []SourceHealth `json:"sources"`
	Upkeep
}

// HealthFinding is something that an operator should know. Detail is what the program said of it.
type HealthFinding struct {
	Level  string `json:"level"` // degraded or failing
	Code   string `json:"code"`
	Ko     string `json:"ko"`
	En     string `json:"en"`
	Detail string `json:"detail,omitempty"`
}

// DataHealth is what answers are made of.
type DataHealth struct {
	Revision   string    `json:"revision"`
	RecordedAt time.Time `json:"recorded_at,omitzero"` // the newest entry of the ledger
	AgeSeconds float64   `json:"age_seconds"`
	Index      string    `json:"index"`
	Documents  uint64    `json:"documents"`
	Reports    int       `json:"reports"`
	Generation int64     `json:"generation,omitempty"` // shown, where it is from a bucket
	ReachedAt  time.Time `json:"bucket_reached_at,omitzero"`
}

// ProcessHealth is what the process takes. What the system does not tell is 0.
type ProcessHealth struct {
	ResidentBytes float64 `json:"resident_bytes"`
	HeapBytes     float64 `json:"heap_bytes"`
	Goroutines    float64 `json:"goroutines"`
	OpenFiles     float64 `json:"open_files"`
	MaxFiles      float64 `json:"max_files"`
}

// RequestHealth counts since the start. Quantiles are upper ends of the histogram's buckets, in seconds.
type RequestHealth struct {
	Answered       float64 `json:"answered"`
	Failed         float64 `json:"failed"` // 5xx other than 503
	Shed           float64 `json:"shed"`   // 503
	RateLimited    float64 `json:"rate_limited"`
	LimitedClients int     `json:"limited_clients"` // that have nothing left of their share now
	P50            float64 `json:"p50_seconds"`
	P95            float64 `json:"p95_seconds"`
	P99            float64 `json:"p99_seconds"`
}

// CacheHealth is how full the cache of answers is.
type CacheHealth struct {
	Answers int     `json:"answers"`
	Bytes   int     `json:"bytes"`
	Limit   int     `json:"limit_bytes"`
	Hits    float64 `json:"hits"`
	Misses  float64 `json:"misses"`
}

// SourceHealth is how taking in a source goes.
type SourceHealth struct {
	Source    string    `json:"source"`
	LastRun   time.Time `json:"last_run,omitzero"`
	LastOK    time.Time `json:"last_success,omitzero"`
	Result    string    `json:"result,omitempty"`
	Error     string    `json:"error,omitempty"`
	SetAside  int       `json:"quarantined"`
	Succeeded bool      `json:"succeeded"`
}

// Levels of findings, and of the whole.
const (
	healthWell     = "well"
	healthDegraded = "degraded"
	healthFailing  = "failing"
)

func (h *Health) find(level, code, detail string, args ...any) {
	key := "health.fault." + code
	h.Findings = append(h.Findings, HealthFinding{level, code, say("ko", key, args...), say("en", key, args...), detail})
	if h.Status != healthFailing {
		h.Status = level
	}
}

// clockSlack is how far the newest entry may be ahead of this machine's clock: clocks of two machines differ by less.
const clockSlack = time.Minute

// health looks at everything once. What can't be asked is a finding, never a failure.
func (s *Server) health(ctx context.Context) Health {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	now := time.Now()
	h := Health{Status: healthWell, Findings: []HealthFinding{}, Sources: []SourceHealth{}, At: now.UTC(), Version: s.cfg.Version,
		StartedAt: s.started.UTC(), UptimeSeconds: now.Sub(s.started).Seconds()}
	s.dataHealth(ctx, &h, now)
	s.upkeepHealth(ctx, &h)
	s.sourceHealth(ctx, &h)
	s.countsHealth(&h, now)
	return h
}

func (s *Server) dataHealth(ctx context.Context, h *Health, now time.Time) {
	state, err := s.cfg.Ledger.State(ctx)
	switch {
	case errors.Is(err, metrics.ErrDenied):
		h.find(healthFailing, "denied", err.Error())
	case err != nil:
		h.find(healthFailing, "ledger", err.Error())
	}
	d := &h.Data
	d.Revision = query.ShortRevision(state.ID)
	if !state.RecordedAt.IsZero() {
		d.RecordedAt, d.AgeSeconds = state.RecordedAt.UTC(), now.Sub(state.RecordedAt).Seconds()
		if state.RecordedAt.After(now.Add(clockSlack)) {
			h.find(healthDegraded, "clock", state.RecordedAt.UTC().Format(time.RFC3339))
		}
	}
	d.Index, d.Documents, d.Reports = s.cfg.Index.Generation(), uint64(s.cfg.Index.Documents()), len(s.cfg.Library.Reports())
	if d.Index == "" && d.Reports > 0 {
		h.find(healthFailing, "index", "")
	}
	if s.cfg.Generations == nil {
		return
	}
	_, complete, fault := s.cfg.Generations.state()
	d.Generation, d.ReachedAt = complete, s.cfg.Generations.lastReached().UTC()
	switch {
	case complete == 0:
		h.find(healthFailing, "generation", "")
	case fault != nil:
		h.find(healthDegraded, "bucket", fault.Error())
	}
}

func (s *Server) upkeepHealth(ctx context.Context, h *Health) {
	if s.cfg.Upkeep == nil {
		return
	}
	var err error
	if h.Upkeep, err = s.cfg.Upkeep(ctx); err != nil {
		h.find(healthDegraded, "upkeep", err.Error())
	}
	if p := h.Spool; p != nil {
		if p.Denied {
			h.find(healthDegraded, "denied", p.Fault)
		}
		if p.Waiting > 0 {
			h.find(healthDegraded, "spool", p.Fault, p.Waiting)
		}
		if p.Rejected > 0 {
			h.find(healthDegraded, "rejected", "", p.Rejected)
		}
	}
	if p := h.Publishing; p != nil && p.Failures > 0 {
		h.find(healthDegraded, "publish", p.Fault, p.Failures)
	}
}

// runsRead is how many runs are looked through for the last of each source and the last that succeeded.
const runsRead = 500

func (s *Server) sourceHealth(ctx context.Context, h *Health) {
	if s.cfg.Ingests == nil {
		return
	}
	sources, err := s.cfg.Ingests.Sources(ctx)
	runs, failed := s.cfg.Ingests.Runs(ctx, runsRead)
	if err := errors.Join(err, failed); err != nil {
		h.find(healthDegraded, "upkeep", err.Error())
		return
	}
	at := map[string]int{}
	of := func(name string) *SourceHealth {
		if _, ok := at[name]; !ok {
			at[name] = len(h.Sources)
			h.Sources = append(h.Sources, SourceHealth{Source: name})
		}
		return &h.Sources[at[name]]
	}
	for _, x := range sources {
		of(x.Source).SetAside = x.Quarantined
	}
	for _, r := range runs { // the newest first
		x := of(r.Source)
		ok := r.Error == ""
		if x.LastRun.IsZero() {
			x.LastRun, x.Result, x.Error, x.Succeeded = r.FinishedAt.UTC(), r.Result, r.Error, ok
		}
		if ok && x.LastOK.IsZero() {
			x.LastOK = r.FinishedAt.UTC()
		}
	}
	for _, x := range h.Sources {
		if !x.LastRun.IsZero() && !x.Succeeded {
			h.find(healthDegraded, "source", x.Error, x.Source)
		}
	}
}
