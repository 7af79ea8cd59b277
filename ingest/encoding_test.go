package ingest_test

import (
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"

	"github.com/scalebook/scalebook/ingest"
)

func TestText(t *testing.T) {
	const table = "metric,subject,time,value\n가격,그래픽 카드,2025-01-01,1.5\n승률,뷁 모델,2025-02-01,0.4\n"
	const western = "metric,subject,time,value\ncoût,modèle,2025-01-01,1.5\nGröße,Übermodell µm,2025-02-01,0.4\n"
	utf16 := func(order unicode.Endianness) encoding.Encoding { return unicode.UTF16(order, unicode.UseBOM) }
	for _, c := range []struct {
		name       string
		encoding   encoding.Encoding
		text, want string
	}{
		{"UTF-8", encoding.Nop, table, table},
		{"UTF-8 with a mark", unicode.UTF8BOM, table, table},
		{"CP949", korean.EUCKR, table, table},
		{"CP949, longer than what is looked at", korean.EUCKR, strings.Repeat(table, 2000), strings.Repeat(table, 2000)},
		{"UTF-8, longer than what is looked at", encoding.Nop, "a" + strings.Repeat(table, 2000), "a" + strings.Repeat(table, 2000)},
		{"UTF-16, little-endian", utf16(unicode.LittleEndian), table, table},
		{"UTF-16, big-endian", utf16(unicode.BigEndian), table, table},
		{"western", charmap.Windows1252, western, "as it is"},
		{"plain", encoding.Nop, "a,b\n", "a,b\n"},
		{"nothing", encoding.Nop, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			encoded, err := c.encoding.NewEncoder().String(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "as it is" {
				c.want = encoded
			}
			got, err := io.ReadAll(ingest.Text(strings.NewReader(encoded)))
			if err != nil || string(got) != c.want {
				t.Errorf("read as %.200q, %v; want %.200q", got, err, c.want)
			}
		})
	}
}

// FuzzText holds that UTF-8 comes as it is, and that nothing of any length is lost in silence.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "a,b\n", "\ufeffa", "\xff\xfea\x00", "\xb0\xa1\xb3\xaa", "\xb0\xa1\xb3", "\xc3\xa9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := io.ReadAll(ingest.Text(strings.NewReader(text)))
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.TrimPrefix(text, "\ufeff"); utf8.ValidString(text) && string(got) != want {
			t.Errorf("%q is read as %q", want, got)
		}
		if len(text) > 3 && len(got) == 0 {
			t.Errorf("%q is read as nothing", text)
		}
	})
}
