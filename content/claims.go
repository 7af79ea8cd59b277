package content

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// claimsVersion is part of a recognizer's version. Raise it with each change of the rules.
const claimsVersion = "7"

// Claims finds the sentences that give a number for a metric of the catalogue. A wrong tie is worse than none, so a number
// is tied only where the sentence leaves one reading: bounds ("over 80%"), changes ("20% more"), forecasts, human baselines
// and shares of something else are left alone. Values are in the metric's unit.
func (r *Recognizer) Claims(ps []Passage) []Claim {
	var out []Claim
	var topic topicOf
	heading := ""
	for _, p := range ps {
		if p.Heading != heading {
			heading, topic = p.Heading, topicOf{}
		}
		if p.Kind == "code" {
			continue
		}
		for _, s := range Sentences(p.Text) {
			v := r.view(s)
			if p.Kind != "caption" && !p.Note {
				for _, c := range r.claims(v, topic) {
					c.Anchor, c.Sentence = p.Anchor, s
					out = append(out, c)
				}
			}
			for _, n := range v.names {
				if r.scored(n) {
					topic.benchmark = n.id
				}
			}
		}
	}
	return out
}

// topicOf is what earlier sentences of a section were about.
type topicOf struct{ benchmark string }

// view is a sentence taken apart.
type view struct {
	text    string
	names   []found
	values  []quantity
	clauses []clause
}

// clause is a part of a sentence with one subject; what stands in brackets is one of its own.
type clause struct {
	spans [][2]int
	text  string
}

func (r *Recognizer) view(s string) *view {
	v := &view{text: s, names: r.find(s)}
	if strings.ContainsAny(s, "0123456789") {
		for _, q := range quantities(s) {
			inName := slices.ContainsFunc(v.names, func(n found) bool {
				return q.start < n.end && n.start < q.end && strings.ContainsAny(s[n.start:n.end], "0123456789") // not 학습 토큰은 2조 개
			})
			if !inName {
				v.values = append(v.values, q)
			}
		}
	}
	v.clauses = cutClauses(s)
	return v
}

var clauseEnd = regexp.MustCompile(`(?:, |; | — | – |[했였았었하이되리으지]고,? |[했였았었하이되리으지]며,? |[가-힣]지만,? |[가-힣]는데,? |라서,? |반면,? |으나,? | vs\.? | while | whereas | but | and | compared (?:with|to) | versus | • | \| )`)

// cutClauses cuts a sentence at its conjunctions. Brackets are cut out of the clause around them, which goes on behind.
func cutClauses(s string) []clause {
	var out []clause
	var outer [][2]int
	cut := func(spans [][2]int) {
		if len(spans) == 0 {
			return
		}
		var b strings.Builder
		for _, sp := range spans {
			b.WriteString(s[sp[0]:sp[1]])
			b.WriteByte(' ')
		}
		out = append(out, clause{spans, b.String()})
	}
	flat := func(from, to int, spans *[][2]int) {
		last := from
		for _, m := range clauseEnd.FindAllStringIndex(s[from:to], -1) {
			*spans = append(*spans, [2]int{last, from + m[1]})
			cut(*spans)
			*spans, last = nil, from+m[1]
		}
		if last < to {
			*spans = append(*spans, [2]int{last, to})
		}
	}
	last := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '(' {
			continue
		}
		end := strings.IndexByte(s[i:], ')')
		if end < 0 {
			break
		}
		flat(last, i, &outer)
		var inner [][2]int
		flat(i+1, i+end, &inner)
		cut(inner)
		last = i + end + 1
		i = last - 1
	}
	flat(last, len(s), &outer)
	cut(outer)
	return out
}

func (v *view) clauseOf(at int) clause {
	for _, c := range v.clauses {
		if c.has(at) {
			return c
		}
	}
	return clause{}
}

// statementOf is the clause of a value. A value that is all of its clause is in apposition, and belongs to what it stands
// behind: GPT-4의 MMLU 성적(86.4%), Chinchilla's accuracy, 67.5%, beat …
func (v *view) statementOf(q quantity) clause {
	c := v.clauseOf(q.start)
	if strings.Trim(c.text, " ,.") != v.text[q.start:q.end] || !scoreNoun.MatchString(v.text[:q.start]) {
		return c
	}
	before := v.clauseOf(scoreNoun.FindStringIndex(v.text[:q.start])[0])
	return clause{append(slices.Clone(before.spans), c.spans...), before.text + c.text}
}

var scoreNoun = regexp.MustCompile(`(?:점수|성적|정답률|정확도|성공률|scores?|accuracy|result)(?:, ?|는,? | ?\()$`)

func (c clause) has(at int) bool {
	return slices.ContainsFunc(c.spans, func(s [2]int) bool { return s[0] <= at && at < s[1] })
}

