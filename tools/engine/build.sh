#!/usr/bin/env bash
# Builds the Pulumi CLI from source into .cache/engine, where Go is installed and the CLI is not.
# The engine's tests use it. Go's own cache makes a second build quick.
set -euo pipefail
cd "$(dirname "$0")"
out=../../.cache/engine/bin/pulumi
if command -v pulumi >/dev/null; then
    echo "The Pulumi CLI on PATH is used: $(command -v pulumi)"
    exit
fi
if ! command -v go >/dev/null; then
    echo "Neither Go nor the Pulumi CLI is installed: the tests of Pulumi's engine will be skipped."
    exit
fi
if [ -x "$out" ] && [ "$out" -nt go.sum ] && [ "$out" -nt build.sh ]; then
    exit
fi
package=github.com/pulumi/pulumi
version=$(go list -m -f '{{.Version}}' "$package/pkg/v3")
echo "Building the Pulumi CLI $version: this takes some minutes the first time ..."
# Without a version of its own the CLI is refused by the Automation API.
# A wrapper module pins the version: `go install` refuses modules with replace directives.
go build -o "$out.new" -ldflags "-s -w -X $package/sdk/v3/go/common/version.Version=$version" \
    "$package/pkg/v3/cmd/pulumi"
mv "$out.new" "$out"
