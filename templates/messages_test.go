package templates

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func templateFiles(t *testing.T) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil || len(names) < 10 {
		t.Fatalf("%d templates, %v", len(names), err)
	}
	return names
}

// TestMessageKeys finds what a branch of a template that no test executes would miss.
func TestMessageKeys(t *testing.T) {
	use := regexp.MustCompile(`\.T "([^"]+)"`)
	for _, name := range templateFiles(t) {
		body, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range use.FindAllSubmatch(body, -1) {
			if _, ok := messages[string(m[1])]; !ok {
				t.Errorf("%s: message %s is not in the catalogue", name, m[1])
			}
		}
	}
}

// TestMessagesFillAlike checks that both languages say something and take the same arguments.
func TestMessagesFillAlike(t *testing.T) {
	for key, m := range messages {
		if strings.TrimSpace(m.ko) == "" || strings.TrimSpace(m.en) == "" {
			t.Errorf("%s: a language is blank", key)
		}
		if ko, en := verbs(m.ko), verbs(m.en); !slices.Equal(ko, en) {
			t.Errorf("%s takes %v in Korean and %v in English", key, ko, en)
		}
	}
}

var verb = regexp.MustCompile(`%(\[(\d)\])?[+#.0-9]*([a-z%])`)

// verbs lists the arguments that a message takes, as number and verb, in order.
func verbs(s string) []string {
	var out []string
	n := 0
	for _, m := range verb.FindAllStringSubmatch(s, -1) {
		if m[3] == "%" {
			continue
		}
		n++
		if m[2] != "" {
			n = int(m[2][0] - '0')
		}
		out = append(out, fmt.Sprint(n, m[3]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestMessagesTone keeps to the wording rules of the interface.
func TestMessagesTone(t *testing.T) {
	ko := regexp.MustCompile(`당신|클릭|[!！]|하십시오|해주세요`)
	en := regexp.MustCompile(`(?i)\bplease\b|\bsimply\b|\bclick\b|!`)
	for key, m := range messages {
		if w := ko.FindString(m.ko); w != "" {
			t.Errorf("%s: Korean says %q", key, w)
		}
		if w := en.FindString(m.en); w != "" {
			t.Errorf("%s: English says %q", key, w)
		}
		if strings.Contains(m.en, "'") || strings.Contains(m.ko, "'") {
			t.Errorf("%s: a straight apostrophe", key)
		}
	}
}

func TestMessage(t *testing.T) {
	if got := Message("en", "report.minutes", 9); got != "9 min" {
		t.Errorf("got %q", got)
	}
	if got := Message("ko", "no.such.key"); got != "no.such.key" {
		t.Errorf("an unknown key is shown as %q", got)
	}
	if _, err := (Frame{}).T("no.such.key"); err == nil {
		t.Error("a template may use a key that the catalogue lacks")
	}
}
