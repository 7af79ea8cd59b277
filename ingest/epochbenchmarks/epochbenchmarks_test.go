package epochbenchmarks_test

import (
	"testing"

	"github.com/scalebook/scalebook/ingest/epochbenchmarks"
	"github.com/scalebook/scalebook/ingest/ingesttest"
)

func TestGolden(t *testing.T) { ingesttest.Golden(t, epochbenchmarks.Connector{}) }

func TestLayouts(t *testing.T) { ingesttest.Layouts(t, epochbenchmarks.Connector{}) }

func TestForms(t *testing.T) { ingesttest.Forms(t, epochbenchmarks.Connector{}, "testdata/upstream") }

func FuzzRead(f *testing.F) { ingesttest.Fuzz(f, epochbenchmarks.Connector{}, "benchmarks_runs.csv") }
