package ingest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/scalebook/scalebook/metrics"
)

// Identity gives one canonical subject to the many ways in which sources spell it.
type Identity struct {
	aliases  map[string]string // folded spelling, with or without a kind, to subject id
	anyKind  map[string]string // folded spelling to the one subject of whatever kind that it means; "" where it means several
	subjects map[string]metrics.Subject
}

// Files that an identity is read from: the bundled ones, and those that an operator adds beside them.
const (
	aliasFile   = "aliases.csv"  // kind,alias,subject
	subjectFile = "subjects.csv" // subject,name,kind,organization,country,access,released,family,aliases
)

// NewIdentity reads aliases.csv and subjects.csv from each file system that has them; later ones win. An error names the
// file and row.
func NewIdentity(sources ...fs.FS) (*Identity, error) {
	id := &Identity{aliases: map[string]string{}, anyKind: map[string]string{}, subjects: map[string]metrics.Subject{}}
	for _, files := range sources {
		if err := readTable(files, subjectFile, id.addSubject); err != nil {
			return nil, err
		}
		if err := readTable(files, aliasFile, id.addAlias); err != nil {
			return nil, err
		}
	}
	return id, nil
}

func (id *Identity) addSubject(row map[string]string) error {
	s := metrics.Subject{
		ID: Kebab(row["subject"]), Name: row["name"], Kind: row["kind"], Organization: row["organization"],
		Country: row["country"], Access: row["access"], Family: row["family"],
	}
	if s.ID == "" {
		return errors.New("no subject")
	}
	for alias := range strings.SplitSeq(row["aliases"], ";") {
		if alias = strings.TrimSpace(alias); alias != "" {
			s.Aliases = append(s.Aliases, alias)
			id.aliases[aliasKey("", alias)] = s.ID
		}
	}
	if released := row["released"]; released != "" {
		t, err := ParseObservationTime(released)
		if err != nil {
			return fmt.Errorf("released: %w", err)
		}
		s.Released = t
	}
	id.subjects[s.ID] = s
	return nil
}

func (id *Identity) addAlias(row map[string]string) error {
	alias, subject := row["alias"], Kebab(row["subject"])
	if alias == "" || subject == "" {
		return errors.New("an alias needs both alias and subject")
	}
	id.aliases[aliasKey(row["kind"], alias)] = subject
	if row["kind"] != "benchmark" { // these name metrics
		folded := Kebab(alias)
		if other, ok := id.anyKind[folded]; ok && other != subject {
			subject = ""
		}
		id.anyKind[folded] = subject
	}
	return nil
}

// Resolve returns the canonical id of what a source of the given kind of subject calls name. Without a kind, a spelling that
// means one subject of any kind is that one.
func (id *Identity) Resolve(kind, name string) string {
	subject, _ := id.known(kind, name)
	return subject
}

// Subject returns what is known of a subject.
func (id *Identity) Subject(subject string) (metrics.Subject, bool) {
	s, ok := id.subjects[subject]
	return s, ok
}

// Subjects returns every known subject, ordered by id.
func (id *Identity) Subjects() []metrics.Subject {
	out := make([]metrics.Subject, 0, len(id.subjects))
	for _, s := range id.subjects {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b metrics.Subject) int { return strings.Compare(a.ID, b.ID) })
	return out
}

func aliasKey(kind, name string) string { return kind + "\x00" + Kebab(name) }

// Kebab turns a name into an id: NFC, lower case, letters and digits of any script kept, a plus sign after one of them
// spelled out, everything else a hyphen. "GPT-3.5 Turbo" is gpt-3-5-turbo; "Command R+" is command-r-plus, another model
// than Command R.
func Kebab(name string) string {
	var b strings.Builder
	hyphen := false
	for _, r := range norm.NFC.String(strings.ToValidUTF8(name, "\uFFFD")) { // beside a broken byte nothing is normalised
		if r == '+' && !hyphen && b.Len() > 0 {
			b.WriteString("-plus")
			hyphen = true
			continue
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			hyphen = b.Len() > 0
			continue
		}
		if hyphen {
			b.WriteByte('-')
			hyphen = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return norm.NFC.String(b.String()) // small letters may compose where capitals did not
}

// readTable reads a CSV with a header, handing each row to add. A file that is absent is an empty table.
func readTable(files fs.FS, name string, add func(row map[string]string) error) error {
	file, err := files.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	r := csv.NewReader(file)
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		row := make(map[string]string, len(header))
		for i, column := range header {
			row[strings.TrimSpace(column)] = strings.TrimSpace(cells[i])
		}
		if err := add(row); err != nil {
			line, _ := r.FieldPos(0)
			return fmt.Errorf("%s row %d: %w", name, line, err)
		}
	}
}

// ParseObservationTime reads the forms of time that data files use: RFC 3339, a date, YYYY-MM, YYYY, or a decimal year,
// which is that fraction of its calendar year. The result is UTC, to the second.
func ParseObservationTime(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(time.Second), nil
		}
	}
	if t, ok := decimalYear(s); ok {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%q is not a time: a date, YYYY-MM, YYYY, a decimal year or RFC 3339 is needed", s)
}
