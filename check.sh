#!/usr/bin/env bash
# Builds with warnings as errors, checks layout and runbooks, runs every test and a sample of the crash matrix. Needs the .NET SDK 10,
# OpenSSH's ssh-keygen (Debian: openssh-client), kubectl from 1.20 on (Debian: kubernetes-client; KUBECTL names it where it is not in PATH) and, for the page tests, Chromium (CHROMIUM names it where it is not /usr/bin/chromium). Continuous integration runs exactly this.
# "./check.sh crash-matrix" kills the bot at every point there is instead, which takes the better part of an hour; see docs/durability.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [ "${1-}" = crash-matrix ]; then
  dotnet build tests/PlatformBot.CrashMatrix
  exec dotnet run --no-build --project tests/PlatformBot.CrashMatrix -- "${@:2}"
fi

dotnet tool restore
dotnet build
dotnet csharpier check .
dotnet run --no-build --project src/PlatformBot -- validate
dotnet test --no-build
dotnet run --no-build --project tests/PlatformBot.CrashMatrix -- --sample 185 --runs 1 --deaths 24
