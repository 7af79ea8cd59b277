package mcp

import (
	"net/http"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// NewHandler returns the same server over HTTP, by the Streamable HTTP transport. Every request stands alone: there are no
// sessions to keep, answers are single JSON documents, and a GET, which would wait for messages that never come, is
// refused with 405. Limits, and the check of where a request comes from, are left to whoever mounts it.
func NewHandler(cfg Config) http.Handler {
	server := New(cfg)
	return sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return server },
		&sdk.StreamableHTTPOptions{Stateless: true, JSONResponse: true, DisableLocalhostProtection: true})
}
