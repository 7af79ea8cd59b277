package templates

import "maps"

// message is a text of the interface in both languages. %-verbs are filled in by [Frame.T].
type message struct{ ko, en string }

// messages is the catalogue: every text of the interface that is not data.
var messages = merged(frameMessages, readingMessages, libraryMessages, measurementMessages, healthMessages, apiMessages)

func merged(parts ...map[string]message) map[string]message {
	all := map[string]message{}
	for _, p := range parts {
		maps.Copy(all, p)
	}
	return all
}

var frameMessages = map[string]message{
	"site.title":    {"scalebook: AI가 커지는 법을 읽고 재는 곳", "scalebook: reading and measuring how AI scales"},
	"skip":          {"본문으로 건너뛰기", "Skip to content"},
	"wordmark":      {"scalebook 첫 화면", "scalebook home"},
	"nav":           {"주 메뉴", "Main menu"},
	"nav.reports":   {"보고서", "Reports"},
	"nav.metrics":   {"지표", "Metrics"},
	"nav.hardware":  {"하드웨어", "Hardware"},
	"nav.trends":    {"추세", "Trends"},
	"nav.compare":   {"비교", "Compare"},
	"nav.index":     {"역량 지수", "Capability"},
	"nav.glossary":  {"용어", "Glossary"},
	"nav.changes":   {"변경", "Changes"},
	"nav.about":     {"자료에 대하여", "About the data"},
	"nav.api":       {"API 문서", "API"},
	"search":        {"검색", "Search"},
	"language":      {"언어", "Language"},
	"kind":          {"종류", "Kind"},
	"year":          {"연도", "Year"},
	"source":        {"출처", "Source"},
	"sources":       {"출처", "Sources"},
	"filter":        {"거르기", "Filter"},
	"pages":         {"쪽", "Pages"},
	"prev":          {"앞쪽", "Previous"},
	"next":          {"다음 쪽", "Next"},
	"all":           {"모두 보기", "Show all"},
	"any":           {"모두", "All"},
	"show":          {"보기", "Show"},
	"draw":          {"다시 그리기", "Redraw"},
	"lookalikes":    {"제목을 다른 이름으로 잘못 읽기 쉽습니다.", "This title reads as another."},
	"foot.revision": {"자료 판", "Data revision"},
	"foot.sources":  {"모든 값에는 출처와 받은 날이 있습니다.", "Every value has a source and the day it was fetched."},

	"tools":          {"가져가기", "Take along"},
	"tools.download": {"내려받기", "Download"},
	"tools.cite":     {"인용", "Cite"},
	"tools.embed":    {"퍼가기", "Embed"},
	"tools.take":     {"인용, 퍼가기", "Cite, embed"},
	"tools.pinned":   {"고정 주소", "Pinned address"},
	"pinned.at":      {"%s까지 들어온 자료로 본 화면입니다.", "This page shows the data as at %s."},
	"pinned.away":    {"지금 자료로 보기", "See it with the data of now"},
	"tools.pin":      {"이 자료 판으로", "This data revision"},

	"problem.400":        {"주소의 조건을 읽을 수 없습니다", "A parameter of this address can’t be read"},
	"problem.404":        {"이 주소에는 아무것도 없습니다", "There is nothing at this address"},
	"problem.404-detail": {"주소가 바뀌었거나 잘못 적혔을 수 있습니다.", "The address may have changed or been mistyped."},
	"problem.422":        {"이 물음에는 답할 수 없습니다", "This question can’t be answered"},
	"problem.503":        {"지금은 답할 수 없습니다", "No answer just now"},
	"problem.503-detail": {"잠시 뒤에 다시 열어 보세요.", "Try again in a moment."},
	"problem.500":        {"이 화면을 만들지 못했습니다", "This page could not be made"},
	"problem.500-detail": {"무엇이 잘못됐는지 기록해 두었습니다.", "What went wrong has been recorded."},
	"problem.home":       {"첫 화면", "Home"},

	"design.title":    {"구성 요소", "Components"},
	"design.type":     {"글자", "Type"},
	"design.sample":   {"모델이 반은 해내는 일의 길이가 사람 시간으로 2시간 17분에 닿았다.", "Models now get through half of the tasks that take a person 2 hours and 17 minutes."},
	"design.colour":   {"색", "Colour"},
	"design.controls": {"입력", "Controls"},
	"design.states":   {"상태", "States"},
	"design.rest":     {"보통", "At rest"},
	"design.hover":    {"가리킬 때", "Pointed at"},
	"design.focus":    {"초점이 있을 때", "With the focus"},
	"design.disabled": {"쓸 수 없을 때", "Disabled"},
	"design.invalid":  {"읽을 수 없을 때", "Unreadable"},
	"design.busy":     {"불러오는 동안", "While loading"},
	"design.link":     {"링크", "Link"},
	"design.button":   {"단추", "Button"},
	"design.field":    {"칸", "Field"},
	"design.select":   {"고르기", "Select"},
	"design.choice":   {"보기 바꾸기", "Choice"},
	"design.term":     {"지표 이름", "Plain link"},
	"design.empty":    {"값이 없거나 답할 수 없을 때", "Nothing there, or no answer"},
	"design.long": {"추론에 쓰는 계산을 늘리면 벤치마크 점수가 얼마나 오르고 그 값은 누가 치르는지 공개된 자료만으로 따져 본다",
		"How far benchmark scores rise with more compute at inference and who pays for it, judged by published data alone"},
}
