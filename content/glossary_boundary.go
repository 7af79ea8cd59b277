package content

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// decideTerm makes a term of a candidate, with what the corpus knows of its gloss.
func decideTerm(c termCandidate, agreed agreements, seg Segmenter) (Term, bool) {
	last := c.Before[len(c.Before)-1]
	english := englishGloss.MatchString(c.Inside)
	switch {
	case english && isKorean(last):
		ko, ok := koreanTerm(c, agreed, seg)
		return Term{Ko: ko, En: c.Inside, Anchor: c.Anchor, Line: c.Line}, ok && plausible(ko, c.Inside) && (!unit.MatchString(c.Inside) || namesUnit.MatchString(ko))
	case english && acronymOf(last, c.Inside):
		return Term{Ko: last, En: c.Inside, Anchor: c.Anchor, Line: c.Line}, true
	case !english && !isKorean(last):
		en := latinTail(c.Before)
		name := isLatin(en) && !strings.ContainsFunc(en, unicode.IsDigit) && len(en) >= 2
		return Term{Ko: c.Inside, En: en, Anchor: c.Anchor, Line: c.Line}, name && plausible(c.Inside, en)
	}
	return Term{}, false
}

// isLatin reports whether a word has Latin letters and no others.
func isLatin(w string) bool {
	latin := false
	for _, c := range w {
		switch {
		case unicode.Is(unicode.Latin, c):
			latin = true
		case unicode.IsLetter(c):
			return false
		}
	}
	return latin
}

// setOf reads a list of words parted by bars.
func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.SplitSeq(words, "|") {
		set[w] = true
	}
	return set
}

// endsIn returns where the longest ending of a word that is in a set begins, -1 where it has none. A library of thousands of
// reports asks it millions of times.
func endsIn(w string, set map[string]bool) int {
	for i := range w {
		if set[w[i:]] {
			return i
		}
	}
	return -1
}

// isKorean reports whether a word is written in Hangul, digits aside.
func isKorean(w string) bool {
	hangul := false
	for _, c := range w {
		switch {
		case unicode.Is(unicode.Hangul, c):
			hangul = true
		case unicode.IsLetter(c):
			return false
		}
	}
	return hangul
}

var (
	// closing ends a word that closes the phrase to the left of a term: a particle or an ending.
	closing = setOf(`을|를|은|는|이|가|에|에서|에게|에도|에는|에서는|으로|로|으로는|로는|와|과|도|만|까지|부터|처럼|보다|라는|이라는|하는|하던|하여|하고|되는|된|한|할|될|인|적인|만든|이끈|부른|나온|갖춘|니라|이라|위해|통해|대해|따라|며|고|면|지만|거나|다|게|서|며|듯|여|해|당`)
	// nounEnd ends nouns that look as if they ended in one of those.
	nounEnd = setOf(`속도|온도|밀도|확도|빈도|강도|이도|용도|정도|제도|한도|각도|순도|척도|농도|태도|지도|신뢰도|가중치도|평가|대가|국가|증가|추가|물가|주가|단가|원가|전문가|작가|부가|회로|경로|진로|프로|제로|크로|효과|결과|성과|통과|초과|부과|차이|깊이|길이|높이|넓이|다이|사이|바이|풀이|레이|와이|전이|추이|라인|체인|디자인|개인|코인|원인|확인|도메인|승인|제한|권한|극한|무한|유한|상한|하한|광고|사고|참고|보고|최고|재고|창고|경고|화면|평면|측면|표면|단면|국면|역할|분할|잉여|고해상|후면|전면|자본|텐서|데이터|센터|필터|라우터|파라미터|컴퓨터|모니터|클러스터|라운드|이해|분해|손해|저해|순서|문서|센서|프로세서|서버|방식|언어|단어|코어|소프트웨어|하드웨어|미디어|합의|정의|논의|게이트|이미지|참여|기여|강한|무게|마을|가을|은행|다양|바다|조건`)
	// linking words never belong to a term.
	linking     = setOf(`즉|및|또는|그리고|등|등의|등을|약|그|이|저|각|더|매우|가장|새로운|여러|다른|모든|주요|이러한|그러한|어떤|첫|두|세|네|예를|참고로|특히|또한|하지만|그러나|최근|현재|기존|기존의|곧|이른바|소위|같은|흔히|바로|주로|단지|역시|예컨대|예로|다시|함께|모두|이미|아직|당시|오늘|지금|우리|그것|이것|이를|그는|최신|하나의|훨씬|보통|대표적|일종의|이라고|말하는|부르는|이때|그때|이제|오늘날|전체|여기서|이후|이어|앞서|지난해|올해`)
	headEnd     = setOf(`없는|있는|하는|되는|된|되어|하여|했다|한다|에서|으로|을|를|한다는|같은|는데|이야|말야|았고|었고|였고|했고|줬고|졌고|지만|면서|니까|려면|어요|아요|해요`)
	conjunction = regexp.MustCompile(` and |&`)
	eponym      = regexp.MustCompile(`['’]s? | of `)
	smallEn     = map[string]bool{"of": true, "the": true, "and": true, "a": true, "an": true, "to": true, "in": true, "for": true, "by": true, "on": true, "with": true}
)

