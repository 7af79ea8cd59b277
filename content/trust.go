package content

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// settle decides a report's title, date, language, summary and so on. Where several places disagree, the earlier of this
// order is trusted: front matter; the text itself (first heading, labelled lines); the file name; the index page; git
// history. A disagreement between two dates is a lint. docs/design/0004-order-of-trust.md gives the reasons.
func settle(r *Report, meta metadata, cfg ParseConfig, d *document) {
	name := strings.TrimSuffix(path.Base(knownAs(cfg.Path)), path.Ext(cfg.Path))
	r.Title = firstOf(meta.Title, d.title, cfg.Index.Title, titleFromName(name))
	r.Title = strings.Join(strings.Fields(r.Title), " ")
	r.Date = settleDate(r, meta, cfg, name, d.label("date"))
	r.Lang, _, _ = strings.Cut(strings.ToLower(strings.ReplaceAll(meta.Lang, "_", "-")), "-") // ko-KR
	if r.Lang != "ko" && r.Lang != "en" {
		r.Lang = language(d.plain())
	}
	r.Summary = firstOf(meta.Summary, meta.Description, d.label("summary"), cfg.Index.Summary)
	r.Keywords = slices.Concat(meta.Keywords, meta.Tags)
	if len(r.Keywords) == 0 {
		r.Keywords = splitKeywords(d.label("keywords"))
	}
	r.Author = firstOf(strings.Join(meta.Author, ", "), d.label("author"))
	r.Translator = firstOf(strings.Join(meta.Translator, ", "), d.label("translator"))
	r.License = firstOf(meta.License, r.License)
	r.OriginalURL = safeURL(firstOf(meta.OriginalURL, meta.CanonicalURL, d.label("original")))
	r.TranslationOf = Slug(meta.TranslationOf)
	if r.TranslationOf == "." {
		r.TranslationOf = ""
	}
	for _, s := range []*string{&r.Title, &r.Summary, &r.Author, &r.Translator, &r.License} {
		*s = showDirections(*s)
	}
	for i, k := range r.Keywords {
		r.Keywords[i] = showDirections(k)
	}
}

// showDirections puts U+FFFD, which is seen, in the place of each character that reorders what follows it (UAX #9: embeddings,
// overrides, isolates): a title stands in lines with other text, where such a character could make a sentence read otherwise.
func showDirections(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069' {
			return '\uFFFD'
		}
		return c
	}, s)
}

func firstOf(ss ...string) string {
	for _, s := range ss {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

func settleDate(r *Report, meta metadata, cfg ParseConfig, name, labelled string) time.Time {
	fileDate, hasFileDate := dateFromName(name)
	if meta.Date != "" {
		if t, ok := parseDate(meta.Date); ok {
			if hasFileDate && !t.Equal(fileDate) {
				r.lint(1, "date/front", t.Format(time.DateOnly), fileDate.Format(time.DateOnly))
			}
			return t
		}
		r.lint(1, "date/none", meta.Date)
	}
	if hasFileDate {
		if t := cfg.Index.Date; !t.IsZero() && !t.Equal(fileDate) {
			r.lint(1, "date/index", t.Format(time.DateOnly), fileDate.Format(time.DateOnly))
		}
		return fileDate
	}
	if t, ok := parseDate(labelled); ok {
		return t
	}
	if !cfg.Index.Date.IsZero() {
		return cfg.Index.Date
	}
	if cfg.Date.IsZero() {
		return time.Time{}
	}
	year, month, day := cfg.Date.Date() // where it was committed
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

var nameDate = regexp.MustCompile(`(?:^|[^0-9])((?:19|20)\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?:$|[^0-9])`)

// dateFromName finds the date in 20241211-name, 2024-12-11-name or name-20241211.
func dateFromName(name string) (time.Time, bool) {
	m := nameDate.FindStringSubmatch(name)
	if m == nil {
		return time.Time{}, false
	}
	t, err := time.Parse("20060102", m[1]+m[2]+m[3])
	return t, err == nil
}

func titleFromName(name string) string {
	t := strings.Trim(nameDate.ReplaceAllString(name, " "), " -_.")
	if t == "" {
		return name
	}
	return strings.NewReplacer("-", " ", "_", " ").Replace(t)
}

// language is ko where at least a tenth of the letters are Hangul: Korean reports on AI are full of English names.
func language(text string) string {
	hangul, letters := 0, 0
	for _, c := range text {
		if unicode.IsLetter(c) {
			letters++
			if unicode.Is(unicode.Hangul, c) {
				hangul++
			}
		}
	}
	if hangul*10 >= letters && hangul > 0 {
		return "ko"
	}
	return "en"
}

func splitKeywords(s string) []string {
	var out []string
	depth, start := 0, 0
	add := func(w string) {
		if w = strings.Trim(w, " .·#\t"); w != "" && utf8.RuneCountInString(w) <= 60 {
			out = append(out, w)
		}
	}
	for i, c := range s {
		switch c {
		case '(', '（':
			depth++
		case ')', '）':
			depth = max(0, depth-1)
		case ',', '，', ';', '、':
			if depth == 0 {
				add(s[start:i])
				start = i + utf8.RuneLen(c)
			}
		}
	}
	add(s[start:])
	return out
}

// safeURL returns an absolute http(s) address, or nothing.
func safeURL(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// firstSentences summarises a report by the beginning of its first paragraph that is long enough to say something.
func firstSentences(ps []Passage, limit int) string {
	for _, p := range ps {
		if p.Kind != "paragraph" || p.Note || utf8.RuneCountInString(p.Text) < 40 {
			continue
		}
		var b strings.Builder
		n := 0
		for _, s := range Sentences(p.Text) {
			k := utf8.RuneCountInString(s)
			if n > 0 && n+k > limit {
				break
			}
			if n > 0 {
				b.WriteByte(' ')
			}
			if k > limit {
				r := []rune(s)
				s = strings.TrimSpace(string(r[:limit-1])) + "…"
			}
			b.WriteString(s)
			n += k
		}
		return b.String()
	}
	return ""
}

func countWords(r *Report) {
	for _, s := range r.Sections {
		for _, text := range []string{s.Heading, s.Text} {
			for w := range strings.FieldsSeq(text) {
				hangul, latin := 0, false
				for _, c := range w {
					switch {
					case unicode.Is(unicode.Hangul, c):
						hangul++
					case unicode.IsLetter(c) || unicode.IsDigit(c):
						latin = true
					}
				}
				if hangul == 0 && !latin {
					continue
				}
				r.Words++
				r.Hangul += hangul
				if hangul == 0 {
					r.Latin++
				}
			}
		}
	}
}
