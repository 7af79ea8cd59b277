package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/scalebook/scalebook/generation"
	"github.com/scalebook/scalebook/server"
)

// openPublisher makes runs publish what they change; nil where no bucket is named. A data directory with nothing in it first takes over what
// the bucket has; one that somebody else has left behind is refused, before anything is ingested into it. The caller holds the lock.
func openPublisher(ctx context.Context, s *settings) (*publisher, error) {
	if s.bucket == "" {
		return nil, nil
	}
	bucket, err := generation.OpenBucket(ctx, s.bucket)
	if err != nil {
		return nil, err
	}
	cfg := generation.Config{Bucket: bucket, Dir: s.data}
	own := generation.NewPublisher(cfg)
	p := newPublisher(own.Publish, bucket)
	if isFresh(s.data) {
		if _, err := fetchOnce(ctx, generation.NewReader(cfg)); err != nil {
			return nil, errors.Join(err, bucket.Close())
		}
	}
	if err := own.Check(ctx); errors.Is(err, generation.ErrConflict) { // a bucket out of reach stops no ingest; the next run publishes
		return nil, errors.Join(err, bucket.Close())
	}
	return p, nil
}

// publisher is where a workspace's runs publish.
type publisher struct {
	publish func(context.Context) (int64, error)
	bucket  io.Closer
	again   chan struct{} // receives when a try has failed that is worth another

	mu     sync.Mutex
	health server.PublishHealth
}

func newPublisher(publish func(context.Context) (int64, error), bucket io.Closer) *publisher {
	return &publisher{publish: publish, bucket: bucket, again: make(chan struct{}, 1)}
}

// Between two tries to publish.
const (
	firstRetry   = 5 * time.Second
	longestRetry = 5 * time.Minute
)

// do publishes the data directory, if there is a bucket. The caller holds the lock of the data directory.
func (p *publisher) do(ctx context.Context) error {
	if p == nil {
		return nil
	}
	number, err := p.publish(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.health = server.PublishHealth{Generation: number, At: time.Now().UTC()}
		return nil
	}
	p.health.Failures++
	p.health.Fault, p.health.Next = oneLine(err.Error()), time.Time{}
	if !errors.Is(err, generation.ErrConflict) { // which trying again doesn't mend
		p.health.Next = time.Now().Add(pauseAfter(p.health.Failures)).UTC()
		select {
		case p.again <- struct{}{}:
		default: // somebody has said so
		}
	}
	return err
}

// pauseAfter doubles with every failure in a row.
func pauseAfter(failures int) time.Duration {
	return min(firstRetry<<min(failures-1, 10), longestRetry)
}

// state is how publishing goes.
func (p *publisher) state() server.PublishHealth {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.health
}

// keepTrying calls try whenever publishing has failed, until it succeeds or ctx ends.
func (p *publisher) keepTrying(ctx context.Context, try func(context.Context)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.again:
		}
		for failures := p.state().Failures; failures > 0; failures = p.state().Failures {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pauseAfter(failures)):
			}
			try(ctx)
			if p.state().Next.IsZero() {
				break // published, or not to be
			}
		}
	}
}

// republish publishes what an earlier process left, and tries again what could not be published, while the server runs.
func (i *ingests) republish(ctx context.Context, log *slog.Logger) {
	p := i.workspace.publish
	if p == nil {
		return
	}
	said := ""
	try := func(ctx context.Context) {
		err := i.publishOnce(ctx)
		if err != nil && err.Error() != said && ctx.Err() == nil {
			said = err.Error()
			log.Error("generation not published; it is tried again", "error", err)
		}
		if err == nil {
			said = ""
		}
	}
	try(ctx)
	p.keepTrying(ctx, try)
}

// publishOnce publishes, unless an ingest is under way, which does it when it ends.
func (i *ingests) publishOnce(ctx context.Context) error {
	if !i.running.TryLock() {
		return nil
	}
	defer i.running.Unlock()
	held, err := lock(i.workspace.dir)
	if err != nil {
		return nil // another process ingests
	}
	defer held.Close()
	return i.workspace.publish.do(ctx)
}

// Close implements [io.Closer].
func (p *publisher) Close() error {
	if p == nil {
		return nil
	}
	return p.bucket.Close()
}

// fetchOnce brings a data directory that nobody has open up to the bucket's current generation, and returns its number.
func fetchOnce(ctx context.Context, r *generation.Reader) (int64, error) {
	staged, err := r.Fetch(ctx)
	if err != nil {
		return 0, err
	}
	if staged == nil {
		return r.Number()
	}
	return staged.Number(), staged.Show()
}