// within returns the names of a kind that stand in a clause.
func (v *view) within(c clause, keep func(found) bool) []found {
	var out []found
	for _, n := range v.names {
		if c.has(n.start) && keep(n) {
			out = append(out, n)
		}
	}
	return out
}

func (v *view) all(keep func(found) bool) []found {
	var out []found
	for _, n := range v.names {
		if keep(n) {
			out = append(out, n)
		}
	}
	return out
}

// scored reports whether a name is a benchmark's.
func (r *Recognizer) scored(n found) bool {
	return n.kind == "metric" && r.metrics[n.id].Kind == "benchmark"
}

// of returns a test for subjects of some kinds.
func (r *Recognizer) of(kinds ...string) func(found) bool {
	return func(n found) bool { return n.kind == "subject" && slices.Contains(kinds, r.subjects[n.id].Kind) }
}

func (r *Recognizer) claims(v *view, topic topicOf) []Claim {
	var out []Claim
	if len(v.values) == 0 || strings.HasSuffix(v.text, "?") {
		return nil
	}
	if listed, ok := r.respectively(v); ok {
		return listed
	}
	for _, q := range v.values {
		c := v.statementOf(q)
		if (hedged(v.text, q) || raised.MatchString(v.text[q.end:]) || v.shareOf(q) || v.strung(q)) && !r.endpoint(v, q) {
			continue
		}
		claim, ok := r.benchmarkClaim(v, q, c, topic)
		if !ok {
			claim, ok = r.ruledClaim(v, q, c)
		}
		if ok {
			out = append(out, claim)
		}
	}
	return unambiguous(out)
}

// raised follows what a value was raised by, not to.
var raised = regexp.MustCompile(`^(?:만큼|가량|쯤)? (?:끌어올|끌어내|높아|낮아|앞당)`)

// strung reports whether a value is one of several in a row, of which nothing says what each belongs to.
func (v *view) strung(q quantity) bool {
	for _, o := range v.values {
		if o.dimension != q.dimension || o.start == q.start || active.MatchString(v.text[o.start:o.end]) != active.MatchString(v.text[q.start:q.end]) {
			continue
		}
		a, b := q, o
		if o.start < q.start {
			a, b = o, q
		}
		if a.end <= b.start && row.MatchString(v.text[a.end:b.start]) {
			return true
		}
	}
	return false
}

var active = regexp.MustCompile(`활성|activ`) // parameters, which all parameters in a row with them are not

var row = regexp.MustCompile(`^(?:, ?|,? and |,? or |와 |과 |, 그리고 |나 |이나 | ?[/·] ?)$`)

// unambiguous drops what a sentence gives two values for: under two settings, by two accounts, before and after.
func unambiguous(cs []Claim) []Claim {
	return slices.DeleteFunc(slices.Clone(cs), func(c Claim) bool {
		return slices.ContainsFunc(cs, func(o Claim) bool { return o.Metric == c.Metric && o.Subject == c.Subject && o.Value != c.Value })
	})
}

func (r *Recognizer) claim(q quantity, metric, subject string) Claim {
	return Claim{Start: q.start, End: q.end, Metric: metric, Subject: subject, Value: q.value, Unit: r.metrics[metric].Unit}
}

var (
	hedgeBefore = regexp.MustCompile(`(?i)(?:거의|수십|수백|최소|적어도|최대|무려 최대|이상|over|above|than|under|below|nearly|almost|at least|at most|up to|exceed(?:s|ed|ing)?|past|passed|passes|topped|tops|crossed|surpass\w*|beat|beats|cleared|(?:gains?|increases?|improvements?|drops?|rises?|jumps?|leads?|margins?|lifts?|boosts?|falls?|declines?|advantage) of|from|by|between|within|another|adds?|added|gains?|gained|loses?|lost|saves?|saved|few|several|tens of|hundreds of|extra|further|additional|top|bottom|상위|하위|[~∼–±+<>≥≤-]|\d to|추가로|나머지|(?:문제|문항|질문|항목|과제)(?:의|들의| 중| 가운데)|between [^,.]{0,12} and)\s*$`)
	hedgeAfter  = regexp.MustCompile(`(?i)^(?:p\b|[%p]?포인트| ?포인트|-?점 ?(?:차|이상|대)|(?:의|이라는|라는)? ?(?:벽|문턱|고지|장벽|관문|한계선)|(?:이)?라(?:고)? (?:해도|하더라도|쳐도|치자|하자|가정)| (?:barrier|mark\b|threshold|line\b|wall|ceiling)| (?:percentage )?points?| ?(?:[~∼–-]|에서 \d|부터 |내지 |to \d|or (?:more|less|higher|lower|above)|and (?:above|over))| ?(?:이상|이하|미만|초과|안팎|남짓|가까이|가까운|대(?:[의에로까를다,. ]|$)| ?(?:초|중|후|초중|중후)반|이내|짜리| ?사이|에도|도 (?:안|채)|의 (?:향상|개선|증가|감소|상승|하락|차이|격차|확률))|(?:을|를|에|가|이|의|도|선을|선에|까지|밖에|만큼|만|가량)? ?(?:약간 |훨씬 |조금 |더 |추가로 )?(?:넘|웃돌|밑돌|상회|하회|육박|가까|가깝|못 미|미치지|근접|더 |높|낮|향상|개선|증가|감소|상승|하락|줄|늘|빠르|빨라|많|적게|적은|절감|절약|아끼|아낄|할인|차이|격차|흔들|출렁|오르|오른|오를|올랐|올라갔|올리|올린|올릴|떨어|뛰|깎|밀어|증설|추가|비싸|싸|느리|느려|짧|크|작)| (?:more|less|fewer|slower|smaller|larger|longer|shorter|faster|higher|lower|better|worse|cheaper|increase|decrease|improvement|gain|of (?:the )?(?:questions|problems|items|tasks|all|its|our|their)|chance|confidence|probability|likelihood|off|cut|drop|growth|per year|a year|annually|CI\b))`)
)

