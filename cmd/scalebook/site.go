package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/scalebook/scalebook/mirror"
	"github.com/scalebook/scalebook/server"
)

// writeSite writes a static copy of everything that a reader without the token is shown.
func (p Program) writeSite(ctx context.Context, s *settings, dir, live string) error {
	w, err := openWorkspace(ctx, s)
	if err != nil {
		return err
	}
	defer w.Close()
	index, pages, err := p.openPages(ctx, w)
	if err != nil {
		return err
	}
	defer index.Close()
	srv, err := server.New(server.Config{Ledger: w.ledger, Library: w.library, Index: index, Glossary: w.glossary, Templates: pages, Version: version()})
	if err != nil {
		return err
	}
	summary, err := mirror.Write(ctx, mirror.Config{Dir: dir, Live: live, Get: askDirectly(srv), Progress: p.countTo("files")})
	if err != nil {
		return err
	}
	for _, dead := range summary.Dead {
		fmt.Fprintln(p.Stderr, "scalebook: a link leads nowhere:", dead)
	}
	fmt.Fprintf(p.Stdout, "%d pages and %d other files, %.1f MB, in %s\n", summary.Pages, summary.Files, float64(summary.Bytes)/1e6, dir)
	return nil
}

// askDirectly asks a server in this process, without a network.
func askDirectly(srv *server.Server) mirror.Get {
	return func(ctx context.Context, address, lang string) (mirror.Answer, error) {
		request := httptest.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		request.Header.Set("Accept-Language", lang)
		response, err := srv.App().Test(request, -1)
		if err != nil {
			return mirror.Answer{}, err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return mirror.Answer{Status: response.StatusCode, Type: response.Header.Get("Content-Type"), Body: body}, err
	}
}

// countTo reports progress: in place on a terminal, else every thousand.
func (p Program) countTo(what string) func(int) {
	redraws := terminal(p.Stderr)
	return func(n int) {
		switch {
		case redraws:
			fmt.Fprintf(p.Stderr, "\r%d %s", n, what)
		case n%1000 == 0:
			fmt.Fprintf(p.Stderr, "%d %s\n", n, what)
		}
	}
}
