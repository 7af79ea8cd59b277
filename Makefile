# scalebook. `make run` serves with bundled content; `make test` is what CI runs.
export CGO_ENABLED ?= 0
CACHE := $(CURDIR)/.cache
BIN := $(CURDIR)/bin/scalebook
PKG ?= ./...

.PHONY: dist image schemathesis supply fuzz run test check race unit bench assets build tools influxd2 s3 packages clean recipe-tools deb manual

run:
	go run ./cmd/scalebook serve

build:
	go build -trimpath -ldflags='-s -w' -o $(BIN) ./cmd/scalebook

# Everything: formatting, vet, staticcheck, all tests under the race detector with a real InfluxDB and a real browser.
test: check tools race

check:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "gofmt would change: $$unformatted"; exit 1; fi
	go vet $(PKG)
	go tool staticcheck $(PKG)
	go build ./...

unit:
	go test $(PKG)

# The race detector needs cgo; what is shipped does not.
race:
	CGO_ENABLED=1 go test -race -timeout 30m $(PKG)

# Beside nginx, SQLite, Bleve and InfluxDB, to docs/benchmarks.md; BENCH holds flags, such as BENCH='-only serving'.
bench: $(CACHE)/bin/influxd packages
	go run ./bench $(BENCH)

# The parts that tests use and that a user would have: InfluxDB servers and a browser.
tools: $(CACHE)/bin/influxd influxd2 packages recipe-tools

$(CACHE)/bin/influxd:
	GOBIN=$(CACHE)/bin go install github.com/influxdata/influxdb/cmd/influxd@v1.8.10

# A Python for the recipes and for holding the data package to its standard, and Observable's runtime: a minute, once.
recipe-tools: $(CACHE)/python/bin/openapi-python-client $(CACHE)/observable/node_modules

$(CACHE)/python/bin/openapi-python-client:
	python3 -m venv $(CACHE)/python
	$(CACHE)/python/bin/pip install -q --disable-pip-version-check duckdb==2.0.1 pandas==3.1.1 frictionless==5.21.0 jsonschema==4.26.0 openapi-python-client==0.29.1

$(CACHE)/observable/node_modules:
	npm install --prefix $(CACHE)/observable --no-save --no-audit --no-fund --silent @observablehq/runtime@6.0.1 @observablehq/plot@0.6.17 jsdom@26.1.0

# InfluxDB 2.7 from its Go module: ten minutes of processor time, once, and only where cargo is (docs/design/0003).
influxd2:
	@if command -v cargo >/dev/null; then sh metrics/influx/influxtest/build-influxd2.sh; else echo "influxd2: no cargo, so tests run against InfluxDB 1.8 alone"; fi

# An S3-compatible server, which the test of readers uses in place of a folder where it is built: four minutes, once.
s3:
	GOBIN=$(CACHE)/bin go install github.com/versity/versitygw/cmd/versitygw@v1.8.0

# A browser for the tests of pages, R for its recipe, and the server that the bench holds serving against.
packages:
	@missing=""; \
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing="$$missing chromium fonts-noto-cjk"; \
	command -v nginx >/dev/null || missing="$$missing nginx-light"; \
	command -v wrk >/dev/null || missing="$$missing wrk"; \
	command -v Rscript >/dev/null || missing="$$missing r-base-core"; \
	if [ -z "$$missing" ]; then exit 0; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else echo "not installed, and only root can install:$$missing; tests that need them are skipped, and fail in CI"; fi

# A Debian package of this tree in bin/, and the manual with completions in bin/manual.
deb: build
	sh deploy/debian/build.sh $(BIN) 0.0.0+$$(git rev-parse --short HEAD) bin

manual: build
	$(BIN) manual bin/manual

# All that is shipped: the package, which brings the systemd unit along, the manual, and an image where something can build it.
dist: deb manual image

image:
	@builder=$$(command -v docker || command -v podman) || { echo "image: neither docker nor podman is here, so none is built"; exit 0; }; \
	"$$builder" build -t scalebook:$$(git rev-parse --short HEAD) .

# Asks a live server what the API's description leads schemathesis to ask; EXAMPLES=100 asks more.
schemathesis:
	sh scripts/schemathesis.sh

# What goes into the program: modules verified, two builds alike, a bill of materials, licences, known vulnerabilities.
supply:
	sh scripts/supply.sh

# Ten minutes of every fuzz target (FUZZTIME=1m less); JOBS=4 runs four at a time, ONLY='search Fuzz' picks.
fuzz:
	sh scripts/fuzz.sh

clean:
	rm -rf bin artifacts
