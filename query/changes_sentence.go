package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scalebook/scalebook/metrics"
)

// deed is what was done to values, in the passive in English.
func deed(kind string) metrics.Text {
	switch kind {
	case metrics.ChangeRevised:
		return metrics.Text{Ko: "고쳤다", En: "revised"}
	case metrics.ChangeWithdrawn:
		return metrics.Text{Ko: "거두었다", En: "withdrawn"}
	}
	return metrics.Text{Ko: "더했다", En: "added"}
}

// sentence says a change in words.
func (t *teller) sentence(c metrics.Change, shown Change) metrics.Text {
	rows := metrics.Text{}
	if n := strconv.Itoa(c.Count); c.Count > 1 {
		rows = metrics.Text{Ko: "값 " + n + "개", En: " (" + n + " values)"}
	}
	switch {
	case c.Subject == "":
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 처음 들어온 자료, %d행.", c.Source, c.Count),
			En: fmt.Sprintf("%s: first taken in, %s.", c.Source, counted(c.Count, "row"))}
	case c.Kind == metrics.ChangeRecord:
		return t.recordSentence(c, shown)
	case c.Kind == metrics.ChangeRenamed:
		from, to := shown.Before.Name, shown.After.Name
		if from == to { // it is called the same, under another id
			from, to = shown.Before.Subject, shown.After.Subject
		}
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 이름이 바뀌었다(%s).", to, listed("전에는 "+from, rows.Ko)),
			En: fmt.Sprintf("%s was renamed to %s%s.", from, to, rows.En)}
	case c.Kind == metrics.ChangeRedated:
		for _, e := range c.Events {
			if !sameDay(e, c) || !e.Before.Time.Equal(c.Before.Time) {
				return metrics.Text{
					Ko: fmt.Sprintf("%s: 날짜가 바뀌었다(%s).", shown.Name, rows.Ko),
					En: fmt.Sprintf("%s was redated%s.", shown.Name, rows.En)}
			}
		}
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 날짜가 바뀌었다(%s).", shown.Name, listed(fmt.Sprintf("%s → %s", shown.Before.Time, shown.After.Time), rows.Ko)),
			En: fmt.Sprintf("%s was redated from %s to %s%s.", shown.Name, shown.Before.Time, shown.After.Time, rows.En)}
	}
	about := metrics.Text{Ko: shown.Name, En: shown.Name}
	if c.Metric != "" {
		title := t.title(c.Metric)
		about = metrics.Text{Ko: title.Ko + ", " + shown.Name, En: title.En + ", " + shown.Name}
	}
	if len(c.Events) > 0 {
		done := deed(c.Kind)
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 값 %d개를 %s.", about.Ko, c.Count, done.Ko),
			En: fmt.Sprintf("%s: %d values %s.", about.En, c.Count, done.En)}
	}
	return t.valueSentence(c, shown, about)
}

// valueSentence says what was added, revised or withdrawn of what about names.
func (t *teller) valueSentence(c metrics.Change, shown Change, about metrics.Text) metrics.Text {
	before, after := t.value(c.Metric, shown.Before), t.value(c.Metric, shown.After)
	switch {
	case c.Before == nil:
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 값을 더했다(%s).", about.Ko, after.Ko),
			En: fmt.Sprintf("%s: %s added.", about.En, after.En)}
	case c.After == nil:
		return metrics.Text{
			Ko: fmt.Sprintf("%s: 값을 거두었다(%s).", about.Ko, before.Ko),
			En: fmt.Sprintf("%s: %s withdrawn.", about.En, before.En)}
	}
	return metrics.Text{
		Ko: fmt.Sprintf("%s: 값을 고쳤다(%s → %s).", about.Ko, before.Ko, after.Ko),
		En: fmt.Sprintf("%s: revised from %s to %s.", about.En, before.En, after.En)}
}

// recordSentence says what records a subject set and how many other values came with them.
func (t *teller) recordSentence(c metrics.Change, shown Change) metrics.Text {
	records := []metrics.Text{t.title(c.Metric)}
	if c.Metric == "" {
		records = nil
		for _, e := range c.Events {
			if e.Kind == metrics.ChangeRecord {
				records = append(records, t.title(e.Metric))
			}
		}
	}
	var said metrics.Text
	if len(records) == 1 {
		was, after := metrics.Text{}, t.value(c.Metric, shown.After)
		if shown.Before != nil {
			before := t.value(c.Metric, shown.Before)
			was = metrics.Text{Ko: ", 앞서는 " + before.Ko, En: ", was " + before.En}
		}
		said = metrics.Text{
			Ko: fmt.Sprintf("%s의 새 기록: %s, %s%s.", records[0].Ko, shown.Name, after.Ko, was.Ko),
			En: fmt.Sprintf("New record on %s: %s, %s%s.", records[0].En, shown.Name, after.En, was.En)}
	} else {
		var ko, en []string
		for _, r := range records {
			ko, en = append(ko, r.Ko), append(en, r.En)
		}
		said = metrics.Text{
			Ko: fmt.Sprintf("%s의 새 기록: %s.", strings.Join(ko, ", "), shown.Name),
			En: fmt.Sprintf("New records on %s: %s.", strings.Join(en, ", "), shown.Name)}
	}
	if rest := c.Count - len(records); rest > 0 {
		done := deed(c.Events[c.Count-1].Kind)
		said.Ko += fmt.Sprintf(" 다른 값 %d개도 %s.", rest, done.Ko)
		said.En += fmt.Sprintf(" %s %s.", counted(rest, "more value"), done.En)
	}
	return said
}

// eventSentence says what happened to one of several rows that changed together: of which metric and, where they differ in these, of
// which setting and date.
func (t *teller) eventSentence(c metrics.Change, shown Change, dated bool) metrics.Text {
	row := shown.After
	if row == nil {
		row = shown.Before
	}
	day := ""
	if dated {
		day = row.Time.String()
	}
	about := t.title(c.Metric)
	if apart := listed(row.Setting, day); apart != "" {
		about = metrics.Text{Ko: about.Ko + "(" + apart + ")", En: about.En + " (" + apart + ")"}
	}
	if c.Kind == metrics.ChangeRenamed || c.Kind == metrics.ChangeRedated {
		same := t.value(c.Metric, row)
		return metrics.Text{Ko: about.Ko + ": " + same.Ko, En: about.En + ": " + same.En}
	}
	return t.valueSentence(c, shown, about)
}

// counted is a number of things in English.
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}

// listed lists what is not blank.
func listed(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", ")
}

// sameDay reports whether two changes are of rows with the same date.
func sameDay(a, b metrics.Change) bool {
	date := func(c metrics.Change) time.Time {
		if c.After != nil {
			return c.After.Time
		}
		return c.Before.Time
	}
	return date(a).Equal(date(b))
}