var pairOfLetters = regexp.MustCompile(`\b([A-Z])/([A-Z])\b`) // I/O is one word

// glossWords returns the words of an English gloss that a Korean term renders, and how many parts it can have: the letters
// of an acronym, else the words.
func glossWords(en string) (words []string, parts int) {
	for _, w := range strings.FieldsFunc(pairOfLetters.ReplaceAllString(en, "$1$2"), func(r rune) bool { return r == ' ' || r == '-' || r == '/' || r == '–' }) {
		if !smallEn[strings.ToLower(w)] {
			words = append(words, w)
		}
	}
	if trimmed := strings.TrimSuffix(en, "s"); len(words) == 1 && len(trimmed) >= 2 && len(trimmed) <= 6 && strings.ToUpper(trimmed) == trimmed {
		return words, len(trimmed)
	}
	if len(words) == 1 {
		capitals := 0
		for _, c := range en {
			if unicode.IsUpper(c) {
				capitals++
			}
		}
		return words, max(1, capitals) // CapEx, CoWoS
	}
	return words, len(words)
}

// koreanTerm decides how many of the words before a gloss are the term: agreement across the corpus where the gloss occurs
// more than once, else what the gloss's own length asks for, up to a word that closes the phrase before.
func koreanTerm(c termCandidate, corpus agreements, seg Segmenter) (string, bool) {
	if endsIn(c.Before[len(c.Before)-1], headEnd) >= 0 {
		return "", false
	}
	words, parts := glossWords(c.Inside)
	acronym := parts > len(words)
	limit := 1
	for limit < len(c.Before) && !breaks(c.Before[len(c.Before)-limit-1], c.Inside, words, limit < parts, seg) {
		limit++
	}
	nearest := c.Before[len(c.Before)-1]
	name := isName(words)
	run := func(n int) string { return strings.Join(c.Before[len(c.Before)-n:], " ") }
	n := limit
	switch {
	case acronym && initialled(c.Before[len(c.Before)-limit:], c.Inside) > 0:
		n = initialled(c.Before[len(c.Before)-limit:], c.Inside)
	case acronym:
		n = 0
		for units := 0; n < limit && units < parts; n++ {
			if n == 1 && office.MatchString(nearest) {
				n += founders(c.Before[:len(c.Before)-1], limit-1, c.Inside)
				break
			}
			units += acronymUnits(c.Before[len(c.Before)-n-1])
		}
	case parts == 1 && (name || utf8.RuneCountInString(nearest) > 2) && soundsLike(nearest, c.Inside):
		n = 1
	case name && sounding(c, limit) >= len(strings.Fields(c.Inside)), len(words) > 1 && sounding(c, limit) >= len(words):
		n = sounding(c, limit) // 소년 함자 알하티브, Hamza Al-Khatib; 수랭식 콜드 플레이트, cold plate
	case limit > parts+1, name && len(words) > 1 && limit > parts:
		n = max(1, parts)
	}
	if !acronym && n < parts && n == limit && limit < len(c.Before) && modifies.MatchString(c.Before[len(c.Before)-limit-1]) && !soundsLike(nearest, c.Inside) {
		return "", false // what stands before may be part of the term or not
	}
	if agreed := agreement(c, corpus, limit); agreed >= n || agreed > 0 && (acronym || unitsOf(run(agreed)) >= parts) {
		n = agreed // else two renderings share their last word: 확장 법칙 and 스케일링 법칙, scaling law
	}
	for n > 1 && !(n == parts && shortWord(c.Before[len(c.Before)-n], c.Inside)) && utf8.RuneCountInString(c.Before[len(c.Before)-n]) == 1 && !acronym {
		// A term doesn't begin with a word of one syllable, but of 여러 번 뽑기, repeated sampling, it may be a part.
		if n--; n < parts && !soundsLike(nearest, c.Inside) {
			return "", false
		}
	}
	if conjunction.MatchString(c.Inside) && n < limit && n-1 < parts && slices.Contains(c.Before[len(c.Before)-n:], "앤") {
		n++ // 브리티시 리듬 앤 블루스: 앤 is one of the words
	}
	if n < len(c.Before) && c.Before[len(c.Before)-n] == "앤" && conjunction.MatchString(c.Inside) {
		n++
	}
	if name && len(words) > 1 && soundsLike(nearest, words[len(words)-1]) {
		for k := n; k > 1; k-- { // 박물학자 드 캉돌, 단어 리만 브러더스: what is named is no part of its name
			if w := c.Before[len(c.Before)-k]; calling.MatchString(w) && !soundsLike(w, c.Inside) {
				n = k - 1
			}
		}
	}
	term := strings.Trim(run(n), " ‘’“”'\"")
	return term, unitsOf(term)*2 >= parts
}

