package fetch

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// operatorAddress is the context key of the one address ("host:port") that the operator named and that may therefore be
// a private one.
type operatorAddress struct{}

// newHTTPClient returns a client that refuses, once a name is resolved and before a connection is made, every loopback,
// link-local, private or otherwise special address except the one the operator named.
func newHTTPClient() *http.Client {
	guarded := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		return checkPublic(address)
	}}
	named := &net.Dialer{Timeout: 10 * time.Second}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if allowed, _ := ctx.Value(operatorAddress{}).(string); strings.EqualFold(allowed, address) {
					return named.DialContext(ctx, network, address)
				}
				return guarded.DialContext(ctx, network, address)
			},
			TLSHandshakeTimeout:   10 * time.Second,
			ResponseHeaderTimeout: 20 * time.Second,
			MaxIdleConnsPerHost:   2,
			IdleConnTimeout:       30 * time.Second,
			// A kept connection was dialled for another request's context, so reuse would skip the check above.
			DisableKeepAlives: true,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) >= 5 {
				return errors.New("more than five redirects")
			}
			if s := req.URL.Scheme; s != "http" && s != "https" {
				return fmt.Errorf("redirect to %s: %w", Redact(req.URL.String()), ErrForbidden)
			}
			return nil
		},
	}
}

// checkPublic refuses an ip:port that is not on the public internet.
func checkPublic(address string) error {
	parsed, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%s: %w", address, ErrForbidden)
	}
	ip := parsed.Addr().Unmap()
	special := !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast()
	for _, reserved := range reservedPrefixes() {
		special = special || reserved.Contains(ip)
	}
	if special {
		return fmt.Errorf("%s was not named by the operator and is not a public address: %w", ip, ErrForbidden)
	}
	return nil
}

// reservedPrefixes are ranges that netip counts as global unicast but that lead into networks of one's own
// (RFC 6598, RFC 6890, RFC 6052: a NAT64 prefix wraps any IPv4 address).
func reservedPrefixes() [6]netip.Prefix {
	return [...]netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
		netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	}
}

// addressOf returns "host:port" as the transport dials it.
func addressOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// fetchURL downloads a file or archive, conditionally where a version is known.
func (f *Fetcher) fetchURL(ctx context.Context, location, known string) (*Fetched, error) {
	u, err := url.Parse(location)
	if err != nil {
		return nil, errors.New("not an address that can be read")
	}
	ctx, cancel := context.WithTimeout(ctx, f.cfg.Timeout)
	defer cancel()
	ctx = context.WithValue(ctx, operatorAddress{}, addressOf(u))
	for attempt := 0; ; attempt++ {
		fetched, err := f.download(ctx, u, known)
		var passing *passingError
		if err == nil || !errors.As(err, &passing) || attempt >= f.cfg.Retries {
			return fetched, err
		}
		wait := f.cfg.Backoff << attempt
		wait += rand.N(wait/2 + 1)
		wait = max(wait, passing.after)
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
			return nil, err
		}
		f.cfg.Logger.Info("retrying", "location", Redact(location), "wait", wait, "error", err)
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(wait):
		}
	}
}

// passingError marks a failure that may have passed when tried again.
type passingError struct {
	error
	after time.Duration
}

func (e *passingError) Unwrap() error { return e.error }

func (f *Fetcher) download(ctx context.Context, u *url.URL, known string) (*Fetched, error) {
	if err := f.hosts.wait(ctx, u.Host); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errors.New("not an address that can be read")
	}
	req.Header.Set("User-Agent", "scalebook (+https://github.com/scalebook/scalebook)")
	if etag, ok := strings.CutPrefix(known, "etag:"); ok {
		req.Header.Set("If-None-Match", etag)
	}
	if modified, ok := strings.CutPrefix(known, "modified:"); ok {
		req.Header.Set("If-Modified-Since", modified)
	}
	res, err := f.http.Do(req)
	if err != nil {
		return nil, networkError(err)
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusNotModified:
		return &Fetched{NotModified: true, Version: known}, nil
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500:
		return nil, &passingError{fmt.Errorf("the server answered %s", res.Status), retryAfter(res.Header)}
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the server answered %s", res.Status)
	}
	name := fileName(res)
	if isHTML(res) && !strings.HasSuffix(name, ".html") {
		return nil, errHTML
	}
	dir, err := os.MkdirTemp("", "scalebook-fetch-")
	if err != nil {
		return nil, err
	}
	remove := func() error { return os.RemoveAll(dir) }
	file := path.Join(dir, name)
	if err := f.save(file, res); err != nil {
		return nil, errors.Join(err, remove())
	}
	if page, err := looksLikeHTML(file); err != nil || page && !strings.HasSuffix(name, ".html") {
		return nil, errors.Join(cmp.Or(err, errHTML), remove())
	}
	fetched, err := f.fetchFile(file, name, known)
	if err != nil || fetched.NotModified {
		return fetched, errors.Join(err, remove())
	}
	if version := validator(res.Header); version != "" {
		fetched.Version = version
	}
	unpacked := fetched.cleanup
	fetched.cleanup = func() error {
		if unpacked != nil {
			return errors.Join(unpacked(), remove())
		}
		return remove()
	}
	return fetched, nil
}

