package client_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"testing"

	"github.com/scalebook/scalebook/chart"
	"github.com/scalebook/scalebook/client"
	"github.com/scalebook/scalebook/server"
	"github.com/scalebook/scalebook/server/servertest"
	"github.com/scalebook/scalebook/templates"
)

// address is where a server of the bundled content listens, for tests and examples.
var address string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dir, err := os.MkdirTemp("", "client")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	bundled, err := servertest.Open(dir)
	if err != nil {
		return fail(err)
	}
	pages, err := templates.New(templates.Config{ChartCSS: chart.CSS()})
	if err != nil {
		return fail(err)
	}
	s, err := server.New(server.Config{Ledger: bundled.Ledger, Library: bundled.Library, Index: bundled.Index, Glossary: bundled.Glossary,
		Templates: pages, Version: "test", Tokens: server.Token("secret")})
	if err != nil {
		return fail(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fail(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() { _ = s.Serve(ctx, listener) }() // ends with the process
	address = "http://" + listener.Addr().String()
	return m.Run()
}

func newClient(t *testing.T, cfg client.Config) *client.Client {
	t.Helper()
	if cfg.BaseURL == "" {
		cfg.BaseURL = address
	}
	c, err := client.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