// unitsOf is how many words of English a Korean term may stand for.
func unitsOf(term string) int {
	units := 0
	for w := range strings.FieldsSeq(term) {
		units += koreanUnits(w)
	}
	return units
}

// sounding counts the last words that are words of a gloss in Hangul, up to a limit.
func sounding(c termCandidate, limit int) int {
	n := 0
	for n < limit && soundsLike(c.Before[len(c.Before)-n-1], c.Inside) {
		n++
	}
	return n
}

var (
	// office ends the names of institutions, which are one word for the three or four of their acronym.
	office = regexp.MustCompile(`^.{2,}(?:위원회|안보국|기구|협회|연구소|연구원|은행|공사|재단|연합|청|국)$`)
	// calling ends the words for people and things that have names.
	calling = regexp.MustCompile(`(?:학자|교수|박사|작가|감독|가수|배우|선수|화가|기자|대통령|총리|장관|의원|회장|사장|대표|작곡가|뮤지션|기타리스트|창업자|설립자|공동창업자|연구원|엔지니어|투자자|단어|용어|회사|기업|스타트업|업체|그룹|밴드|게임|영화|소설|잡지|도시)$`)
	// modifies ends a word that says something of the next.
	modifies = regexp.MustCompile(`(?:의|[하되않있없쓰주오가나받]는|[높낮같많적좋작깊넓좁]은|[한된인할될던])$`)
	// between words of a Korean term that the letters of an acronym pass over.
	between = map[string]bool{"기반": true, "위한": true, "대한": true, "통한": true, "의한": true, "사이": true, "및": true}
)

// acronymUnits is how many letters of an acronym a Korean word may stand for.
func acronymUnits(w string) int {
	if between[w] {
		return 0
	}
	return koreanUnits(w)
}

// founders returns how many of the words before an institution begin like the first letters of its acronym: 로렌스 버클리 국립연구소
// and LBNL.
func founders(ws []string, limit int, acronym string) int {
	for n := min(limit, len(ws), len(acronym)-1); n > 0; n-- {
		if initialled(ws[len(ws)-n:], acronym[:n]) == n {
			return n
		}
	}
	return 0
}

// initialled returns how many of the last words begin like the letters of an acronym, all of them: 네트워크 인터페이스 카드
// and NIC.
func initialled(ws []string, acronym string) int {
	letters := strings.TrimSuffix(acronym, "s")
	if len(ws) < len(letters) {
		return 0
	}
	for i, w := range ws[len(ws)-len(letters):] {
		a, b := hangulSkeleton(w), latinSkeleton(letters[i:i+1])
		if a == "" || b == "" || !sameSound(a[0], b[0]) {
			return 0
		}
	}
	return len(letters)
}

// shortWord reports whether a word of one syllable can begin a term: 긴 문맥, 폰 노이만 병목.
func shortWord(w, en string) bool {
	return slices.Contains([]string{"긴", "큰", "새", "첫", "광", "올", "고", "저"}, w) || soundsLike(w, en)
}

// isName reports whether every word of a gloss is written as a name.
func isName(words []string) bool {
	for _, w := range words {
		if c, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(c) {
			return false
		}
	}
	return len(words) > 0
}

// agreement returns the longest run of up to limit words that more than half of a gloss's uses share; 0 where the corpus does not say.
func agreement(c termCandidate, corpus agreements, limit int) int {
	shared := corpus(glossKey(c.Inside))
	n := 0
	for n < min(limit, len(shared), len(c.Before)) && shared[n] == c.Before[len(c.Before)-n-1] {
		n++
	}
	return n
}

// koreanUnits is how many words of English a Korean word may stand for: one for each two syllables and a bit. Its morphemes are no
// better measure, for suffixes and parts of transliterations are some too.
func koreanUnits(w string) int { return max(1, (utf8.RuneCountInString(w)*10+11)/22) }

