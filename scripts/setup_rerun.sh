#!/usr/bin/env bash
# Makes the virtual environment .venv-rerun with the official Rerun tools, the judge of the tests.
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

key=$(key_of "$repo" "$python" "$version" "$rerun")
! is_done "$folder/.done" "$key" || exit 0
[[ $version =~ ^3\.1[1-9]$ ]] ||
    die "$rerun needs Python 3.11 or newer, $python is $version; choose another: RERUN_BASE=python3.12"
say "virtual environment .venv-rerun: the official $rerun"
make_venv "$python" "$folder"
install_into "$folder" "$rerun"
"$folder/bin/rerun" analytics disable >/dev/null 2>&1 || die "rerun analytics disable failed in $folder"
echo "$key" >"$folder/.done"
