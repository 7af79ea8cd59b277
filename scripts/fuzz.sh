#!/bin/sh
# Runs every fuzz target of the module for FUZZTIME each (10m unless told), JOBS of them at a time with one worker each, and writes
# one row per target: seconds, executions, interesting inputs, outcome. A finding's input is left in the package's testdata/fuzz, as
# go test does, and ends the script with a failure after the others ran. ONLY, a grep expression, picks among "package target" rows.
set -eu
cd "$(dirname "$0")/.."
fuzztime=${FUZZTIME:-10m}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}} {{.Dir}}{{end}}' ./... | while read -r package folder; do
	cat "$folder"/*_test.go | sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' | while read -r target; do echo "$package $target"; done
done | grep -e "${ONLY:-.}" >"$work/targets"

cat >"$work/one" <<'ONE'
#!/bin/sh
log="$work/$(echo "$1.$2" | tr / .)"
outcome=ok
go test "$1" -run '^$' -fuzz "^$2\$" -fuzztime "$fuzztime" -parallel 1 >"$log" 2>&1 || outcome=FAILED
last=$(grep '^fuzz: elapsed' "$log" | tail -n 1)
echo "$last" | sed -n "s|^fuzz: elapsed: \([^,]*\), execs: \([0-9]*\).*total: \([0-9]*\)).*|$1 $2 \1 \2 \3 $outcome|p"
if [ "$outcome" != ok ]; then
	echo "$1 $2" >>"$work/failed"
	cat "$log" >&2
fi
ONE
export work fuzztime
xargs -P "${JOBS:-1}" -n 2 sh "$work/one" <"$work/targets"
[ ! -e "$work/failed" ]
