#!/usr/bin/env bash
# Builds with warnings as errors, checks layout and runbooks, runs every test. Needs the .NET SDK 10 and, for the page tests, Chromium
# (CHROMIUM names it where it is not /usr/bin/chromium). Continuous integration runs exactly this.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

dotnet tool restore
dotnet build
dotnet csharpier check .
dotnet run --no-build --project src/PlatformBot -- validate
dotnet test --no-build
