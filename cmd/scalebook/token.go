package main

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/scalebook/scalebook/server"
	"github.com/scalebook/scalebook/token"
)

// tokenFile is where a data directory keeps its tokens.
func tokenFile(dir string) *token.File { return token.NewFile(filepath.Join(dir, "tokens.json")) }

// day is what lifetimes are given in.
const day = 24 * time.Hour

func (p Program) tokenCommand(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Make, list, replace and revoke the tokens that programs show to a server",
		Long: `A token lets a program start an ingest (scope ingest) or read full texts that are not public (scope read). The data
directory keeps its digest only: the token is printed once, when it is made. A running server sees every change at once.`,
		Example: `  scalebook token add --scope ingest nightly
  scalebook token list`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.tokenAddCommand(s), p.tokenListCommand(s), p.tokenRotateCommand(s), p.tokenRevokeCommand(s))
	return cmd
}

func (p Program) tokenAddCommand(s *settings) *cobra.Command {
	var (
		scopes []string
		days   int
	)
	cmd := &cobra.Command{
		Use:     "add NAME",
		Short:   "Make a token and print it",
		Example: "  scalebook token add --scope ingest --days 90 nightly",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if days < 0 {
				return fmt.Errorf("%w: --days is how many days the token is valid; 0 is for ever", errUsage)
			}
			secret, made, err := tokenFile(s.data).Add(args[0], scopes, time.Now(), time.Duration(days)*day)
			return p.showToken(secret, made, err)
		},
	}
	cmd.Flags().StringSliceVar(&scopes, "scope", nil, "what it allows: "+strings.Join(token.Scopes(), ", ")+"; may be repeated")
	cmd.Flags().IntVar(&days, "days", 365, "how many days it is valid; 0 is for ever")
	return cmd
}

func (p Program) tokenListCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List tokens: id, name, scopes and how long they are valid",
		Example: "  scalebook token list",
		Args:    exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			tokens, err := tokenFile(s.data).List()
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "ID\tNAME\tSCOPES\tMADE\tEXPIRES")
			for _, t := range tokens {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", t.ID, t.Name, strings.Join(t.Scopes, ","), t.Created.Format(time.DateOnly), expiry(t, time.Now()))
			}
			return table.Flush()
		},
	}
}

func (p Program) tokenRotateCommand(s *settings) *cobra.Command {
	var grace time.Duration
	cmd := &cobra.Command{
		Use:   "rotate ID",
		Short: "Make a token in place of another, which goes on for a while",
		Long: `Rotate makes and prints a token with the name, scopes and lifetime of another. The other is valid for the time of --grace, so
that whoever uses it can be given the new one without a gap.`,
		Example: "  scalebook token rotate --grace 24h abcdefgh",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if grace < 0 {
				return fmt.Errorf("%w: --grace is a time such as 24h", errUsage)
			}
			secret, made, err := tokenFile(s.data).Rotate(args[0], time.Now(), grace)
			return p.showToken(secret, made, err)
		},
	}
	cmd.Flags().DurationVar(&grace, "grace", day, "how long the old token is still valid")
	return cmd
}

func (p Program) tokenRevokeCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:     "revoke ID",
		Short:   "Make a token invalid at once",
		Example: "  scalebook token revoke abcdefgh",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return tokenFile(s.data).Revoke(args[0])
		},
	}
}

// exactly is [cobra.ExactArgs] whose error is one of usage, for commands that are not the root's own.
func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := cobra.ExactArgs(n)(cmd, args); err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		return nil
	}
}

// showToken prints a new token on stdout, alone, so that it can be piped to where it is kept, and what it is on stderr.
func (p Program) showToken(secret string, made token.Token, err error) error {
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Stderr, "token %s (%s) allows %s and expires %s; it can't be shown again\n",
		made.ID, made.Name, strings.Join(made.Scopes, ", "), expiry(made, made.Created))
	_, err = fmt.Fprintln(p.Stdout, secret)
	return err
}

func expiry(t token.Token, now time.Time) string {
	switch {
	case t.Expires.IsZero():
		return "never"
	case !t.Valid(now):
		return t.Expires.Format(time.DateOnly) + " (expired)"
	}
	return t.Expires.Format(time.DateOnly)
}

// tokens are what a server accepts: those of the data directory, and the one of the environment, which allows everything.
func (p Program) tokens(dir string, log *slog.Logger) server.Tokens {
	return acceptedTokens{server.Token(p.env("API_TOKEN", "")), tokenFile(dir), log}
}

type acceptedTokens struct {
	server.Token
	file *token.File
	log  *slog.Logger
}

// Scopes implements [server.Tokens]. A file that can't be read allows nothing.
func (a acceptedTokens) Scopes(secret string) (scopes []string, ok bool) {
	if scopes, ok := a.Token.Scopes(secret); ok {
		return scopes, ok
	}
	t, err := a.file.Verify(secret, time.Now())
	switch {
	case err == nil:
		return t.Scopes, true
	case !errors.Is(err, token.ErrRefused):
		a.log.Error("tokens can't be read, so none is accepted", "error", err)
	}
	return nil, false
}

// describeTokens tells of the tokens without telling them.
func describeTokens(dir string) (string, error) {
	tokens, err := tokenFile(dir).List()
	expired := 0
	for _, t := range tokens {
		if !t.Valid(time.Now()) {
			expired++
		}
	}
	return fmt.Sprintf("%d tokens, %d of them expired", len(tokens), expired), err
}
