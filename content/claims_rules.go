package content

import (
	"regexp"
	"slices"
	"strings"
)

// claimRule ties quantities of one dimension to a metric by the words around them.
type claimRule struct {
	metric    string
	dimension string
	kinds     []string       // of the subject
	need      *regexp.Regexp // in the clause, or where the clause has no word of the kind, in the sentence
	reject    *regexp.Regexp // in the clause
	direct    *regexp.Regexp // right before the value: allows a claim that names no subject
	close     bool           // need has to be in the clause itself
}

func words(p string) *regexp.Regexp { return regexp.MustCompile(`(?i)` + p) }

var (
	chip       = []string{"chip"}
	memoryChip = []string{"memory"}
	processor  = []string{"processor"}
	languageLM = []string{"model"}

	systemWords = `(?:^|[^블])랙|\bDGX\b|NVL ?\d|SuperPOD|파드|\bpods?\b|서버|시스템 전체|노드당|클러스터|데이터 ?센터|캠퍼스|단지|개월|\bracks?\b|servers?|cluster|\bnode\b|system-wide|data ?cent|campus`
	sparse      = `희소|sparse|sparsity|기록|실측|실제|측정|달성|얻|measured|achiev|sustain|in practice|delivered only`
	millionUnit = `(?:100만|백만|1M|(?:per|/|a|one|1|each|every) ?million|per M)`

	// claimRules are tried in order; the first that fits decides.
	claimRules = []claimRule{
		{"hardware-interconnect-bandwidth", "byte/s", chip, words(`NVLink|칩 간|인터커넥트|scale-up|Infinity Fabric|ICI`), words(systemWords), nil, false},
		{"hardware-memory-bandwidth", "byte/s", chip, words(`메모리[^.]{0,30}대역폭|HBM[^,]{0,12}대역폭|대역폭[^,]{0,16}메모리|memory[^,]{0,12}bandwidth|HBM[^,]{0,12}bandwidth|bandwidth|HBM`), words(systemWords + `|스택|stack|NVLink|NIC|이더넷|Ethernet|InfiniBand|PCIe|핀|\bpin\b|칩 간`), words(`(?:메모리|HBM) 대역폭(?:은|이|을)? (?:여전히 |GPU당 |칩당 ){0,3}$`), false},
		{"hbm-bandwidth", "byte/s", memoryChip, words(`대역폭|bandwidth|스택|stack`), words(systemWords + `|핀당|per pin`), nil, false},
		{"hbm-pin-speed", "bit/s", memoryChip, words(`핀|\bpin\b`), words(systemWords), nil, false},
		{"hbm-capacity", "byte", memoryChip, words(`스택|용량|stack|capacity`), words(systemWords + `|GPU당|GPU 하나|per GPU|대역폭`), nil, false},
		{"hardware-memory", "byte", chip, words(`메모리|HBM|VRAM|memory`), words(systemWords + `|LPDDR|SRAM|캐시|cache|모델|가중치|weights|시스템 메모리|파일|데이터셋|스택당|per stack`), words(`(?:HBM|메모리) 용량(?:은|이|을)? (?:모두 |총 |GPU당 |칩당 ){0,2}$|(?:HBM|memory) capacity (?:to|of|is|at) $`), false},
		{"hardware-tdp", "W", chip, words(`TDP|열 ?설계|소비 ?전력|전력|power|draws?|consum|rated|정격`), words(systemWords + `|추가 전력|여유|절감|절약|차이|extra|saving`), words(`TDP(?:는|가|이|를)? $`), false},
		{"hardware-fp4-flops", "FLOP/s", chip, words(`FP4|NVFP4|MXFP4`), words(sparse + "|" + systemWords + `|FP8|FP16|BF16`), nil, false},
		{"hardware-fp8-flops", "FLOP/s", chip, words(`FP8`), words(sparse + "|" + systemWords + `|FP4|FP16|BF16|INT8`), nil, false},
		{"hardware-fp16-flops", "FLOP/s", chip, words(`FP16|BF16|bfloat16|반정밀도`), words(sparse + "|" + systemWords + `|FP4|FP8|INT8|TF32`), nil, false},
		{"hardware-fp32-flops", "FLOP/s", chip, words(`FP32|단정밀도`), words(sparse + "|" + systemWords + `|FP4|FP8|FP16|BF16|TF32`), nil, false},
		{"hardware-price", "USD", chip, words(`가격|대당|개당|장당|한 장|한 개|판매가|price[ds]?\b|\bcosts?\b|\bsells?\b|\bsold\b|each|apiece|(?:an?|per) card|\blaunched at`), words(systemWords + `|시간당|시간에|임대|시세|중고|웃돈|암시장|정점|street|peak|used|second-hand|매출|시가|투자|원가|제조|생산|bill of materials|BOM|per hour|an hour|/hour|/hr|rent|revenue|market|manufactur|토큰|token`), nil, false},
		{"hardware-transistors", "transistor", chip, words(`.`), words(`배`), nil, false},
		{"cpu-transistors", "transistor", processor, words(`.`), words(`배`), nil, false},
		{"cpu-frequency", "Hz", processor, words(`.`), words(`배|메모리|버스|memory|\bbus\b`), nil, false},
		{"cpu-power", "W", processor, words(`TDP|전력|power|draws?|dissipat`), words(systemWords), nil, false},
		{"model-training-compute", "FLOP", languageLM, words(`학습|훈련|연산량|train|compute|needed|took`), words(`토큰당|per token|추론|inference|초당|per second|기준을|규제|threshold`), nil, false},
		{"model-active-parameters", "parameter", languageLM, words(`활성|active|activate`), words(`전문가 하나|per expert`), nil, true},
		{"model-parameters", "parameter", languageLM, words(`파라미터|매개변수|parameter`), words(`활성|active|activate|전문가 하나|per expert|임베딩|embedding|증류`), nil, false},
		{"model-training-tokens", "token", languageLM, words(`학습|훈련|train|\bsaw\b`), words(`컨텍스트|문맥|입력 토큰|출력 토큰|초당|하루|매일|가격|달러|context|window|per second|per day|price|사후|미세 조정|fine-?tun|강화 학습`), nil, false},
		{"model-training-cost", "USD", languageLM, words(`(?:학습|훈련)(?:[^,.]|[,.]\d){0,20}(?:비용|들었|들어|든 |썼|쓰였)|비용[^,.]{0,20}(?:학습|훈련)|train[^,;]{0,40}\bcosts?\b|\bcosts?\b[^,;]{0,40}train|spent[^,.]{0,30}train|train[^,.]{0,20} for\b`), words(`토큰|token|시간당|per hour|투자|GPU 하나`), nil, false},
		{"price-cached-input", "USD", languageLM, words(`캐시|cached`), words(systemWords), nil, false},
		{"price-input", "USD", languageLM, words(`입력|input`), words(`캐시|cached|출력|output`), nil, false},
		{"price-output", "USD", languageLM, words(`출력|output`), words(`입력|input`), nil, false},
		{"datacenter-power", "W", []string{"datacenter"}, words(`.`), words(`추가|절감`), nil, false},
	}
	dense      = words(`희소성(?:을|이)? ?(?:없이|빼고|빼면|제외)|(?:without|no|non-)[- ]?spars\w+`)
	perMillion = words(millionUnit + `[^.]{0,24}(?:토큰|tokens?)|(?:토큰|tokens?)[^.]{0,24}` + millionUnit)
	plannedUse = words(`계획|목표|전망|예상|예정|내다|것으로 보|만약|가정|would|could|will|expect|plans?\b|planned|forecast|target|if `)
)