// partOf and solved stand around a share of a benchmark's questions that a model solves: its score.
var (
	partOf  = regexp.MustCompile(`(?:문제|문항|질문|항목|과제|이슈)(?:의| 중| 가운데)? ?$`)
	ofAll   = regexp.MustCompile(`(?:푼|해결한|맞힌|통과한) (?:문제|문항|질문|항목|과제|이슈)[는가] 전체의 $`)
	solves  = regexp.MustCompile(`(?i)\b(?:resolv|solv|answer|pass|complet|fix)(?:es?|ed|s)(?: correctly)? $`)
	ofTasks = regexp.MustCompile(`^ of (?:the |its |all )?(?:questions|problems|tasks|issues|items)\b`)
	solved  = regexp.MustCompile(`^(?:를|을)? ?(?:풀|해결|맞|통과)`)
)

// hedged reports whether a number is a bound, a change, a range or a share rather than a value.
func hedged(text string, q quantity) bool {
	before := text[max(0, q.start-24):q.start]
	for !utf8.ValidString(before) {
		before = before[1:]
	}
	after := text[q.end:]
	if q.dimension == "W" || q.dimension == "byte" || q.dimension == "byte/s" {
		if grows.MatchString(after) || q.dimension == "W" && ratedUpTo.MatchString(before) { // rises to the value
			return false
		}
	}
	if solves.MatchString(before) && ofTasks.MatchString(after) {
		return false
	}
	if partOf.MatchString(before) && solved.MatchString(after) || ofAll.MatchString(text[:q.start]) {
		return false
	}
	return hedgeBefore.MatchString(before) || hedgeAfter.MatchString(after)
}

// ratedUpTo stands before the most power that a chip draws, which is its rating.
var ratedUpTo = regexp.MustCompile(`(?i)(?:\bdraws?|\bconsumes?|\bTDP(?: of| is)?|\brated (?:at|for)|\bpower(?: of| is)?) up to $|(?:TDP|전력)(?:[은는이가])? 최대 $`)

var ofNoun = regexp.MustCompile(`^ of (?:(?:the|its|all|our|their|these|those|such) )?(?:\d+ )?([a-z]{3,})\b`)

var share = regexp.MustCompile(`[가-힣](?:의|들의| 중| 가운데|에서 약) $`)

// shareOf reports whether a value is a share of something that is neither a benchmark nor a model: 정답의 60%.
func (v *view) shareOf(q quantity) bool {
	if q.dimension != "fraction" {
		return false
	}
	if solves.MatchString(v.text[:q.start]) && ofTasks.MatchString(v.text[q.end:]) {
		return false
	}
	if m := ofNoun.FindStringSubmatch(v.text[q.end:]); m != nil && m[1] != "them" && m[1] != "issues" {
		return true
	}
	return share.MatchString(v.text[:q.start]) && !v.named(q.start) && !solved.MatchString(v.text[q.end:]) && !ofAll.MatchString(v.text[:q.start])
}

// endpoint reports whether a value is one end of "from 44% for GPT-3 to 86% for GPT-4": what it belongs to stands right behind.
func (r *Recognizer) endpoint(v *view, q quantity) bool {
	if !rangeEnd.MatchString(v.text[:q.start]) {
		return false
	}
	return slices.ContainsFunc(v.names, func(n found) bool {
		return n.kind == "subject" && n.start >= q.end && ofWhich.MatchString(v.text[q.end:n.start])
	})
}

var rangeEnd = regexp.MustCompile(`(?i)\b(?:from|to) $`)

var grows = regexp.MustCompile(`^(?:으)?로 (?:늘|증가|높|커|올|확대)`)
