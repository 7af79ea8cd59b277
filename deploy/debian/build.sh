#!/bin/sh
# Makes a Debian package of a built program: sh deploy/debian/build.sh PROGRAM VERSION OUTPUT-DIRECTORY
# It has the program, its manual, completions and the systemd unit, which is installed but not started.
set -eu
program=$1 version=$2 out=$3
here=$(cd "$(dirname "$0")/.." && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"
install -D -m 755 "$program" "$tree/usr/bin/scalebook"
"$tree/usr/bin/scalebook" manual "$tree/manual"
for page in "$tree"/manual/man/*.1; do
	install -D -m 644 "$page" "$tree/usr/share/man/man1/$(basename "$page")"
done
gzip -9n "$tree"/usr/share/man/man1/*.1
install -D -m 644 "$tree/manual/completions/scalebook" "$tree/usr/share/bash-completion/completions/scalebook"
install -D -m 644 "$tree/manual/completions/_scalebook" "$tree/usr/share/zsh/vendor-completions/_scalebook"
install -D -m 644 "$tree/manual/completions/scalebook.fish" "$tree/usr/share/fish/vendor_completions.d/scalebook.fish"
rm -rf "$tree/manual"
mkdir -p "$tree/usr/lib/systemd/system"
sed 's|/usr/local/bin/|/usr/bin/|' "$here/scalebook.service" > "$tree/usr/lib/systemd/system/scalebook.service"
install -D -m 644 "$here/../LICENSE" "$tree/usr/share/doc/scalebook/copyright"
install -D -m 644 "$here/../NOTICE" "$tree/usr/share/doc/scalebook/NOTICE"
mkdir -p "$tree/DEBIAN"
cat > "$tree/DEBIAN/control" <<EOF
Package: scalebook
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: The scalebook authors <scalebook@example.org>
Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f1)
Section: science
Priority: optional
Recommends: ca-certificates, git
Description: reports and measurements on how AI scales
 A knowledge base that searches translated reports by passage, keeps the
 measurements they argue about in an append-only ledger, and answers trend
 questions with uncertainty, provenance and a citation.
EOF
mkdir -p "$out"
dpkg-deb --root-owner-group -Zgzip --build "$tree" "$out/scalebook_${version}_$(dpkg --print-architecture).deb"