// ownTopic begins a sentence about a product of its own, which the catalogue may not know.
var ownTopic = regexp.MustCompile(`[A-Za-z]*\d\w*[은는이가] `)

// severalChips is said of what chips have together.
var severalChips = words(`(?:두|세|네|다섯|여섯|일곱|여덟|아홉|열|\d) ?[장대](?:[을를로의]|이면|면)|\b(?:two|four|eight|sixteen|\d+) (?:\w+ )?(?:GPUs|chips|accelerators|[A-Z]+\d+s)\b`)

// most is what a value can be at most before it is about something larger: a cluster, a contract.
var most = map[string]float64{
	"hardware-tdp": 5e3, "hardware-price": 5e5, "hardware-memory": 2e12, "hbm-capacity": 1e11, "hbm-bandwidth": 5e12, "hardware-memory-bandwidth": 1e14,
	"price-input": 1e3, "price-output": 1e3, "price-cached-input": 1e3, "cpu-power": 1e3, "cpu-frequency": 1e10,
}

// ruledClaim ties a physical quantity, a count or a price to its metric.
func (r *Recognizer) ruledClaim(v *view, q quantity, c clause) (Claim, bool) {
	rule, names := r.ruleFor(v, q, c)
	if rule.metric == "" || most[rule.metric] != 0 && q.value > most[rule.metric] || plannedUse.MatchString(c.text) ||
		slices.Equal(rule.kinds, chip) && severalChips.MatchString(c.text) {
		return Claim{}, false
	}
	subject, ok := tied(v, q, c, names)
	if !ok && len(names) > 0 {
		return Claim{}, false
	}
	return r.claim(q, rule.metric, subject), true
}

