package templates

var libraryMessages = map[string]message{
	"lint.title":   {"원고 점검", "Source check"},
	"lint.deck":    {"원고에서 고쳐 보여 주는 곳과 고칠 수 없었던 곳이다. 파일과 줄을 보고 원고를 손보면 된다.", "What was repaired in the sources, and what could not be, by file and line, so that the sources can be mended."},
	"lint.total":   {"%d군데", "%d places"},
	"lint.empty":   {"여기에는 손볼 곳이 없습니다.", "There is nothing to mend here."},
	"lint.rule":    {"무엇을", "What"},
	"lint.mended":  {"고쳐 보임", "repaired"},
	"lint.open":    {"원고를 손봐야 함", "needs mending"},
	"lint.line":    {"%s행", "line %s"},
	"lint.forms":   {"같은 목록", "The same list"},
	"lint.library": {"원고 점검 전체", "All findings"},

	"glossary.kind.mined": {"보고서에서 캔 말", "Mined from reports"},

	"term.variants":   {"다른 표기", "Also written"},
	"term.introduced": {"뜻을 밝혀 쓴 곳", "Where it is introduced"},
	"term.first":      {"맨 처음", "First"},
	"term.used":       {"쓰인 곳", "Where it is used"},
	"term.unused":     {"서고의 보고서에는 아직 나오지 않는 말입니다.", "No report of the library uses it yet."},
	"term.search":     {"이 말로 찾기", "Search for it"},
}
