#!/bin/sh
# The record of a benchmark, who holds it and since when; the same rows as CSV; and how to cite them.
set -eu
: "${SCALEBOOK:=http://127.0.0.1:8080}"
curl -fsS "$SCALEBOOK/api/v1/frontier?metric=gpqa-diamond" | head -c 200
echo
curl -fsS "$SCALEBOOK/api/v1/frontier.csv?metric=gpqa-diamond" | tail -n 1
curl -fsS "$SCALEBOOK/api/v1/frontier.bib?metric=gpqa-diamond"