// lookEvery is how soon a reader that nobody hurries finds a new generation.
const lookEvery = 2 * time.Second

// lookAtMost is how soon it looks again, whatever revisions requests want: a look may cost money.
const lookAtMost = 100 * time.Millisecond

// replica keeps the data directory of a reader like the bucket.
type replica struct {
	reader      *generation.Reader
	bucket      io.Closer
	generations *server.Generations
	staged      chan *generation.Staged // to whoever shows them
	shown       chan struct{}           // each is answered once it is shown
}

// openReplica fetches the current generation into a data directory of its own, which the caller has locked. Where the bucket can't be reached, what was
// fetched before is served.
func openReplica(ctx context.Context, s *settings, stderr io.Writer) (_ *replica, err error) {
	if s.metrics != "influx" {
		return nil, fmt.Errorf("%w: serve --bucket without --config is a reader, which takes its measurements from --metrics influx", errUsage)
	}
	bucket, err := generation.OpenBucket(ctx, s.bucket)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, bucket.Close())
		}
	}()
	r := &replica{reader: generation.NewReader(generation.Config{Bucket: bucket, Dir: s.data}), bucket: bucket,
		staged: make(chan *generation.Staged), shown: make(chan struct{}, 1)}
	before, err := r.reader.Number()
	if err != nil {
		return nil, err
	}
	if before == 0 && !isFresh(s.data) {
		return nil, fmt.Errorf("data directory %s: something was ingested into it; a reader needs one of its own", s.data)
	}
	first, cancel := context.WithTimeout(ctx, firstFetch)
	defer cancel()
	number, err := fetchOnce(first, r.reader)
	if err != nil && before == 0 {
		return nil, err
	}
	if err != nil {
		fmt.Fprintf(stderr, "scalebook: serving generation %d until the bucket has one that can be read: %v\n", before, err)
		number = before
	}
	r.generations = server.NewGenerations(number)
	r.generations.Asked(err)
	return r, nil
}

// firstFetch is how long a start waits for the bucket.
const firstFetch = 5 * time.Minute

// run looks for new generations, often and whenever a request wants one, and hands them on to be shown. A fault that lasts is logged once.
func (r *replica) run(ctx context.Context, log *slog.Logger) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	said := ""
	for {
		staged, err := r.reader.Fetch(ctx)
		if ctx.Err() != nil {
			return
		}
		r.generations.Asked(err)
		switch {
		case err == nil:
			said = ""
		case err.Error() != said:
			said = err.Error()
			log.Error("generation not fetched; the last good one is served", "error", err)
		}
		if staged != nil {
			select {
			case r.staged <- staged:
			case <-ctx.Done():
				return
			}
			select {
			case <-r.shown:
			case <-ctx.Done():
				return
			}
		}
		select {
		case <-time.After(lookAtMost):
		case <-ctx.Done():
			return
		}
		select {
		case <-ticker.C:
		case <-r.generations.Wanted():
		case <-ctx.Done():
			return
		}
	}
}

// next receives generations that are to be shown.
func (r *replica) next() <-chan *generation.Staged {
	if r == nil {
		return nil
	}
	return r.staged
}

// complete says that the library and the index are those on disk.
func (r *replica) complete(number int64) {
	if r != nil {
		r.generations.Complete(number)
	}
}

// show makes a staged generation the one on disk; the next reload makes it the one that answers.
func (r *replica) show(staged *generation.Staged) error {
	defer func() { r.shown <- struct{}{} }()
	r.generations.Begin(staged.Number())
	return staged.Show()
}

// Close implements [io.Closer].
func (r *replica) Close() error {
	if r == nil {
		return nil
	}
	return r.bucket.Close()
}

// openBucket opens the side of the bucket that a server is on: it publishes if it ingests, and reads if it doesn't.
func (p Program) openBucket(ctx context.Context, s *settings, ingests bool) (*replica, *publisher, error) {
	if s.bucket == "" {
		return nil, nil, nil
	}
	held, err := lock(s.data)
	if err != nil {
		return nil, nil, err
	}
	defer held.Close()
	if ingests {
		publish, err := openPublisher(ctx, s)
		return nil, publish, err
	}
	r, err := openReplica(ctx, s, p.Stderr)
	return r, nil, err
}
