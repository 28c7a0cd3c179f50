#!/usr/bin/env bash
# Runs all checks that read the code; fails if one of them found something.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
cd "$repo"

failed=()
# check PROGRAM ARGUMENT...: its output appears only if it fails.
check() {
    local output
    output=$("$venv/bin/$1" "${@:2}" 2>&1) && return
    printf '%s\n' "$output"
    failed+=("$1")
}

check ruff check .
check ruff format --check .
check mypy
check lint-imports --no-cache --no-logo
[ ${#failed[@]} = 0 ] || die "complaints of ${failed[*]}, see above"
say 'ruff, mypy and import-linter: nothing found'
