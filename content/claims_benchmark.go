package content

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

var (
	forecastWords = regexp.MustCompile(`(?i)설령|설사|가령|더라도|더라면|소문|루머|내다보|내다봤|전망|예상|예측|목표|계획|기대|고 본다|고 봤다|고 본 |것이다|것으로 보|것으로 본|가정|만약|라면 |다면 |수 있을|할 수 있|하려|도달할|달성할|넘어설|모른다|모르지|나오면|출시되면|가능성|\b(?:would|could|should|might|may|will|expects?|expected|forecasts?|predicts?|predicted|targets?|goal|aims?|hopes?|if|has to|have to|must|needs? to|assum\w+|suppos\w+|imagin\w+|unless|rumou?r\w*|project(?:s|ed)|by 20\d\d|likely|plans?)\b|(?-i:^Had )`)
	humanWords    = regexp.MustCompile(`(?i)인간|사람|전문가|박사|대학원생|비전문가|참가자|엔지니어가|\b(?:humans?|experts?|PhDs?|people|participants|annotators|non-experts|validators|students|physicians)\b`)
	errorWords    = regexp.MustCompile(`(?i)오답|오류|오차|못 푼|풀지 못|남은|남겨|에러율|오염|잘못|틀린|틀렸|실패율|신뢰 ?구간|확률|무작위|우연|찍어[서도]|찍으면|찍기|기준선|하한|상한|천장|점유율|할인|이용률|가동률|마진|수익|누출|중복|유출|\b(?:errors?|error rate|wrong|mislabel\w*|contaminat\w*|noise|noisy|confidence|interval|chance|random|guess\w*|baseline|ceiling|floor|gap|difference|discount|cheaper|margin|share|probability|threshold|makes? up|account(?:s|ed) for|consists?|compris\w+|unsolved|unresolved|unanswered|fail\w*|leak\w*|overlap\w*)\b`)
	besideScore   = regexp.MustCompile(`(?i)격차|차이|점수 ?차|차[는가를] |비율|비중|비용|가격|\b(?:costs?|prices?)\b`)
	scoreWords    = regexp.MustCompile(`(?i)기록|달성|점수|정답률|정확도|성적|성능|수준|득점|해결|풀었|풀어|푼 |푼다|풀이|해낸|해냈|뛰었|뛴 |올랐|바뀌|앞서|앞섰|앞선|제쳤|뒤처|맞혔|맞힌|맞힌다|맞췄|머물|머문|도달|이르렀|이른다|올라섰|올라왔|최고|최첨단|기준|얻었|얻은|받았|나왔|그쳤|그친다|통과|찍었|거뒀|거두|보였|보인다|score|achiev|reach|solv|accuracy|record|state[- ]of[- ]the[- ]art|SOTA|\bhits?\b|\bgot\b|\bgets?\b|attain|\b(?:is|are|was|were|stands?|sits?|remains?|puts?|ranks?)\b[^,;]{0,40}\bat\b|passes|resolv|answer|posts|posted|manag|\blands?\b|\bled by\b|sits|stands|result|climb|\brose\b|\bbeats?\b|성공률|success`)
	sameBenchmark = regexp.MustCompile(`(?i)(?:같은|동일한|해당|이) (?:벤치마크|평가|시험|문제|문항|지표|테스트|데이터셋)|\b(?:the same|this|that) (?:benchmark|test|evaluation|exam|set|problems|questions|eval)`)
	comparedWords = regexp.MustCompile(`^(?:\([^)]*\))? ?(?:보다|대비|에 비해|의 두 배|[와과] (?:비교|같|동일|맞먹|비슷))`)
	dates         = regexp.MustCompile(`^(?:가|이|을|를)? ?(?:처음 |막 )?(?:나|등장|공개|출시|발표|내놓)[가-힣]* ?(?:때|당시|직후|무렵|시절|전|후|뒤|이래|이후)|^ (?:이전|이후|시절|당시|직후|무렵)|^ (?:came out|was released|appeared|launched|arrived)`)
	passedOver    = regexp.MustCompile(`(?i)\b(?:before|since|until|after|prior to|by the time|match(?:es|ed)?|beats?|trail(?:s|ed)?|surpass(?:es|ed)?|outperform(?:s|ed)?|rival(?:s|ed)?|(?:un)?like|than) (?:the )?$`)
	otherHorizon  = regexp.MustCompile(`(?i)(?:[1-46-9]\d|5[1-9]) ?[%％퍼][^,.]{0,12}(?:성공|신뢰|시간 지평|success|reliab|time horizon)`)
	followingOn   = regexp.MustCompile(`(?i)^[^.;,]{0,16}\b(?:on|in|at|of) (?:the |its )?$`)
	deniedKo      = regexp.MustCompile(`없다|없었다|없는|못했|못한|못하|않았|않는|않다|않은`)
	deniedEn      = regexp.MustCompile(`(?i)\b(?:no|none|never|nobody|neither|cannot)\b|\b(?:do|does|did|has|have|had|is|was|were|can|could)(?:n't| not)\b`)
	only          = regexp.MustCompile(`^밖에`)
	relative      = regexp.MustCompile(`^(?:에|을|를|로|라는|까지)? ?(?:불과했던|불과한|머문|머물렀던|기록한|기록했던|얻은|받은|낸|달성한|그친|그쳤던|이른|푼|맞힌)? ?(?:(?:엔비디아|구글|오픈AI|앤트로픽|메타)의 )?$`)
	inBrackets    = regexp.MustCompile(`^ ?\($`)
	gapBetween    = regexp.MustCompile(`(?i)\b(?:gaps?|difference|distance|margin) between\b`)
	thenGap       = regexp.MustCompile(`^(?:이?고|으?로),? (?:그 |둘의 )?(?:격차|차이)[가는] \d`)
	object        = regexp.MustCompile(`^(?:을|를|보다|과 |와 )`)
	byFollowing   = regexp.MustCompile(`(?i)^[^.;,]{0,12}\b(?:for|by|from|with) (?:[A-Z][A-Za-z]+'s |the |OpenAI |Google |Anthropic |Meta )?$`)
)

