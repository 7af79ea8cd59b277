#!/bin/sh
# What goes into the program, and that it can be made again: modules as published, two builds alike to the byte, a bill of materials
# (CycloneDX) in bin/, the licence of each dependency on the list below, and known vulnerabilities where their database can be reached.
set -eu
cd "$(dirname "$0")/.."
export CGO_ENABLED=0
mkdir -p bin

echo "modules:"
go mod verify

echo "builds:"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The second is made in another folder with a cache of its own; a copy of the sources has no history, so neither stamps one.
git ls-files -z | tar --null -T - -cf - | tar -C "$work" -xf -
go build -trimpath -buildvcs=false -ldflags='-s -w' -o bin/scalebook ./cmd/scalebook
(cd "$work" && GOCACHE="$work/.gocache" go build -trimpath -buildvcs=false -ldflags='-s -w' -o scalebook ./cmd/scalebook)
first=$(sha256sum <bin/scalebook)
second=$(sha256sum <"$work/scalebook")
echo "  ${first%% *}"
if [ "$first" != "$second" ]; then
	echo "two builds of one tree differ: ${second%% *}" >&2
	exit 1
fi

echo "materials and licences:"
go run -C scripts/supply . -binary "$PWD/bin/scalebook" -sbom "$PWD/bin/scalebook.cdx.json"

echo "vulnerabilities:"
if ! found=$(go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 -mode binary bin/scalebook 2>&1); then
	case $found in
	*"no such host"* | *"dial tcp"* | *"could not resolve"* | *"Could not resolve"* | *timeout* | *"fetching vulnerabilities"*)
		echo "  not looked up: the database of vulnerabilities can't be reached" ;;
	*)
		echo "$found"
		exit 1 ;;
	esac
else
	echo "$found" | tail -n 3
fi
