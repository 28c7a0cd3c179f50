#!/usr/bin/env bash
# Says which system packages the viewers of the tests, native and in a browser, lack; fails under CI=true.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

missing=()
libraries=$(PATH=$PATH:/sbin ldconfig -p)
has_library() { grep -q "$1" <<<"$libraries" || missing+=("$2"); }
has_program() { command -v "${@:2}" >/dev/null || missing+=("$1"); }
has_file() { compgen -G "$1" >/dev/null || missing+=("$2"); }

has_library libEGL.so.1 libegl1
has_library libvulkan.so.1 libvulkan1
has_library libxkbcommon-x11.so.0 libxkbcommon-x11-0
has_file '/usr/share/vulkan/icd.d/lvp_icd*.json' mesa-vulkan-drivers
has_file '/usr/lib/*/dri/swrast_dri.so' libgl1-mesa-dri
has_file '/usr/share/fonts/truetype/dejavu/*' fonts-dejavu-core
has_program chromium chromium chromium-browser google-chrome
[ ${#missing[@]} = 0 ] && exit
advice="tests that draw in the viewer need: sudo apt-get install ${missing[*]}"
[ "${CI:-}" != true ] || die "$advice"
say "note: $advice"
