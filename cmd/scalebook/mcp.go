package main

import (
	"errors"
	"io"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"github.com/scalebook/scalebook/mcp"
	"github.com/scalebook/scalebook/query"
)

func (p Program) mcpCommand(s *settings) *cobra.Command {
	var publicURL string
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Answer an assistant over the Model Context Protocol, on stdin and stdout",
		Example: `  scalebook mcp --data /var/lib/scalebook
  scalebook mcp --public-url https://scalebook.example`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := openWorkspace(cmd.Context(), s)
			if err != nil {
				return err
			}
			defer w.Close()
			if err := w.recognize(cmd.Context()); err != nil {
				return err
			}
			index, err := p.openIndex(cmd.Context(), w)
			if err != nil {
				return err
			}
			defer index.Close()
			tools := mcp.New(mcp.Config{Engine: query.New(query.Config{Ledger: w.ledger}), Index: index, Library: w.library, PublicURL: publicURL, Version: version()})
			err = tools.Run(cmd.Context(), &sdk.IOTransport{Reader: io.NopCloser(cmd.InOrStdin()), Writer: leftOpen{cmd.OutOrStdout()}})
			if errors.Is(err, io.EOF) {
				return nil // the assistant hung up
			}
			return err
		},
	}
	cmd.Flags().StringVar(&publicURL, "public-url", p.env("PUBLIC_URL", ""), "put before addresses in citations")
	return cmd
}

// leftOpen keeps a session's end from closing the program's output.
type leftOpen struct{ io.Writer }

func (leftOpen) Close() error { return nil }