// breaks reports whether a word ends the phrase before a term. A possessive belongs to the term where the English has one
// (무어의 법칙, Moore's law), a Latin word where the gloss has it too (KV 캐시, KV cache).
func breaks(w, en string, words []string, short bool, seg Segmenter) bool {
	if !isKorean(w) {
		for _, e := range words {
			if strings.EqualFold(e, w) {
				return false
			}
		}
		return true
	}
	if linking[w] || strings.ContainsAny(w, "0123456789%") {
		return true
	}
	if owner, ok := strings.CutSuffix(w, "의"); ok && isName(words[:1]) && soundsLike(owner, words[0]) {
		return false // 제번스의 역설, Jevons paradox
	}
	if w == "가능한" && able.MatchString(en) {
		return false // 검증 가능한 보상, verifiable reward
	}
	if strings.HasSuffix(w, "의") && (endsIn(w, nounEnd) < 0 || seg != nil && endsBefore(seg, w, "의")) {
		return !short || !eponym.MatchString(en)
	}
	if utf8.RuneCountInString(w) == 1 {
		return !short
	}
	if strings.Contains(en, " and ") && (strings.HasSuffix(w, "와") || strings.HasSuffix(w, "과")) {
		return false
	}
	if endsIn(w, nounEnd) >= 0 || soundsLike(w, en) && !strings.HasSuffix(w, "은") && !strings.HasSuffix(w, "는") && !strings.HasSuffix(w, "을") && !strings.HasSuffix(w, "를") {
		return false
	}
	if endsIn(w, closing) >= 0 {
		return true
	}
	if seg == nil {
		return false
	}
	ms := seg.Morphemes(w)
	return len(ms) > 0 && ms[len(ms)-1][1] < len(w) && !strings.HasSuffix(w, "적") // an ending that is not listed
}

// able ends an English word for what can be done.
var able = regexp.MustCompile(`(?i)[ai]ble\b`)

// endsBefore reports whether an ending is no part of a word's last morpheme: that of 측정의 is, that of 정의 is not.
func endsBefore(seg Segmenter, w, ending string) bool {
	ms := seg.Morphemes(w)
	return len(ms) > 0 && ms[len(ms)-1][1] <= len(w)-len(ending)
}

// plausible rejects pairs whose sides can't render each other: a sentence, a number, a remark.
func plausible(ko, en string) bool {
	k, e := utf8.RuneCountInString(ko), utf8.RuneCountInString(en)
	if k < 1 || e < 2 || k > 30 || sentenceLike(ko) && !soundsLike(ko, en) || k == 1 && e > 8 {
		return false
	}
	return !strings.ContainsAny(ko, "0123456789%") && len(strings.Fields(en)) <= 8
}

var (
	// unit matches what a quantity is given in: 용량(GB) renders nothing, 기가바이트(GB) does.
	unit      = regexp.MustCompile(`^(?:[kKMGTPEZ]i?(?:b|B|bit|bps|[bB]/s|Wh?|Hz|eV|FLOPS?|FLOP/s)|FLOPS?|FLOP/s|TOPS|FPS|bps|Wh|Hz|[nμumck]m|[mnμu]s|kg|USD|KRW|JPY|EUR|CNY|ppm|sec|min|hr|tokens?/s)$`)
	namesUnit = regexp.MustCompile(`(?:바이트|비트|와트|와트시|헤르츠|미터|초|분|시간|달러|원|엔|유로|위안|플롭스?|연산.*|횟수|수|그램|피피엠|볼트|프레임)$`)
)

var remark = setOf(`제외|포함|있음|없음|참조|참고|기준|이하|이상|예정|추정|높음|낮음|중간|가정|발표|현재|비공개|공개`)

func sentenceLike(ko string) bool {
	ko = strings.TrimRight(ko, ".!?")
	return strings.HasSuffix(ko, "다") || endsIn(ko, remark) >= 0
}

// mostlyCapital reports whether a word is written like an acronym: GPU, MoE.
func mostlyCapital(w string) bool {
	capitals := 0
	for _, c := range w {
		if unicode.IsUpper(c) {
			capitals++
		}
	}
	return capitals*3 >= len(w)*2
}

// acronymOf reports whether a word is the initials of a gloss: ASIC(Application-Specific Integrated Circuit). One letter
// may lack its word.
func acronymOf(w, gloss string) bool {
	if len(w) < 2 || len(w) > 8 || !mostlyCapital(w) || !isLatin(w) {
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(gloss), func(r rune) bool { return r == ' ' || r == '-' || r == '/' })
	if len(words) < 2 {
		return false
	}
	letters := strings.ToLower(w)
	i := 0
	for _, word := range words {
		for _, c := range word {
			if i >= len(letters) || byte(c) != letters[i] {
				break
			}
			i++
		}
	}
	return i >= len(letters) || i >= 2 && i == len(letters)-1
}

// latinTail joins the words of Latin letters before a gloss that make a name.
func latinTail(before []string) string {
	i := len(before)
	for i > 0 && !strings.ContainsFunc(before[i-1], func(c rune) bool { return unicode.Is(unicode.Hangul, c) }) && len(before)-i < 4 {
		i--
	}
	return strings.Join(before[i:], " ")
}
