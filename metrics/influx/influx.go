// Package influx keeps the ledger of measurements in InfluxDB 2, or in InfluxDB 1.8 with Flux enabled.
//
// A revision is a point: its measurement is the metric's kind, its tags metric, subject, setting, source and rev (the
// number of the revision), its time the observation's. InfluxDB has no transactions, so each append has a number that its
// points carry, and one further point, the ledger's state, says which numbers are done. Readers look at the state first
// and pass over points of later or unfinished appends: an append becomes visible as a whole, when the state is written,
// or never. Writing a point again changes nothing, so every write can be repeated after a failure.
//
// One process writes to a bucket at a time; any number read.
package influx

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"
	"github.com/influxdata/influxdb-client-go/v2/api"
	"golang.org/x/sync/errgroup"

	"github.com/scalebook/scalebook/metrics"
)

// Config says which bucket of which InfluxDB holds the ledger.
type Config struct {
	URL    string // http://host:8086
	Token  string // API token; "user:password" for InfluxDB 1.8
	Org    string // organisation; not used by InfluxDB 1.8
	Bucket string // created where missing; "database/retention-policy" or "database" for InfluxDB 1.8
	// RetryFor is how long a write is tried again while the server can't be reached, is overloaded or restarting. 0 means 30 s.
	RetryFor time.Duration
}

// Store is a [metrics.Ledger] in InfluxDB.
type Store struct {
	client   influxdb2.Client
	queries  api.QueryAPI
	writes   api.WriteAPIBlocking
	name     string // for errors: the address and the bucket
	bucket   string
	token    string
	retryFor time.Duration

	writing sync.Mutex    // held from reading the state to writing it
	reach   metrics.Reach // of the series, as of left; both under writing
	left    left
}

var _ metrics.Ledger = (*Store)(nil)

// dialTimeout bounds how long Open waits for a server that doesn't answer.
const dialTimeout = 10 * time.Second

// requestTimeout bounds one request; a query of a large metric takes seconds.
const requestTimeout = 2 * time.Minute

// Open connects and creates the bucket where it is missing. A server that can't be reached, that refuses the token or that
// has Flux disabled is [metrics.ErrUnavailable]. The token appears in no error.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	address, err := url.Parse(cfg.URL)
	switch {
	case err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https":
		return nil, fmt.Errorf("InfluxDB: the address is not http://HOST:PORT or https://HOST:PORT")
	case cfg.Bucket == "":
		return nil, fmt.Errorf("InfluxDB at %s: no bucket is named", address.Redacted())
	}
	bucket := cfg.Bucket
	shown := *address // for messages
	shown.RawQuery, shown.Fragment = "", ""
	options := influxdb2.DefaultOptions().SetHTTPClient(&http.Client{Timeout: requestTimeout}).SetApplicationName("scalebook")
	s := &Store{
		client: influxdb2.NewClientWithOptions(cfg.URL, cfg.Token, options),
		name:   fmt.Sprintf("InfluxDB at %s, bucket %s", shown.Redacted(), bucket),
		token:  cfg.Token, retryFor: cfg.RetryFor,
	}
	if s.retryFor == 0 {
		s.retryFor = 30 * time.Second
	}
	if err := s.dial(ctx, cfg, bucket); err != nil {
		s.client.Close()
		return nil, s.explain(ctx, "open", err)
	}
	return s, nil
}

// dial finds out what the server is, creates the bucket and reads the state, within dialTimeout.
func (s *Store) dial(parent context.Context, cfg Config, bucket string) error {
	ctx, cancel := context.WithTimeout(parent, dialTimeout)
	defer cancel()
	server := server{client: s.client, url: strings.TrimSuffix(cfg.URL, "/"), token: cfg.Token, org: cfg.Org}
	var err error
	if s.bucket, err = server.ensure(ctx, bucket); err == nil {
		s.queries = s.client.QueryAPI(cfg.Org)
		s.writes = s.client.WriteAPIBlocking(cfg.Org, s.bucket)
		_, err = s.snapshot(ctx)
	}
	if ctx.Err() != nil && parent.Err() == nil {
		return fmt.Errorf("no answer within %s", dialTimeout)
	}
	return err
}

// Close releases the connections.
func (s *Store) Close() error {
	s.client.Close()
	return nil
}

// linesPerWrite is how many points one request carries; InfluxData advises 5,000. requestsAtOnce are under way at a time, so
// that the server parses one while it syncs another.
const (
	linesPerWrite  = 5000
	requestsAtOnce = 4
)

// write sends points of the line protocol, many at a time, each until it is acknowledged. They may arrive in any order.
func (s *Store) write(ctx context.Context, lines []string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(requestsAtOnce)
	for part := range slices.Chunk(lines, linesPerWrite) {
		group.Go(func() error {
			batch := strings.Join(part, "\n")
			return s.retry(ctx, func() error { return s.writes.WriteRecord(ctx, batch) })
		})
	}
	return group.Wait()
}

// retry calls send until it succeeds, fails for good, or RetryFor is over. It waits twice as long each time, give or take,
// and as long as the server asks for.
func (s *Store) retry(ctx context.Context, send func() error) error {
	deadline := time.Now().Add(s.retryFor)
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := send()
		if err == nil {
			return nil
		}
		again, after := transient(err)
		pause := max(after, wait/2+rand.N(wait))
		if !again || ctx.Err() != nil || time.Now().Add(pause).After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
