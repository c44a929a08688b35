#!/usr/bin/env bash
# Builds with warnings as errors, checks the layout, runs every test. What continuous integration runs, too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

dotnet tool restore
dotnet build
dotnet csharpier check .
dotnet test --no-build
