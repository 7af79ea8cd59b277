package content

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"gopkg.in/yaml.v3"
)

// metadata is what a file says of itself before its text.
type metadata struct {
	Title         string     `yaml:"title"`
	Date          string     `yaml:"date"`
	Lang          string     `yaml:"lang"`
	Summary       string     `yaml:"summary"`
	Description   string     `yaml:"description"`
	Keywords      stringList `yaml:"keywords"`
	Tags          stringList `yaml:"tags"`
	Author        stringList `yaml:"author"`
	Translator    stringList `yaml:"translator"`
	License       string     `yaml:"license"`
	OriginalURL   string     `yaml:"original_url"`
	CanonicalURL  string     `yaml:"canonical_url"`
	TranslationOf string     `yaml:"translation_of"`
}

// stringList reads a YAML sequence, or one string with commas.
type stringList []string

// UnmarshalYAML implements yaml.Unmarshaler.
func (l *stringList) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		for s := range strings.SplitSeq(n.Value, ",") {
			if s = strings.TrimSpace(s); s != "" {
				*l = append(*l, s)
			}
		}
		return nil
	}
	if n.Kind == yaml.MappingNode {
		n = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{n}}
	}
	for _, item := range n.Content {
		var named struct{ Name string } // authors: [{name: …, affiliation: …}]
		err := item.Decode(&named.Name)
		if item.Kind == yaml.MappingNode {
			err = item.Decode(&named)
		}
		if err != nil {
			return err
		}
		*l = append(*l, named.Name)
	}
	return nil
}

// fieldNames are other names of the fields of metadata, in lower case with neither spaces nor signs between words.
var fieldNames = map[string]string{
	"제목": "title", "날짜": "date", "작성일": "date", "게시일": "date", "발행일": "date", "published": "date", "publishdate": "date", "pubdate": "date", "created": "date",
	"언어": "lang", "language": "lang", "locale": "lang", "요약": "summary", "abstract": "summary", "excerpt": "summary", "설명": "description",
	"키워드": "keywords", "핵심키워드": "keywords", "태그": "tags", "tag": "tags", "저자": "author", "작성자": "author", "글쓴이": "author", "지은이": "author", "authors": "author",
	"번역": "translator", "번역자": "translator", "옮긴이": "translator", "역자": "translator", "translators": "translator", "translatedby": "translator",
	"라이선스": "license", "이용조건": "license", "licence": "license",
	"원문": "original_url", "원본": "original_url", "원문링크": "original_url", "원문주소": "original_url", "original": "original_url", "originalurl": "original_url", "sourceurl": "original_url", "source": "original_url",
	"canonicalurl": "canonical_url", "translationof": "translation_of",
}

// nameFields gives the fields of a front matter the names that metadata knows them by, unless a field has that name.
func nameFields(head []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(head, &doc); err != nil || len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return &doc, err
	}
	fields := doc.Content[0].Content
	taken := map[string]bool{}
	for i := 0; i < len(fields); i += 2 {
		taken[fields[i].Value] = true
	}
	for i := 0; i < len(fields); i += 2 {
		key := norm.NFC.String(strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(fields[i].Value)))
		name, ok := fieldNames[key]
		if !ok && (metadataFields[key]) {
			name, ok = key, true // Title
		}
		if ok && !taken[name] {
			fields[i].Value = name
			taken[name] = true
		}
	}
	return &doc, nil
}

var metadataFields = setOf("title|date|lang|summary|description|keywords|tags|author|translator|license")

// frontMatter splits a block of YAML between --- lines, of TOML between +++ lines or a JSON object off a text. It returns the
// rest and the number of its first line.
func frontMatter(text []byte, r *Report) (meta metadata, body []byte, first int) {
	head, body := cutFrontMatter(text)
	if head == nil {
		return meta, text, 1
	}
	var probe map[string]yaml.Node
	if err := yaml.Unmarshal(head, &probe); err != nil {
		if !bytes.Contains(head, []byte(":")) {
			return meta, text, 1
		}
		r.lint(1, "front-matter/yaml", err.Error())
	} else if len(probe) == 0 && len(bytes.TrimSpace(head)) > 0 {
		return meta, text, 1
	} else if fields, err := nameFields(head); err != nil {
		r.lint(1, "front-matter/yaml", err.Error())
	} else if err := fields.Decode(&meta); err != nil {
		r.lint(1, "front-matter/field", err.Error())
	}
	meta.clean()
	return meta, body, 1 + bytes.Count(text[:len(text)-len(body)], []byte("\n"))
}

// clean makes text of what YAML lets through besides: bytes in base64, and characters by their number that no text has.
func (m *metadata) clean() {
	text := func(s string) string {
		return norm.NFC.String(strings.Map(func(c rune) rune {
			if unicode.IsControl(c) && !unicode.IsSpace(c) {
				return -1
			}
			return c
		}, strings.ToValidUTF8(s, "\uFFFD")))
	}
	for _, s := range []*string{&m.Title, &m.Date, &m.Lang, &m.Summary, &m.Description, &m.License, &m.OriginalURL, &m.CanonicalURL, &m.TranslationOf} {
		*s = text(*s)
	}
	for _, list := range []stringList{m.Keywords, m.Tags, m.Author, m.Translator} {
		for i := range list {
			list[i] = text(list[i])
		}
	}
}

// cutFrontMatter returns the front matter as YAML, nil where a text has none, and what follows it.
func cutFrontMatter(text []byte) (head, body []byte) {
	switch {
	case bytes.HasPrefix(text, []byte("{\n")): // JSON is YAML
		d := json.NewDecoder(bytes.NewReader(text))
		var object json.RawMessage
		if d.Decode(&object) != nil {
			return nil, text
		}
		return object, text[d.InputOffset():]
	case !bytes.HasPrefix(text, []byte("---\n")) && !bytes.HasPrefix(text, []byte("+++\n")):
		return nil, text
	}
	fence := string(text[:3])
	switch end := bytes.Index(text[3:], []byte("\n"+fence+"\n")); {
	case end >= 0:
		head, body = text[4:max(4, 3+end+1)], text[3+end+5:]
	case bytes.HasSuffix(text, []byte("\n"+fence)):
		head = text[4 : len(text)-3]
	default:
		return nil, text // a thematic break
	}
	if fence == "+++" {
		head = tomlField.ReplaceAll(tomlTables.ReplaceAll(head, nil), []byte("$1: "))
	}
	return head, body
}

// TOML's fields before its first table are YAML's but for the sign between name and value.
var (
	tomlField  = regexp.MustCompile(`(?m)^[ \t]*([\pL\w-]+)[ \t]*=[ \t]*`)
	tomlTables = regexp.MustCompile(`(?ms)^[ \t]*\[.*`)
)

// dateLayouts are the spellings of a date in front matter and on index pages.
var dateLayouts = []string{time.DateOnly, time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006/01/02", "2006.01.02",
	"2006. 1. 2.", "2006. 1. 2", "2006.1.2", "2006/1/2", "2006-1-2", "2006년 1월 2일", "20060102", "2006년 01월 02일", "January 2, 2006", "Jan 2, 2006", "Jan. 2, 2006", "2 January 2006", "2006-01", "2006"}

// parseDate reads a date as people write it. The result is midnight UTC of the day as written.
func parseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1900 && t.Year() < 2200 {
			return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC), true
		}
	}
	return time.Time{}, false
}
