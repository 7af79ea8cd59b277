package templates

// findingMessages are the texts of the pages below /trends.
var findingMessages = map[string]message{
	"finding.more":   {"다른 물음", "More questions"},
	"finding.source": {"자료: %s.", "Source: %s."},

	"progress.title":      {"연산량과 알고리즘의 몫", "Compute or algorithms"},
	"progress.deck":       {"모델이 나아진 것 가운데 얼마가 늘어난 학습 연산량에서, 얼마가 나아진 알고리즘에서 왔는지 가른다.", "How much of the progress of models came from more training compute, and how much from better algorithms."},
	"progress.caption":    {"모델마다 가장 높은 값과 학습 연산량. 선은 그해 초에 연산량에 따라 기대되는 값", "The best value of each model, and its training compute; lines are what is expected of that much compute at the start of a year"},
	"progress.capability": {"역량", "Capability by"},
	"progress.compute":    {"학습 연산량", "Training compute"},
	"progress.axes":       {"가로는 학습 연산량(FLOP, 로그 눈금), 세로는 %s(%s)", "Training compute in FLOP, log scale, against %s, %s"},

	"price.title":   {"점수의 값", "The price of a score"},
	"price.deck":    {"어떤 점수에 이르는 모델을 쓰는 값이 얼마나 빨리 내렸는지 본다.", "How fast the cheapest model that reaches a score became cheaper."},
	"price.caption": {"그 점수에 이른 모델 가운데 앞선 것보다 싼 모델", "Models that reach the score for less than all before"},
	"price.scores":  {"점수", "Scores"},
	"price.score":   {"넘을 점수", "Score to reach"},
	"price.price":   {"값", "Price"},
	"price.reached": {"얻은 점수", "Its score"},
	"price.of":      {"%s 점수에 이르는 가장 싼 값", "The lowest price of a score on %s"},

	"optimal.title":      {"연산 최적과의 거리", "Distance from compute-optimal"},
	"optimal.deck":       {"같은 학습 연산량으로 손실이 가장 낮았을 모델과 견준다. 쓰는 비용을 아끼려 작은 모델을 오래 가르치면 멀어진다.", "Models beside the one with the least loss for the same training compute. Small models trained for long, to be cheap in use, are far from it."},
	"optimal.caption":    {"친칠라 법칙으로 셈한 최적과 견준 토큰과, 최적이면 아꼈을 연산량", "Tokens against the optimum of Chinchilla’s law, and the compute that the optimum would have saved"},
	"optimal.parameters": {"파라미터", "Parameters"},
	"optimal.tokens":     {"토큰", "Tokens"},
	"optimal.ratio":      {"파라미터당 토큰", "Tokens per parameter"},
	"optimal.over":       {"최적의 몇 배", "Against the optimum"},
	"optimal.wasted":     {"아꼈을 연산량", "Compute to be saved"},
	"optimal.axes":       {"파라미터당 토큰, %s. 점 하나가 모델 하나", "Tokens per parameter, %s. Each dot is a model"},
	"optimal.models":     {"모델", "Models"},
	"optimal.rule":       {"어림값 %s", "rule of thumb, %s"},

	"forecasts.title":    {"예측의 성적", "How forecasts fared"},
	"forecasts.deck":     {"이 서버가 내놓은 예측은 남겨 두었다가 그날의 자료가 나오면 채점한다.", "Forecasts that this server gave are kept, and scored when the data arrive."},
	"forecasts.caption":  {"나중에 내놓은 예측부터", "Those given last come first"},
	"forecasts.given":    {"내놓은 날", "Given on"},
	"forecasts.for":      {"예측한 날", "For"},
	"forecasts.value":    {"예측", "Forecast"},
	"forecasts.interval": {"예측 구간", "Prediction interval"},
	"forecasts.came":     {"결과", "What came"},
	"forecasts.open":     {"아직", "not yet"},
	"forecasts.inside":   {"%s(%s), 구간 안", "%s (%s), inside"},
	"forecasts.outside":  {"%s(%s), 구간 밖", "%s (%s), outside"},
}
