package client_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"github.com/scalebook/scalebook/client"
)

const revisionHeader = "Scalebook-Revision"

// TestRevisionOnlyGrows asks two servers in turn, each of which is ahead of the other in one respect.
func TestRevisionOnlyGrows(t *testing.T) {
	var asked []string
	at := func(revision string) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.Header.Get(revisionHeader))
			w.Header().Set(revisionHeader, revision)
			_, _ = w.Write([]byte(`{"metrics":[]}`))
		}))
		t.Cleanup(s.Close)
		return s
	}
	one, other, broken := at("generation=3, ledger=5"), at("generation=2, ledger=9, later=1"), at("generation=x, =7, ledger=-1, ,")
	c := newClient(t, client.Config{HTTP: &http.Client{Transport: &inTurn{one.URL, other.URL, broken.URL, one.URL}}})
	for range 4 {
		if _, err := c.Metrics(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"", "generation=3, ledger=5", "generation=3, later=1, ledger=9", "generation=3, later=1, ledger=9"}
	if !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
}

// TestBehind asks scalebook's own server after one that had newer data: it refuses, and is asked once more for what it has.
func TestBehind(t *testing.T) {
	ahead := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(revisionHeader, "generation=0, ledger=9000000000000000000")
		_, _ = w.Write([]byte(`{"metrics":[]}`))
	}))
	defer ahead.Close()
	for name, test := range map[string]struct {
		attempts int
		turns    inTurn
		works    bool
	}{
		"asked again": {2, inTurn{ahead.URL, address, address}, true},
		"no retry":    {1, inTurn{ahead.URL, address}, false},
	} {
		t.Run(name, func(t *testing.T) {
			turns := test.turns
			c := newClient(t, client.Config{HTTP: &http.Client{Transport: &turns}, Attempts: test.attempts})
			if _, err := c.Metrics(t.Context()); err != nil {
				t.Fatal(err)
			}
			found, err := c.Metrics(t.Context())
			if (err == nil) != test.works || !test.works && !errors.Is(err, client.ErrBusy) {
				t.Fatalf("got %v", err)
			}
			if test.works && len(found.Metrics) == 0 {
				t.Error("the answer is empty")
			}
			if len(turns) != 0 {
				t.Errorf("%d requests fewer than expected", len(turns))
			}
			turns = inTurn{address}
			if _, err := c.Metrics(t.Context()); err != nil {
				t.Errorf("the revision is not forgotten: %v", err)
			}
		})
	}
}

// inTurn is a transport that sends each request to the next of some servers, as a balancer does.
type inTurn []string

func (s *inTurn) RoundTrip(req *http.Request) (*http.Response, error) {
	if len(*s) == 0 {
		return nil, errors.New("one request more than expected")
	}
	to, err := url.Parse((*s)[0])
	if err != nil {
		return nil, err
	}
	*s = (*s)[1:]
	req = req.Clone(req.Context())
	req.URL.Host, req.Host = to.Host, ""
	return http.DefaultTransport.RoundTrip(req)
}
