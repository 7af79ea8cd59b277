package epochbenchmarks

// task is a benchmark that Epoch AI runs itself, by its name in benchmarks_runs.csv. Scores are fractions.
func tasks() map[string]string {
	return map[string]string{
		"GPQA diamond":                           "gpqa-diamond",
		"MATH level 5":                           "math-level-5",
		"OTIS Mock AIME 2024-2025":               "otis-mock-aime-2024-2025",
		"FrontierMath-2025-02-28-Private":        "frontiermath",
		"FrontierMath-2025-02-28-Public":         "frontiermath-public",
		"FrontierMath-Tier-4-2025-07-01-Private": "frontiermath-tier-4",
		"FrontierMath-Tier-4-2025-07-01-Public":  "frontiermath-tier-4-public",
		"SWE-Bench verified":                     "swe-bench-verified",
	}
}

// table describes one file of external/: which column holds the score, what it is divided by to be in the metric's unit,
// and which columns say under what setting it was measured.
type table struct {
	metric   string
	score    string
	scale    float64
	settings []setting
	low      string // column of the interval's low end, in the score's scale
	high     string
	interval string
	se       string // column of the standard error, in the score's scale
	// publisher stands in for a blank Source where a file is one leaderboard's; elsewhere a row without a source is one
	// that the upstream has not finished.
	publisher string
}

// setting is a column that says how a score was obtained, and how it is written.
type setting struct {
	column string
	format string // of the column's value
}

// tables lists external/external_benchmark_<name>.csv. The scale of each is declared: a file of percentages and one of
// fractions can't be told apart by their numbers.
func tables() map[string]table {
	shots := []setting{{"Shots", "%s-shot"}}
	tools := []setting{{"Tools", "tools: %s"}} // not bare: "none" alone would be an effort
	agent := []setting{{"Agent", "%s"}}
	return map[string]table{
		"aider_polyglot":                {metric: "aider-polyglot", score: "Percent correct", scale: 100, settings: []setting{{"Edit format", "%s"}}},
		"anli":                          {metric: "anli", score: "Score", scale: 100, settings: shots},
		"arc_agi":                       {metric: "arc-agi", score: "Score", scale: 100},
		"arc_ai2":                       {metric: "arc-ai2", score: "Challenge score", scale: 100, settings: shots},
		"balrog":                        {metric: "balrog", score: "Average progress", scale: 100, se: "Average Standard error", publisher: "BALROG"},
		"bbh":                           {metric: "bbh", score: "Average", scale: 100, settings: shots},
		"boolq":                         {metric: "boolq", score: "Score", scale: 100, settings: shots},
		"cadeval":                       {metric: "cadeval", score: "Overall pass (%)", scale: 100, settings: []setting{{"Prompt", "%s"}}},
		"csqa2":                         {metric: "csqa2", score: "Score", scale: 100, settings: shots},
		"cybench":                       {metric: "cybench", score: "Unguided % Solved", scale: 100},
		"deepresearch":                  {metric: "deepresearch-bench", score: "Average score", scale: 100, settings: agent},
		"factorio_learning_environment": {metric: "factorio-learning-environment", score: "Lab Success %", scale: 100, settings: tools},
		"fictionlivebench":              {metric: "fiction-livebench", score: "16k token score", scale: 100},
		"geobench":                      {metric: "geobench", score: "ACW Country %", scale: 100, settings: tools},
		"gsm8k":                         {metric: "gsm8k", score: "EM", scale: 100, settings: shots},
		"gso_bench":                     {metric: "gso-bench", score: "Score OPT@1", scale: 100, settings: []setting{{"Scaffold", "%s"}}},
		"hellaswag":                     {metric: "hellaswag", score: "Overall accuracy", scale: 100, settings: shots},
		"lambada":                       {metric: "lambada", score: "Score", scale: 100, settings: shots},
		"lech_mazur_writing":            {metric: "lech-mazur-writing", score: "Mean score", scale: 10},
		"livebench":                     {metric: "livebench", score: "Global average", scale: 100, settings: []setting{{"LiveBench Version", "%s"}}},
		"mcbench":                       {metric: "mcbench", score: "ELO", scale: 1},
		"metr":                          {metric: "metr-time-horizon", score: "Time horizon", scale: 1, low: "CI_low", high: "CI_high", interval: "ci95"},
		"mmlu":                          {metric: "mmlu", score: "EM", scale: 100, settings: shots},
		"openbookqa":                    {metric: "openbookqa", score: "Accuracy", scale: 100, settings: shots},
		"os_world":                      {metric: "osworld", score: "Score", scale: 100, settings: agent},
		"osuniverse":                    {metric: "osuniverse", score: "Weighted Score", scale: 100, settings: agent},
		"piqa":                          {metric: "piqa", score: "Score", scale: 100, settings: shots},
		"scienceqa":                     {metric: "scienceqa", score: "Score", scale: 100, settings: shots},
		"simple_bench":                  {metric: "simplebench", score: "Score (AVG@5)", scale: 100},
		"superglue":                     {metric: "superglue", score: "Score", scale: 100},
		"terminal_bench":                {metric: "terminal-bench", score: "Accuracy mean", scale: 100, settings: agent, se: "Accuracy SE"},
		"the_agent_company":             {metric: "the-agent-company", score: "% Resolved", scale: 100},
		"triviaqa":                      {metric: "triviaqa", score: "EM", scale: 100, settings: shots},
		"videomme":                      {metric: "video-mme", score: "Overall (no subtitles)", scale: 100},
		"vpct":                          {metric: "vpct", score: "Correct", scale: 100},
		"weirdml":                       {metric: "weirdml", score: "Accuracy", scale: 100},
		"winogrande":                    {metric: "winogrande", score: "Accuracy", scale: 100, settings: shots},
	}
}
