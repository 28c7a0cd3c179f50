#!/usr/bin/env bash
# Makes the virtual environment .venv-rerun with the official Rerun tools, the judge of the tests.
#
#   scripts/setup_rerun.sh [REQUIREMENT...]     what the benchmarks compare with besides
#
# RERUN_BASE (PYTHON, else python3) is the interpreter.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

# Libraries of a sourced ROS are for another Python.
unset LD_LIBRARY_PATH PYTHONPATH

rerun='rerun-sdk==0.41.0'
folder=$repo/.venv-rerun
python=$(find_python "${RERUN_BASE:-${PYTHON:-python3}}")
version=$(version_of "$python")

setup_rerun() {
    local key
    key=$(key_of "$repo" "$python" "$version" "$rerun")
    ! is_done "$folder/.done" "$key" || return 0
    [[ $version =~ ^3\.1[1-9]$ ]] ||
        die "$rerun needs Python 3.11 or newer, $python is $version; choose another: RERUN_BASE=python3.12"
    say "virtual environment .venv-rerun: the official $rerun"
    make_venv "$python" "$folder"
    install_into "$folder" "$rerun"
    "$folder/bin/rerun" analytics disable >/dev/null 2>&1 || die "rerun analytics disable failed in $folder"
    echo "$key" >"$folder/.done"
}

setup_others() {
    local key
    key=$(key_of "$(<"$folder/.done")" "$@")
    ! is_done "$folder/.others" "$key" || return 0
    say "in it: $*"
    install_into "$folder" "$@"
    echo "$key" >"$folder/.others"
}

setup_rerun
[ $# = 0 ] || setup_others "$@"
