package lmarena_test

import (
	"testing"

	"github.com/scalebook/scalebook/ingest/ingesttest"
	"github.com/scalebook/scalebook/ingest/lmarena"
)

func TestGolden(t *testing.T) { ingesttest.Golden(t, lmarena.Connector{}) }

func TestLayouts(t *testing.T) { ingesttest.Layouts(t, lmarena.Connector{}) }

func TestForms(t *testing.T) { ingesttest.Forms(t, lmarena.Connector{}, "testdata/upstream") }

func FuzzRead(f *testing.F) { ingesttest.Fuzz(f, lmarena.Connector{}, "lmarena_text.csv") }

func TestUpstream(t *testing.T) {
	ingesttest.Accounts(t, lmarena.Connector{}, "lmarena")
}