// benchmarkClaim ties a score to a benchmark.
func (r *Recognizer) benchmarkClaim(v *view, q quantity, c clause, topic topicOf) (Claim, bool) {
	if q.dimension != "fraction" && q.dimension != "point" && q.dimension != "minute" && q.dimension != "rating" {
		return Claim{}, false
	}
	if otherTest.MatchString(v.text[:q.start]) && !v.named(q.start) {
		return Claim{}, false
	}
	metric, near := r.benchmarkOf(v, q, c, topic)
	if metric == "" || !fits(r.metrics[metric].Unit, q) || q.dimension == "minute" && otherHorizon.MatchString(v.text) {
		return Claim{}, false
	}
	if forecastWords.MatchString(predicate(c, v, q)) || errorWords.MatchString(c.text) || besideScore.MatchString(c.around(v, q)) && !thenGap.MatchString(v.text[q.end:]) || gapBetween.MatchString(v.text[:q.start]) {
		return Claim{}, false
	}
	if deniedKo.MatchString(c.after(v, q)) && !only.MatchString(v.text[q.end:]) || deniedEn.MatchString(c.text) {
		return Claim{}, false
	}
	_, bracketed := r.bracketed(v, q)
	_, beside := r.beside(v, q)
	listed := r.listed(v, q, c) && (copula.MatchString(v.text[q.end:]) || scoreWords.MatchString(v.text))
	if !near && !bracketed && !beside && !listed && !scoreWords.MatchString(c.text) {
		return Claim{}, false
	}
	subject, human := r.scorerOf(v, q, c)
	if subject == "" {
		subject = r.holderOf(v, q)
	}
	if human || subject == "" && (!ofRecord.MatchString(predicate(c, v, q)) || ownTopic.MatchString(v.text[:q.start])) {
		return Claim{}, false
	}
	if metric == "swe-bench-verified" && !verified.MatchString(v.text) && r.subjects[subject].Released.Before(verifiedSince) {
		return Claim{}, false
	}
	return r.claim(q, metric, subject), true
}

// SWE-bench alone is the whole set, easier to fail, in what is said of models older than SWE-bench Verified.
var (
	verified      = regexp.MustCompile(`(?i)verified|검증판`)
	verifiedSince = time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC) // models of that summer were soon scored on it
)

// holderOf finds the model that a clause of its own says holds a record: 최고 기록은 80.9%로, 클로드가 세웠다; the best is 50.4%, by Claude.
func (r *Recognizer) holderOf(v *view, q quantity) string {
	for _, n := range v.all(r.of("model")) {
		if !n.variant && (holds.MatchString(v.text[n.end:]) && n.start > q.end || heldBy.MatchString(v.text[:n.start])) {
			return n.id
		}
	}
	return ""
}

var (
	holds  = regexp.MustCompile(`^[이가] ?(?:세운|세웠|보유|갖고|가지고|거뒀|거둔|냈|낸 )`)
	heldBy = regexp.MustCompile(`(?:, | held | set )by (?:the )?$`)
)

// bracketed finds the model of "78% (o1)".
func (r *Recognizer) bracketed(v *view, q quantity) (string, bool) {
	for _, n := range v.all(r.of("model")) {
		if n.start > q.end && inBrackets.MatchString(v.text[q.end:n.start]) && !n.variant && strings.HasPrefix(v.text[n.end:], ")") {
			return n.id, true
		}
	}
	return "", false
}