func (f *Fetcher) save(file string, res *http.Response) error {
	if res.ContentLength > f.cfg.MaxBytes {
		return fmt.Errorf("%d bytes: %w (limit %d)", res.ContentLength, ErrTooLarge, f.cfg.MaxBytes)
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, io.LimitReader(res.Body, f.cfg.MaxBytes+1))
	err = errors.Join(networkError(err), out.Close())
	switch {
	case err != nil:
		return err
	case n > f.cfg.MaxBytes:
		return fmt.Errorf("more than %d bytes: %w", f.cfg.MaxBytes, ErrTooLarge)
	case res.ContentLength >= 0 && n < res.ContentLength:
		return &passingError{fmt.Errorf("the connection ended after %d of %d bytes", n, res.ContentLength), 0}
	}
	return nil
}

// networkError tells what can pass from what can't, and words time-outs plainly.
func networkError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("the server did not finish in time")
	case errors.Is(err, context.Canceled), errors.Is(err, ErrForbidden):
		return unwrapURL(err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &passingError{errors.New("the connection ended before the whole answer had come"), 0}
	}
	return &passingError{unwrapURL(err), 0}
}

// unwrapURL drops the address that net/http puts in front: Fetch names the location itself.
func unwrapURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func validator(h http.Header) string {
	if etag := h.Get("ETag"); etag != "" {
		return "etag:" + etag
	}
	if modified := h.Get("Last-Modified"); modified != "" {
		return "modified:" + modified
	}
	return ""
}

// fileName is the name the server gives the file, else the last element of the address it was found at.
func fileName(res *http.Response) string {
	_, params, _ := mime.ParseMediaType(res.Header.Get("Content-Disposition"))
	for _, name := range []string{params["filename"], res.Request.URL.Path} {
		base := path.Base(path.Clean("/" + strings.ReplaceAll(name, "\\", "/")))
		if base != "/" && base != "." && len(base) < 200 {
			return base
		}
	}
	return "download"
}

func isHTML(res *http.Response) bool {
	media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	return media == "text/html" || media == "application/xhtml+xml"
}

// errHTML is what becomes of a page where data was asked for: a login form, a notice of maintenance, a "not found" that says
// it is fine.
var errHTML = errors.New("the server answered with an HTML page instead of data")

// looksLikeHTML tells a page by how it begins, whatever the server calls it.
func looksLikeHTML(file string) (bool, error) {
	in, err := os.Open(file)
	if err != nil {
		return false, err
	}
	defer in.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	text := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf")), " \t\r\n")))
	return strings.HasPrefix(text, "<!doctype html") || strings.HasPrefix(text, "<html"), nil
}

func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(v); err == nil {
		return time.Duration(max(0, seconds)) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// Redact returns a location without a password and without query parameters, which often carry keys.
func Redact(location string) string {
	u, err := url.Parse(location)
	if scheme, rest, ok := strings.Cut(location, "://"); err != nil && ok { // no address, and a password in it is one all the same
		rest = rest[strings.LastIndexByte(rest, '@')+1:]
		return scheme + "://" + rest[:max(0, strings.IndexAny(rest+"?", "?#"))]
	}
	if err != nil || u.Host == "" {
		return location
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String()
}

// hostLimiter spaces requests to one host, so that a configuration with many files of one upstream stays polite.
type hostLimiter struct {
	mu   sync.Mutex
	next map[string]time.Time
}

const hostInterval = 200 * time.Millisecond

func newHostLimiter() *hostLimiter { return &hostLimiter{next: map[string]time.Time{}} }

func (l *hostLimiter) wait(ctx context.Context, host string) error {
	l.mu.Lock()
	now := time.Now()
	at := l.next[host]
	if at.Before(now) {
		at = now
	}
	l.next[host] = at.Add(hostInterval)
	l.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Until(at)):
		return nil
	}
}
