package e2e

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scalebook/scalebook/metrics/influx/influxtest"
)

// TestReaders runs one ingester, a real InfluxDB, a bucket (a folder, or an S3-compatible server where `make s3` has built one) and three
// readers behind a balancer, under steady load. One reader is killed, one cut off from bucket and InfluxDB, and then each is restarted
// in turn. No request fails at the balancer, and no chain of requests goes back: neither by what answers say they were made
// from, nor by the version of report and measurement that is in them.
func TestReaders(t *testing.T) {
	if testing.Short() {
		t.Skip("half a minute of load on five processes")
	}
	f := newFleet(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f.ingest(t, 1)
	for range 3 {
		f.readers = append(f.readers, f.newReader(t))
	}
	for _, r := range f.readers {
		r.start(t)
	}
	lb := newBalancer(t, ctx, f.readers)

	var working sync.WaitGroup
	versions := 1
	ingesting, stop := context.WithCancel(ctx)
	working.Go(func() {
		for ingesting.Err() == nil {
			versions++
			f.ingest(t, versions)
			pause(ingesting, 2*time.Second)
		}
	})
	var asked atomic.Int64
	for i := range 6 {
		working.Go(func() {
			c := chain{base: lb.URL, random: rand.New(rand.NewPCG(7, uint64(i)))}
			for ingesting.Err() == nil {
				if err := c.ask(ctx); err != nil {
					t.Error(err)
					return
				}
				asked.Add(1)
				pause(ctx, 5*time.Millisecond)
			}
		})
	}

	pause(ctx, 2*time.Second)
	f.readers[0].kill(t)
	pause(ctx, 2*time.Second)
	f.readers[0].start(t)
	f.readers[1].cut(t, true)
	pause(ctx, 4*time.Second)
	f.readers[1].cut(t, false)
	pause(ctx, 2*time.Second)
	for _, r := range f.readers {
		r.stop(t)
		r.start(t)
		waitFor(t, r.ready.Load) // as a rollout does
		pause(ctx, time.Second)
	}
	waitFor(t, func() bool { return t.Failed() || asked.Load() >= 500 })
	stop()
	working.Wait()

	for i, r := range f.readers {
		waitFor(t, func() bool { return r.shows(t, versions) })
		t.Logf("reader %d answered %d requests", i, r.answered.Load())
		if t.Failed() {
			t.Logf("it said\n%s", r.said.String())
		}
	}
	t.Logf("%d versions were published, %d requests answered, %d of them after another reader was tried", versions, asked.Load(), lb.retried.Load())
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// fleet is an ingester, its stores, and the readers.
type fleet struct {
	dir, config, data string
	influx            *influxtest.Server
	database          string
	bucket            testBucket
	readers           []*reader
}

func newFleet(t *testing.T) *fleet {
	t.Helper()
	f := &fleet{dir: t.TempDir(), influx: influxtest.Start(t)}
	f.config, f.data, f.database = filepath.Join(f.dir, "sources.yaml"), filepath.Join(f.dir, "ingester"), f.influx.Database(t)
	f.bucket = newBucket(t)
	write(t, f.config, "- {name: scores, kind: csv, location: scores}\n- {name: essays, kind: reports, location: essays}\n")
	return f
}

// command runs the program against the fleet's stores, or what stands between.
func (f *fleet) command(influx, bucket string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = append(append(os.Environ(), f.bucket.env...), "SCALEBOOK_METRICS=influx", "SCALEBOOK_INFLUX_URL="+influx, "SCALEBOOK_INFLUX_TOKEN="+f.influx.Token,
		"SCALEBOOK_INFLUX_BUCKET="+f.database, "SCALEBOOK_BUCKET="+bucket)
	return cmd
}

// ingest publishes a version of a report and of a measurement.
func (f *fleet) ingest(t *testing.T, version int) {
	write(t, filepath.Join(f.dir, "scores", "scores.csv"), fmt.Sprintf("metric,subject,kind,time,value\nmmlu,counter,model,2024-01-01,0.%04d\n", version))
	for i := range 4 {
		write(t, filepath.Join(f.dir, "essays", fmt.Sprintf("2024010%d-essay-%d.md", i+1, i)), fmt.Sprintf("# Essay %d version%d.\n\nThis is version%d of the essay.\n", i, version, version))
	}
	out, err := f.command(f.influx.URL, f.bucket.url, "ingest", "--data", f.data, "--config", f.config).CombinedOutput()
	if err != nil {
		t.Errorf("ingest of version %d: %v\n%s", version, err, out)
	}
}

// chain is a client that sends with each request what the last answer was made from.
type chain struct {
	base     string
	random   *rand.Rand
	revision string
	mark     [2]int64       // generation and ledger of revision
	seen     map[string]int // newest version in an answer, by what was asked
}

var (
	revisionOf = regexp.MustCompile(`^generation=(\d+), ledger=(\d+)$`)
	versionOf  = map[string]*regexp.Regexp{
		"/api/v1/reports":                  regexp.MustCompile(`Essay \d version(\d+)\.`),
		"/reports":                         regexp.MustCompile(`Essay \d version(\d+)\.`),
		"/api/v1/reports/20240102-essay-1": regexp.MustCompile(`This is version(\d+) of`),
		"/api/v1/search?q=essay":           regexp.MustCompile(`Essay \d version(\d+)\.`),
		"/api/v1/series?metric=mmlu":       regexp.MustCompile(`"value": ?0\.(\d+)`),
	}
	paths = []string{"/api/v1/reports", "/reports", "/api/v1/reports/20240102-essay-1", "/api/v1/search?q=essay", "/api/v1/series?metric=mmlu"}
)

// ask makes one request. An answer that isn't 200, that is older than the last, or that has parts of several versions is an error.
func (c *chain) ask(ctx context.Context) error {
	path := paths[c.random.IntN(len(paths))]
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Scalebook-Revision", c.revision)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s with %s: %d %v %.300s", path, c.revision, res.StatusCode, err, body)
	}
	made := res.Header.Get("Scalebook-Revision")
	m := revisionOf.FindStringSubmatch(made)
	if m == nil {
		return fmt.Errorf("%s was made from %q", path, made)
	}
	for i, now := range []string{m[1], m[2]} {
		n, err := strconv.ParseInt(now, 10, 64)
		if err != nil || n < c.mark[i] {
			return fmt.Errorf("%s went back from %s to %s", path, c.revision, made)
		}
		c.mark[i] = n
	}
	c.revision = made
	return c.newer(path, body)
}

// newer holds what an answer says to what was said before: reports are in one generation, measurements in the ledger.
func (c *chain) newer(path string, body []byte) error {
	kind := "reports"
	if strings.Contains(path, "series") {
		kind = "measurements"
	} else if strings.Contains(path, "search") {
		kind = "index"
	}
	found := versionOf[path].FindAllSubmatch(body, -1)
	if len(found) == 0 {
		return fmt.Errorf("%s shows no version: %.300s", path, body)
	}
	for _, v := range found {
		text := string(v[1])
		if kind == "measurements" {
			text = (text + "0000")[:4] // 0.001 is version 10
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < c.seen[kind] {
			return fmt.Errorf("%s shows version %s after %d", path, v[1], c.seen[kind])
		}
		if c.seen == nil {
			c.seen = map[string]int{}
		}
		c.seen[kind] = n
	}
	return nil
}
