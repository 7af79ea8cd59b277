package csvfile_test

import (
	"testing"

	"github.com/scalebook/scalebook/ingest/csvfile"
	"github.com/scalebook/scalebook/ingest/ingesttest"
)

func TestGolden(t *testing.T) { ingesttest.Golden(t, csvfile.Connector{}) }

func TestLayouts(t *testing.T) { ingesttest.Layouts(t, csvfile.Connector{}) }

func TestForms(t *testing.T) { ingesttest.Forms(t, csvfile.Connector{}, "testdata/upstream") }

func FuzzRead(f *testing.F) { ingesttest.Fuzz(f, csvfile.Connector{}, "figures.csv") }
