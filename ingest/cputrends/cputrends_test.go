package cputrends_test

import (
	"testing"

	"github.com/scalebook/scalebook/ingest/cputrends"
	"github.com/scalebook/scalebook/ingest/ingesttest"
)

func TestGolden(t *testing.T) { ingesttest.Golden(t, cputrends.Connector{}) }

func TestLayouts(t *testing.T) { ingesttest.Layouts(t, cputrends.Connector{}) }

func TestForms(t *testing.T) { ingesttest.Forms(t, cputrends.Connector{}, "testdata/upstream") }

func FuzzRead(f *testing.F) { ingesttest.Fuzz(f, cputrends.Connector{}, "data/transistors.dat") }

func TestUpstream(t *testing.T) {
	ingesttest.Accounts(t, cputrends.Connector{}, "karlrupp")
}