// otherTest is a name right before a value. Where the catalogue doesn't know it, the value is on another benchmark or
// another model's.
var otherTest = regexp.MustCompile(`(?:^|[ (])(?:[A-Z]+[a-z]*[A-Z][\w-]*|[A-Z][\w]*-[A-Z\d][\w-]*)(?:에서|의|는|은|이|가)? $`)

// named reports whether a known name ends right before a place in the text, particles aside.
func (v *view) named(at int) bool {
	return slices.ContainsFunc(v.names, func(n found) bool { return n.end <= at && len([]rune(v.text[n.end:at])) <= 4 })
}

// ofRecord is said of a score that no model is named for: a record, or the level that models are at. Bare talk of scores is
// as often about a change, a share or a demand.
var ofRecord = regexp.MustCompile(`(?i)최고|기록|1위|선두|최첨단|가장|집계|찍|record|state[- ]of[- ]the[- ]art|SOTA|\b(?:best|top|leading|leader|highest|models?|frontier)\b|모델`)

// beside finds the model of "o1 (78%)" and of "78% for o1".
func (r *Recognizer) beside(v *view, q quantity) (string, bool) {
	for _, n := range v.all(r.of("model")) {
		switch {
		case n.variant:
		case n.end <= q.start && inBrackets.MatchString(v.text[n.end:q.start]) && strings.HasPrefix(v.text[q.end:], ")"),
			n.start >= q.end && rightBehind.MatchString(v.text[q.end:n.start]):
			return n.id, true
		}
	}
	return "", false
}

var (
	rightBehind = regexp.MustCompile(`^ (?:for|with|by) (?:the )?$`)
	copula      = regexp.MustCompile(`^(?:를|을|로)?(?:$|[.,;]|다[ .]|이다|였|이었|이고|이며)`)
)

// around is the part of a clause up to a value and a little behind it.
func (c clause) around(v *view, q quantity) string {
	from := q.start
	for _, s := range c.spans {
		if s[0] <= q.start {
			from = min(from, s[0])
		}
	}
	end := q.end
	for range 6 {
		if end < len(v.text) {
			_, n := utf8.DecodeRuneInString(v.text[end:])
			end += n
		}
	}
	return v.text[from:end]
}

// after is the part of a clause behind a value, where the verb of a Korean sentence stands.
func (c clause) after(v *view, q quantity) string {
	end := q.end
	for _, s := range c.spans {
		end = max(end, s[1])
	}
	return v.text[q.end:end]
}

// listed reports whether a value stands right behind a model's name, as in a list whose verb comes once.
func (r *Recognizer) listed(v *view, q quantity, c clause) bool {
	for _, n := range v.within(c, r.of("model")) {
		if n.end <= q.start && len([]rune(v.text[n.end:q.start])) <= 4 {
			return true
		}
	}
	return false
}

// predicate is what a clause says, for judging whether it is a forecast: the clause, and in Korean, where the verb comes
// last, the rest of the sentence up to it when the clause has no verb of its own.
func predicate(c clause, v *view, q quantity) string {
	rest := v.text[q.end:]
	if i := clauseEnd.FindStringIndex(rest); i == nil {
		return c.text + rest
	}
	return c.text
}

// fits reports whether a quantity can be a value of a benchmark's unit.
func fits(unit string, q quantity) bool {
	switch unit {
	case "fraction":
		return (q.dimension == "fraction" || q.dimension == "point") && q.value > 0 && q.value <= 1
	case "minute":
		return q.dimension == "minute"
	case "Elo":
		return q.dimension == "rating"
	}
	return false
}

// benchmarkOf finds the benchmark that a value is a score on, and whether its name stands right at the value.
func (r *Recognizer) benchmarkOf(v *view, q quantity, c clause, topic topicOf) (metric string, near bool) {
	ofUnit := func(n found) bool { return r.scored(n) && fits(r.metrics[n.id].Unit, q) }
	names := v.within(c, ofUnit)
	for _, n := range names { // "78% on GPQA"
		if n.start >= q.end && followingOn.MatchString(v.text[q.end:n.start]) {
			return n.id, true
		}
	}
	best := found{end: -1}
	for _, n := range names {
		if n.end <= q.start {
			best = n
		}
	}
	if best.end >= 0 {
		if adapted.MatchString(v.text[:best.start]) || otherSet.MatchString(v.text[best.end:]) {
			return "", false
		}
		return best.id, len([]rune(v.text[best.end:q.start])) <= 14
	}
	if len(names) == 1 && !adapted.MatchString(v.text[:names[0].start]) {
		return names[0].id, false
	}
	if len(names) > 0 {
		return "", false
	}
	var before, distinct []string
	for _, n := range v.all(ofUnit) {
		if adapted.MatchString(v.text[:n.start]) {
			return "", false
		}
		if n.start < q.start {
			before = append(before, n.id)
		}
		if len(distinct) == 0 || distinct[len(distinct)-1] != n.id {
			distinct = append(distinct, n.id)
		}
	}
	if sameBenchmark.MatchString(c.text) || sameBenchmark.MatchString(v.text) && len(distinct) == 0 {
		if len(before) > 0 {
			return before[len(before)-1], false
		}
		if topic.benchmark != "" && fits(r.metrics[topic.benchmark].Unit, q) {
			return topic.benchmark, false
		}
		return "", false
	}
	_, beside := r.beside(v, q)
	if len(distinct) == 1 && (len(before) > 0 || beside) {
		return distinct[0], false
	}
	return "", false
}

