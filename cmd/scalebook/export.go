package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/scalebook/scalebook/query"
	"github.com/scalebook/scalebook/server"
)

func (p Program) exportCommand(s *settings) *cobra.Command {
	var format, all, site, live, address string
	cmd := &cobra.Command{
		Use:   "export METRIC…",
		Short: "Write the observations of metrics",
		Example: `  scalebook export --format csv gpqa-diamond swe-bench-verified > scores.csv
  scalebook export --format json cpu-transistors
  scalebook export --format parquet cpu-transistors > transistors.parquet
  scalebook export --server https://scalebook.example gpqa-diamond
  scalebook export --all scalebook.zip
  scalebook export --site copy            # a static copy of pages, charts and data that searches in the browser`,
		Args: func(cmd *cobra.Command, args []string) error {
			if site != "" || all != "" {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.MinimumNArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if site != "" {
				return p.writeSite(cmd.Context(), s, site, live)
			}
			if all != "" {
				return p.writePackage(cmd.Context(), s, all)
			}
			measured, done, err := p.measurements(cmd.Context(), s, address)
			if err != nil {
				return err
			}
			defer done()
			return p.exportSeries(cmd.Context(), measured, format, args)
		},
	}
	p.serverFlag(cmd, &address)
	cmd.Flags().StringVar(&all, "all", "", "write a data package (datapackage.json and CSV) of everything into this folder or .zip file")
	cmd.Flags().StringVar(&site, "site", "", "write a static copy of all pages into this folder")
	cmd.Flags().StringVar(&live, "live", "", "with --site: scheme and host of the server, for what only it can answer")
	cmd.Flags().StringVar(&format, "format", "csv", "csv, json or parquet")
	return cmd
}

// exportSeries writes the observations of metrics as one table, or as JSON, one answer per metric.
func (p Program) exportSeries(ctx context.Context, measured measurements, format string, ids []string) error {
	if format != "csv" && format != "json" && format != "parquet" {
		return fmt.Errorf("%w: --format is csv, json or parquet, not %q", errUsage, format)
	}
	var table query.Table
	all := []query.Series{}
	for _, id := range ids {
		series, err := measured.Series(ctx, query.Filter{Metric: id})
		if err != nil {
			return err
		}
		t := series.Table()
		table.Header, table.Rows = t.Header, append(table.Rows, t.Rows...)
		all = append(all, series)
	}
	switch format {
	case "json":
		return json.NewEncoder(p.Stdout).Encode(all)
	case "parquet":
		file, err := server.Parquet(table)
		if err != nil {
			return err
		}
		_, err = p.Stdout.Write(file)
		return err
	}
	_, err := p.Stdout.Write(table.CSV())
	return err
}
