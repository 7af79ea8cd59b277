package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// healthCommand asks a running server whether it answers: for containers, whose image has nothing else to ask with.
func (p Program) healthCommand() *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:     "healthcheck",
		Short:   "Ask a running server whether it answers",
		Example: "  scalebook healthcheck --addr 127.0.0.1:8080",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, port, err := net.SplitHostPort(addr)
			if err != nil {
				return fmt.Errorf("%w: --addr: %w", errUsage, err)
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), 3*time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort("127.0.0.1", port)+"/api/v1/reports?limit=1", nil)
			if err != nil {
				return err
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				return fmt.Errorf("no answer on port %s: %w", port, plainNetError(err))
			}
			defer res.Body.Close()
			// A server that tells this machine to ask less often answers, too.
			if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusTooManyRequests {
				return fmt.Errorf("port %s answers %s", port, res.Status)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&addr, "addr", p.env("ADDR", "127.0.0.1:8080"), "address that the server listens on")
	return cmd
}