// adapted stands before the name of a benchmark that was changed: translated, made harder, cut down. Its scores are others.
var adapted = regexp.MustCompile(`(?i)(?:한국어(?:로 옮긴|판|용)?|일본어(?:판)?|중국어(?:판)?|다국어|번역(?:한|된|판)?|옮긴|변형(?:한|된)?|바꾼|고친|수정(?:한|된)?|줄인|추린|비슷한|유사한|자체 |\b(?:multilingual|translated|modified|perturbed|Korean|Chinese|Japanese|French|German|subset of|variant of|version of|\w+-(?:like|style))(?: the)?) ?$`)

// otherSet stands behind the name of a benchmark whose other questions a score is on: GPQA(전체 세트), GPQA Extended.
var otherSet = regexp.MustCompile(`(?i)^ ?\(?(?:전체|메인|확장|full\b|main\b|extended\b|lite\b|multilingual\b|multimodal\b)`)

// scorerOf finds whose score a value is. It reports whether it is people's.
func (r *Recognizer) scorerOf(v *view, q quantity, c clause) (subject string, human bool) {
	model := r.of("model")
	names := v.within(c, model)
	for i, n := range names {
		if i > 0 && object.MatchString(v.text[n.end:]) {
			continue // what the model before it is compared with
		}
		if between := v.text[q.end:max(q.end, n.start)]; n.start > q.end && !n.variant && (byFollowing.MatchString(between) || relative.MatchString(between)) {
			return n.id, false
		}
	}
	if id, ok := r.bracketed(v, q); ok {
		return id, false
	}
	if id, ok := r.beside(v, q); ok {
		return id, false
	}
	for _, n := range names {
		if n.end <= q.start && possessive.MatchString(v.text[n.end:q.start]) && !n.variant {
			return n.id, false
		}
	}
	last := -1
	compared := false
	for _, n := range names {
		if n.end > q.start {
			continue
		}
		if comparedWords.MatchString(v.text[n.end:]) || dates.MatchString(v.text[n.end:]) || passedOver.MatchString(v.text[:n.start]) {
			compared = true
			continue
		}
		if n.variant {
			subject, last = "", n.start
			continue
		}
		subject, last = n.id, n.start
	}
	for _, m := range humanWords.FindAllStringIndex(v.text, -1) {
		if c.has(m[0]) && m[0] > last && (m[0] < q.start || subject == "") && !comparedWords.MatchString(v.text[m[1]:]) {
			return "", true
		}
	}
	if last >= 0 || compared {
		return subject, false
	}
	for _, n := range v.all(model) { // GPT-4o (MMLU: 88.7%)
		if len(names) == 0 && !n.variant && n.end < c.spans[0][0] && inBrackets.MatchString(v.text[n.end:c.spans[0][0]]) {
			return n.id, false
		}
	}
	if id, ok := r.fronted(v, c); ok {
		return id, false
	}
	if len(names) == 1 && !names[0].variant && !strings.Contains(v.text[q.end:names[0].start], " than ") {
		return names[0].id, false
	}
	if len(names) > 0 {
		return "", false
	}
	if all := v.all(model); len(all) > 0 {
		for _, n := range all[1:] {
			if n.id != all[0].id {
				return "", false
			}
		}
		if !all[0].variant && all[0].start < q.start && !comparedWords.MatchString(v.text[all[0].end:]) {
			return all[0].id, false
		}
	}
	return "", false
}

// possessive joins a value to its owner right before it: beat o1's 78%.
var possessive = regexp.MustCompile(`^(?:['’]s|의) $`)

var fronting = regexp.MustCompile(`^(?:With|At) `)

// fronted finds the subject of "With 54.6% on X, GPT-4.1 leads": it begins the clause after.
func (r *Recognizer) fronted(v *view, c clause) (string, bool) {
	if !fronting.MatchString(v.text[c.spans[0][0]:]) {
		return "", false
	}
	end := c.spans[len(c.spans)-1][1]
	for _, n := range v.all(r.of("model")) {
		if n.start == end && !n.variant {
			return n.id, true
		}
	}
	return "", false
}
