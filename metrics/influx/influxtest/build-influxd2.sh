#!/bin/sh
# Builds influxd 2.7 from its Go module into the repository's cache, where the tests find it. Its query engine is Rust and is
# built by github.com/influxdata/pkg-config, so cargo and a C compiler are needed; the first time takes ten minutes of one
# processor.
set -eu

version=v2.7.12
root=$(dirname "$(go env GOMOD)")
bin=$root/.cache/bin
[ -x "$bin/influxd2" ] && exit 0
command -v cargo >/dev/null || { echo "influxd2: cargo is needed to build the query engine of InfluxDB 2" >&2; exit 1; }

mkdir -p "$bin"
GOFLAGS='' GOBIN=$bin go install github.com/influxdata/pkg-config@v0.2.7
module=$(go mod download -json "github.com/influxdata/influxdb/v2@$version" | sed -n 's/^.*"Dir": "\(.*\)".*$/\1/p')

# The module has replace directives, which go install refuses, so it is built from a copy.
source=$(mktemp -d)
trap 'chmod -R u+w "$source"; rm -rf "$source"' EXIT
cp -R "$module/." "$source"
chmod -R u+w "$source"
cd "$source"

# The engine's sources name a toolchain of 2023 and turn its warnings into errors. A current toolchain, which warns of more,
# builds them once warnings are warnings again.
cat >"$source/rustc-wrapper" <<'EOF'
#!/bin/sh
exec "$@" --cap-lints warn
EOF

# pkg-config asks for all crates of the engine, and names this machine as a target like any other, so that cargo builds apart
# what the build itself needs: the compiler of Flux twice, and most of its dependencies. This builds the one library, once.
cat >"$source/cargo-wrapper" <<'EOF'
#!/bin/sh
set -eu
while [ "$1" != --target ]; do shift; done
cargo rustc --quiet --release --package flux --lib --crate-type staticlib
mkdir -p "target/$2"
ln -sfn ../release "target/$2/release"
EOF
chmod +x "$source/rustc-wrapper" "$source/cargo-wrapper"

# A server for tests needn't be small nor quick, but be there soon: the engine's profile asks for the smallest code, optimised
# across all crates at once. What runs in the build has the same settings as the rest, or it would be built twice again.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
export CARGO_PROFILE_RELEASE_BUILD_OVERRIDE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_BUILD_OVERRIDE_CODEGEN_UNITS=16
CGO_ENABLED=1 CGO_CFLAGS='-O1 -g0' GOFLAGS=-mod=mod PKG_CONFIG=$bin/pkg-config CARGO=$source/cargo-wrapper \
	RUSTUP_TOOLCHAIN=${RUSTUP_TOOLCHAIN:-stable} RUSTC_WORKSPACE_WRAPPER=$source/rustc-wrapper \
	go build -ldflags='-s -w' -o "$bin/influxd2.new" ./cmd/influxd
mv "$bin/influxd2.new" "$bin/influxd2"
