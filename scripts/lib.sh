# shellcheck shell=bash
# What the scripts share: messages, virtual environments, and stamps of the steps already done.

repo=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
venv=$repo/.venv

# Set by the wheels of ROS for themselves; inherited, it keeps another environment from finding its libraries.
unset _ROS_WHEELS_BOOTSTRAP_COMPLETE

say() { printf '== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

find_python() {
    command -v "$1" || die "there is no $1 on this machine; sudo apt-get install python3, or name another with PYTHON="
}
version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }

# key_of TEXT...: a hash of everything that decides what a step makes.
key_of() { printf '%s\n' "$@" | cksum | tr ' ' '-'; }
# is_done STAMP KEY: whether that step was finished with the same key.
is_done() { [ -f "$1" ] && [ "$(<"$1")" = "$2" ]; }

# make_venv PYTHON FOLDER [OPTION...]
make_venv() {
    local python=$1 folder=$2
    shift 2
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        die "$python cannot make virtual environments; install that: sudo apt-get install python3-venv"
    rm -rf "$folder"
    "$python" -m venv "$@" "$folder"
    install_into "$folder" --upgrade 'pip>=23.1'
}

# install_into FOLDER REQUIREMENT...
install_into() {
    local folder=$1
    shift
    "$folder/bin/python" -m pip install -qq --disable-pip-version-check "$@"
}

# fetch_viewer: puts the official web viewer into the user's cache; does nothing if it is on this machine.
fetch_viewer() { "$venv/bin/python" -m rerun_bridge fetch_viewer >/dev/null; }
