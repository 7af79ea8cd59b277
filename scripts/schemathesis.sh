#!/bin/sh
# Asks a live server, with the bundled content, what schemathesis makes of its OpenAPI document: no 5xx, no answer outside of
# its schema. EXAMPLES is how many questions each operation gets; PYTHON a Python that can make a virtual environment.
set -eu
cd "$(dirname "$0")/.."
tools=.cache/schemathesis
if [ ! -x "$tools/bin/schemathesis" ]; then
	"${PYTHON:-python3}" -m venv "$tools"
	"$tools/bin/pip" install -q --disable-pip-version-check schemathesis==4.32.0
fi
work=$(mktemp -d)
CGO_ENABLED=0 go build -o "$work/scalebook" ./cmd/scalebook
"$work/scalebook" serve --addr 127.0.0.1:0 --data "$work/data" >"$work/out" 2>"$work/log" &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$work"' EXIT
waited=0
until grep -q '^serving ' "$work/out"; do
	if ! kill -0 $server 2>/dev/null || [ $waited -ge 180 ]; then
		cat "$work/log" >&2
		exit 1
	fi
	sleep 1
	waited=$((waited + 1))
done
address=$(sed -n 's/^serving //p' "$work/out")
"$tools/bin/schemathesis" run "$address/api/v1/openapi.json" --url "$address" --max-examples "${EXAMPLES:-20}" --seed "${SEED:-1}" --no-color \
	--checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance
