package llmprices_test

import (
	"testing"

	"github.com/scalebook/scalebook/ingest/ingesttest"
	"github.com/scalebook/scalebook/ingest/llmprices"
)

func TestGolden(t *testing.T) { ingesttest.Golden(t, llmprices.Connector{}) }

func TestLayouts(t *testing.T) { ingesttest.Layouts(t, llmprices.Connector{}) }

func TestForms(t *testing.T) { ingesttest.Forms(t, llmprices.Connector{}, "testdata/upstream") }

func FuzzRead(f *testing.F) { ingesttest.Fuzz(f, llmprices.Connector{}, "openai.json") }

func TestUpstream(t *testing.T) {
	ingesttest.Accounts(t, llmprices.Connector{}, "llm-prices")
}
