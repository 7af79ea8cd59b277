package ingest_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/scalebook/scalebook/content/data"
	"github.com/scalebook/scalebook/ingest"
	"github.com/scalebook/scalebook/ingest/csvfile"
	"github.com/scalebook/scalebook/ingest/ingesttest"
)

func identity(t testing.TB) *ingest.Identity {
	t.Helper()
	id, err := ingest.NewIdentity(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func ExampleKebab() {
	fmt.Println(ingest.Kebab("GPT-3.5 Turbo"))
	fmt.Println(ingest.Kebab("Command R+ (08-2024)"))
	fmt.Println(ingest.Kebab("  하이퍼클로바 X "))
	// Output:
	// gpt-3-5-turbo
	// command-r-plus-08-2024
	// 하이퍼클로바-x
}

func FuzzKebab(f *testing.F) {
	f.Add("GPT-4o (May 2024)")
	f.Add("C++ +x ++")
	f.Add("각 ﬁ Ⅷ\u0301")
	f.Fuzz(func(t *testing.T, name string) {
		once := ingest.Kebab(name)
		if twice := ingest.Kebab(once); twice != once {
			t.Errorf("%q becomes %q, then %q", name, once, twice)
		}
		if strings.HasPrefix(once, "-") || strings.HasSuffix(once, "-") || strings.Contains(once, "--") {
			t.Errorf("%q becomes %q", name, once)
		}
	})
}

// Sources spell one model in many ways, and put how hard it thought into its name.
func TestModel(t *testing.T) {
	id := identity(t)
	for _, test := range []struct{ name, subject, effort string }{
		{"GPT-4o (May 2024)", "gpt-4o-2024-05-13", ""},
		{"gpt-4o-2024-05-13", "gpt-4o-2024-05-13", ""},
		{"o3 (high)", "o3", "high"},
		{"o3-mini-high", "o3-mini", "high"},
		{"claude-3-7-sonnet-20250219 (32k thinking tokens)", "claude-3-7-sonnet-20250219", "32k"},
		{"claude-3-7-sonnet-20250219 (no thinking)", "claude-3-7-sonnet-20250219", ""},
		{"Claude Opus 4 (thinking-16k)", "claude-opus-4", "16k"},
		{"gemini-2.5-flash-preview-05-20 (24k think)", "gemini-2-5-flash-preview-05-20", "24k"},
		{"DeepSeek-V3.2-Exp (Reasoner)", "deepseek-v3-2-exp", "thinking"},
		{"A model nobody knows-high", "a-model-nobody-knows-high", ""}, // perhaps its name
		{"A model nobody knows (high)", "a-model-nobody-knows", "high"},
		{"A model nobody knows (preview)", "a-model-nobody-knows-preview", ""},
	} {
		subject, _, effort := id.Model(test.name)
		if subject != test.subject || effort != test.effort {
			t.Errorf("%q is %s at %q, want %s at %q", test.name, subject, effort, test.subject, test.effort)
		}
	}
}

func TestSnapshot(t *testing.T) {
	for _, test := range []struct {
		id, family, date string
		ok               bool
	}{
		{"gpt-4o-2024-05-13", "gpt-4o", "2024-05-13", true},
		{"claude-3-5-sonnet-20241022", "claude-3-5-sonnet", "2024-10-22", true},
		{"gpt-4-0314", "", "", false},
		{"model-2024-13-01", "", "", false},
		{"model-2024-02-30", "model", "", false},
		{"2024-05-13", "", "", false},
	} {
		family, date, ok := ingest.Snapshot(test.id)
		if ok != test.ok || ok && (family != test.family || date.Format(time.DateOnly) != test.date) {
			t.Errorf("%s: %s, %s, %v", test.id, family, date, ok)
		}
	}
}

func TestCountryAndOrganization(t *testing.T) {
	for in, want := range map[string]string{
		"United States of America": "United States", "United States of America,United States of America": "United States",
		"United Kingdom of Great Britain and Northern Ireland": "United Kingdom", "Korea (Republic of)": "South Korea",
		"China,Singapore": "China", "France": "France", "": "",
	} {
		if got := ingest.Country(in); got != want {
			t.Errorf("country %q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"Nvidia": "NVIDIA", "Microsoft,Nvidia": "Microsoft and NVIDIA", "A, B ,C": "A, B and C", "Google,Google DeepMind": "Google",
		"01 AI": "01.AI", "Somebody New": "Somebody New", "": "",
	} {
		if got := ingest.Organization(in); got != want {
			t.Errorf("organization %q: %q, want %q", in, got, want)
		}
	}
}

// An operator's files come after the bundled ones and win.
func TestOperatorsIdentity(t *testing.T) {
	own := fstest.MapFS{
		"aliases.csv":  {Data: []byte("\ufeffkind,alias,subject\nmodel,My Model,gpt-4o\n,Everywhere,gpt-4o\n")},
		"subjects.csv": {Data: []byte("subject,name,kind,organization,country,access,released,family,aliases\ngpt-4o,My name for it,model,,,,2024-05,,Omni;옴니\n")},
	}
	id, err := ingest.NewIdentity(data.Files(), own)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"My Model", "my-model", "Everywhere", "omni", "옴니"} {
		if got := id.Resolve("model", name); got != "gpt-4o" {
			t.Errorf("%q is %s", name, got)
		}
	}
	if got := id.Resolve("chip", "My Model"); got != "my-model" {
		t.Errorf("a chip of that name is %s", got)
	}
	if s, _ := id.Subject("gpt-4o"); s.Name != "My name for it" {
		t.Errorf("named %s", s.Name)
	}
	for name, text := range map[string]string{
		"aliases.csv":  "kind,alias,subject\nmodel,,gpt-4o\n",
		"subjects.csv": "subject,name,released\nx,X,soon\n",
	} {
		_, err := ingest.NewIdentity(fstest.MapFS{name: {Data: []byte(text)}})
		if err == nil || !strings.Contains(err.Error(), name+" row 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnresolved(t *testing.T) {
	b := ingesttest.New(t, csvfile.Connector{})
	job, _ := write(t, header+"mmlu,GPT-4o (May 2024),2024-01-01,0.5,lab\nmmlu,New One,2024-01-01,0.5,lab\ngpqa-diamond,new-one,2024-01-01,0.5,lab\nmmlu,Another,2024-01-01,0.5,lab\n")
	b.Ingest(t, job)
	subjects, err := ingest.Subjects(t.Context(), b.Ledger)
	if err != nil {
		t.Fatal(err)
	}
	if len(subjects) != 3 {
		t.Errorf("subjects %v, want three", subjects)
	}
	if got := b.Config.Identity.Unresolved(subjects, 10); fmt.Sprint(got) != "[{new-one New One 2} {another Another 1}]" {
		t.Errorf("got %v", got)
	}
	if got := b.Config.Identity.Unresolved(subjects, 1); len(got) != 1 {
		t.Errorf("got %v, want one", got)
	}
}

func TestParseObservationTime(t *testing.T) {
	for in, want := range map[string]string{
		"2024-05-13": "2024-05-13T00:00:00Z", "2024-05": "2024-05-01T00:00:00Z", "1971": "1971-01-01T00:00:00Z",
		"1971.5": "1971-07-02T12:00:00Z", "2000.5": "2000-07-02T00:00:00Z", // a leap year is a day longer
		"2024-05-13T12:00:00+09:00": "2024-05-13T03:00:00Z",
	} {
		got, err := ingest.ParseObservationTime(in)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %s, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "yesterday", "2024-13-01", "24", "1971.x", "19.71", "2024-05-13 12:00"} {
		if got, err := ingest.ParseObservationTime(in); err == nil {
			t.Errorf("%q: %s", in, got)
		}
	}
}
