// Package client asks a scalebook server from Go.
//
// Answers have the types of packages query and search/hits, which is what the server marshals: nothing is lost on the
// way, and an answer that is marshalled again is the server's to the byte. Methods have the names and parameters of
// [query.Engine], so that code which takes a small interface can ask a server or a ledger of its own.
//
//	c, err := client.New(client.Config{BaseURL: "https://scalebook.example"})
//	…
//	t, err := c.Trend(ctx, query.TrendParams{Filter: query.Filter{Metric: "gpqa-diamond"}})
//	fmt.Println(t.Answer.En, t.Citation.Text.En)
//
// A client keeps answers with their entity tags, so that asking again costs a round trip without a body; it waits and asks
// again where the server says 429 or 503; and it returns refusals as [*Error]. Of several servers behind one address it
// takes no answer older than one it has had, unless a server that is asked does not get that far: then it is asked for what
// it has.
package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config wires a [Client]. BaseURL is all that is needed.
type Config struct {
	BaseURL string       // scheme and host of a server, such as https://scalebook.example, with the path it is mounted on if any
	HTTP    *http.Client // one with a timeout of 30 seconds if nil
	Token   string       // API token, for reports that are not public and for starting an ingest
	Lang    string       // language of errors, ko or en; the server's choice if empty

	Attempts  int           // at most this often for one answer; 4 if zero, 1 is no retry
	MaxWait   time.Duration // a server that asks for a longer wait than this is not waited for; 30 seconds if zero
	CacheSize int           // bytes of answers kept; 16 MiB if zero, none if negative
	UserAgent string        // "scalebook-client" if empty
}

// Client asks one server. It is safe for concurrent use.
type Client struct {
	cfg  Config
	base string
	kept *cache
	seen revision
}

// New returns a client. It fails where BaseURL is not an absolute http or https address; it does not ask the server.
func New(cfg Config) (*Client, error) {
	base, err := url.Parse(cfg.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("server %q: %w", cfg.BaseURL, err)
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("server %q: an address such as https://scalebook.example is needed", cfg.BaseURL)
	}
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{Timeout: 30 * time.Second}
	}
	cfg.Attempts = max(1, cmp.Or(cfg.Attempts, 4))
	cfg.MaxWait = cmp.Or(cfg.MaxWait, 30*time.Second)
	cfg.CacheSize = cmp.Or(cfg.CacheSize, 16<<20)
	cfg.UserAgent = cmp.Or(cfg.UserAgent, "scalebook-client")
	return &Client{cfg: cfg, base: strings.TrimSuffix(cfg.BaseURL, "/"), kept: newCache(cfg.CacheSize)}, nil
}

// maxAnswer bounds the bytes that are read of one answer.
const maxAnswer = 256 << 20

// get asks a path below /api/v1 and reads its JSON into answer.
func (c *Client) get(ctx context.Context, path string, params url.Values, answer any) error {
	body, err := c.Get(ctx, path, params)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.address(path, params), err)
	}
	return nil
}

// Get returns the body of a path below /api/v1, such as /trend, /series.csv or /frontier.parquet. The caller must not
// change it.
func (c *Client) Get(ctx context.Context, path string, params url.Values) ([]byte, error) {
	address := c.address(path, params)
	known, hasKnown := c.kept.get(address)
	header := http.Header{}
	if hasKnown {
		header.Set("If-None-Match", known.etag)
	}
	res, body, err := c.do(ctx, http.MethodGet, address, header, nil)
	if err != nil {
		return nil, err
	}
	if res.StatusCode == http.StatusNotModified && hasKnown {
		return known.body, nil
	}
	if etag := res.Header.Get("ETag"); etag != "" {
		c.kept.put(address, keptAnswer{etag: etag, body: body})
	}
	return body, nil
}

func (c *Client) address(path string, params url.Values) string {
	address := c.base + "/api/v1" + path
	if len(params) > 0 {
		address += "?" + params.Encode()
	}
	return address
}

// do asks until there is an answer, a refusal that waiting would not mend, or no attempt left.
func (c *Client) do(ctx context.Context, method, address string, header http.Header, content []byte) (*http.Response, []byte, error) {
	forgot := false
	for attempt := 1; ; attempt++ {
		res, body, err := c.once(ctx, method, address, header, content)
		var refusal *Error
		behind := errors.As(err, &refusal) && refusal.behind() && !forgot
		if behind {
			c.seen.forget()
			forgot = true
		}
		if err == nil || attempt >= c.cfg.Attempts || refusal == nil || !refusal.Temporary() {
			return res, body, err
		}
		if behind {
			continue // it has waited for the data itself
		}
		wait := refusal.RetryAfter
		if wait <= 0 {
			wait = 250 * time.Millisecond << (attempt - 1)
		}
		if wait > c.cfg.MaxWait {
			return nil, nil, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, nil, errors.Join(ctx.Err(), err)
		case <-timer.C:
		}
	}
}

func (c *Client) once(ctx context.Context, method, address string, header http.Header, content []byte) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(content))
	if err != nil {
		return nil, nil, err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	if c.cfg.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.cfg.Token)
	}
	if c.cfg.Lang != "" {
		req.Header.Set("Accept-Language", c.cfg.Lang)
	}
	if seen := c.seen.String(); seen != "" {
		req.Header.Set(revisionHeader, seen)
	}
	res, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("read %s: %w", address, err)
	case len(body) > maxAnswer:
		return nil, nil, fmt.Errorf("read %s: more than %d bytes", address, maxAnswer)
	case res.StatusCode >= 400:
		return nil, nil, readError(address, res, body)
	}
	c.seen.saw(res.Header.Get(revisionHeader))
	return res, body, nil
}