// ruleFor returns the rule for a quantity in a clause and the subjects that it could be about.
func (r *Recognizer) ruleFor(v *view, q quantity, c clause) (claimRule, []found) {
	for _, rule := range claimRules {
		if rule.dimension != q.dimension {
			continue
		}
		if _, known := r.metrics[rule.metric]; !known {
			continue
		}
		names := v.within(c, r.of(rule.kinds...))
		if len(names) == 0 {
			names = v.all(r.of(rule.kinds...))
		}
		if len(names) == 0 && (rule.direct == nil || !rule.direct.MatchString(v.text[:q.start]) || ownTopic.MatchString(v.text[:q.start])) {
			continue
		}
		if slices.Equal(rule.kinds, memoryChip) && len(v.all(r.of("chip"))) > 0 {
			continue // the memory of a chip, not of a stack
		}
		price := rule.metric == "price-input" || rule.metric == "price-output" || rule.metric == "price-cached-input"
		if price && !perMillion.MatchString(v.text) {
			continue
		}
		scope := c.text
		if price {
			scope = besideValue(v, q)
		} else if !rule.close && !rule.need.MatchString(scope) {
			scope = v.text
		}
		if rule.need.MatchString(scope) && (rule.reject == nil || !rule.reject.MatchString(dense.ReplaceAllString(c.textOr(scope, price), ""))) {
			return rule, names
		}
	}
	return claimRule{}, nil
}

func (c clause) textOr(scope string, useScope bool) string {
	if useScope {
		return scope
	}
	return c.text
}

// besideValue is the stretch of a list of prices that one of them belongs to: up to the values next to it.
func besideValue(v *view, q quantity) string {
	from, to := 0, len(v.text)
	for _, o := range v.values {
		if o.dimension == q.dimension && o.end <= q.start {
			from = o.end
		}
		if o.dimension == q.dimension && o.start >= q.end && o.start < to {
			to = o.start
		}
	}
	before, after := v.text[from:q.start], v.text[q.end:to]
	if inOut.MatchString(before) && !priceThenKind.MatchString(after) {
		return before
	}
	if i := inOut.FindStringIndex(after); i != nil {
		return after[:i[1]]
	}
	return before
}

var (
	inOut         = words(`캐시|cached|입력|출력|input|output`)
	priceThenKind = words(`^ ?(?:per|a|for|/) ?(?:one )?(?:million|1M|M)? ?(?:cached )?(?:input|output)`)
)

// tied finds the one subject that a value is about: the nearest before it in its clause, the one behind it that it
// describes, or the only one of the sentence.
func tied(v *view, q quantity, c clause, names []found) (string, bool) {
	for _, n := range names {
		behind := n.start >= q.end && c.has(n.start) && ofWhich.MatchString(v.text[q.end:n.start])
		lead := c.spans[len(c.spans)-1][1]
		fronted := n.start >= lead && strings.TrimSuffix(v.text[lead:n.start], "the ") == "" && fronting.MatchString(v.text[c.spans[0][0]:])
		if behind || fronted {
			return n.id, !n.variant
		}
	}
	best := found{end: -1}
	for _, n := range names {
		if n.end <= q.start && c.has(n.start) && !comparedWords.MatchString(v.text[n.end:]) {
			best = n
		}
	}
	if best.end >= 0 {
		return best.id, !best.variant
	}
	for _, n := range names {
		if n.start >= q.end && c.has(n.start) {
			return n.id, !n.variant && describes.MatchString(v.text[q.end:n.start])
		}
	}
	if len(names) == 0 {
		return "", false
	}
	for _, n := range names[1:] {
		if n.id != names[0].id {
			return "", false
		}
	}
	n := names[0]
	for _, m := range productLike.FindAllString(v.text[c.spans[0][0]:max(c.spans[0][0], q.start)], -1) {
		if !notProduct.MatchString(m) {
			return "", false // a product that the catalogue doesn't know
		}
	}
	return n.id, !n.variant && n.end <= q.start && !comparedWords.MatchString(v.text[n.end:])
}

var (
	productLike = regexp.MustCompile(`\b[A-Z][A-Za-z]*[- ]?\d[\w.]*`)
	notProduct  = regexp.MustCompile(`^(?:FP|BF|INT|TF|HBM|GDDR|LPDDR|PCIe|DDR|Q|H)\d|^(?:In|By|On|Since|From|January|February|March|April|May|June|July|August|September|October|November|December|Q)[ -]?\d`)
)

// ofWhich joins a value to the subject right behind it.
var ofWhich = regexp.MustCompile(`^ (?:on|for|with|in|to train) (?:the |an? )?$|^ ?(?:짜리 ?|의 |인 )?(?:모델|가속기|칩|GPU)(?:인)? $`)

// describes joins a value to the subject behind it: "192GB를 탑재한 MI300X", "the 700 W H100".
var describes = words(`^[^,;]{0,14}(?:인|의|한|는|된|갖춘|짜리) ?(?:엔비디아 |NVIDIA |AMD )?$|^ ?(?:of |the )?(?:HBM\w* )?(?:memory )?(?:per million (?:tokens )?)?(?:on|in|for|of|with) (?:the |an? |each )?(?:NVIDIA |AMD )?$`)
