package lineprotocol_test

import (
	"testing"

	"github.com/scalebook/scalebook/ingest/ingesttest"
	"github.com/scalebook/scalebook/ingest/lineprotocol"
)

func TestGolden(t *testing.T) { ingesttest.Golden(t, lineprotocol.Connector{}) }

func TestLayouts(t *testing.T) { ingesttest.Layouts(t, lineprotocol.Connector{}) }

func TestForms(t *testing.T) { ingesttest.Forms(t, lineprotocol.Connector{}, "testdata/upstream") }

func FuzzRead(f *testing.F) { ingesttest.Fuzz(f, lineprotocol.Connector{}, "points.lp") }
