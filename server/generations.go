package server

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Generations is how far a server is that takes its library and index from a bucket; nil is one that doesn't. Between Begin and Complete of a generation
// an answer may be made of parts of it.
type Generations struct {
	wanted chan struct{}

	mu       sync.Mutex
	begun    int64
	complete int64
	changed  chan struct{} // closed and replaced when complete grows
	fault    error
	reached  time.Time // when the bucket last answered
}

// NewGenerations starts from a generation that is shown as a whole; 0 is none.
func NewGenerations(number int64) *Generations {
	return &Generations{wanted: make(chan struct{}, 1), begun: number, complete: number, changed: make(chan struct{})}
}

// Begin says that parts of a generation may show from now on.
func (g *Generations) Begin(number int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begun = max(g.begun, number)
}

// Complete says that nothing older than a generation shows any more.
func (g *Generations) Complete(number int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if number > g.complete {
		g.complete = number
		close(g.changed)
		g.changed = make(chan struct{})
	}
}

// Asked reports how a look into the bucket went; nil is well.
func (g *Generations) Asked(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fault = err; err == nil {
		g.reached = time.Now()
	}
}

// Wanted receives when a request waits for a newer generation.
func (g *Generations) Wanted() <-chan struct{} { return g.wanted }

// want asks for a look into the bucket.
func (g *Generations) want() {
	if g == nil {
		return
	}
	select {
	case g.wanted <- struct{}{}:
	default: // somebody has asked
	}
}

// changes returns what is closed when there is a newer generation.
func (g *Generations) changes() <-chan struct{} {
	if g == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.changed
}

func (g *Generations) state() (begun, complete int64, fault error) {
	if g == nil {
		return 0, 0, nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.begun, g.complete, g.fault
}

// lastReached is when the bucket last answered and what it held was whole.
func (g *Generations) lastReached() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.reached
}

// register tells Prometheus what is shown and whether the bucket answers.
func (g *Generations) register(registry *prometheus.Registry) {
	registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "scalebook_generation", Help: "Generation of library and index that is shown."}, func() float64 {
			_, complete, _ := g.state()
			return float64(complete)
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "scalebook_bucket_reached_timestamp_seconds", Help: "When the bucket last answered and what it held was whole."}, func() float64 {
			reached := g.lastReached()
			if reached.IsZero() {
				return 0
			}
			return float64(reached.UnixMilli()) / 1000
		}),
	)
}
