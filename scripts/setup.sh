#!/usr/bin/env bash
# Makes the virtual environment .venv with ROS 2 and this package; does nothing if that is done.
#
#   scripts/setup.sh [demo|test]     demo: what the programs need; test: the test tools as well
#
# PYTHON (python3) is the interpreter. A sourced ROS 2 is used if there is one, else ROS 2 comes as
# wheels of the distribution DISTRO (kilted; or jazzy).
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

purpose=${1:-demo}
distro=${DISTRO:-kilted}
python=$(find_python "${PYTHON:-python3}")
version=$(version_of "$python")
sourced=${ROS_DISTRO:-}
interfaces=$repo/scripts/interfaces

wheels=("ros-$distro-rclpy" "ros-$distro-rmw-fastrtps-cpp" "ros-$distro-common-interfaces")
# What builds message packages; the wheels do not name all that they need.
generators=(
    "ros-$distro-ament-cmake" "ros-$distro-ament-cmake-include-directories"
    "ros-$distro-ament-package" "ros-$distro-rosidl-core-generators"
    "ros-$distro-rosidl-default-generators" catkin_pkg 'setuptools<80'
)
case $distro in
kilted) generators+=("ros-$distro-ament-cmake-ros-core" numpy) ;;
jazzy)
    for name in ament-cmake-gmock ament-cmake-gtest ament-cmake-pytest ament-cmake-ros python-cmake-module; do
        generators+=("ros-$distro-$name")
    done
    generators+=('numpy<2')
    ;;
*) die "there are wheels of kilted and jazzy, not of '$distro'; for others source a ROS 2 installation" ;;
esac

check_machine() {
    [[ $version =~ ^3\.1[0-3]$ ]] ||
        die "ROS 2 wheels exist for Python 3.10 to 3.13, $python is $version; choose another: PYTHON=python3.12"
    [ "$(uname -sm)" = 'Linux x86_64' ] ||
        die "ROS 2 wheels exist for Linux on x86_64, this is $(uname -sm); source a ROS 2 installation"
    local missing=() program
    for program in cmake g++ make; do
        command -v "$program" >/dev/null || missing+=("$program")
    done
    "$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    [ -f "$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h" ] ||
        missing+=(python3-dev)
    [ ${#missing[@]} = 0 ] || die "this machine lacks ${missing[*]}; install: sudo apt-get install ${missing[*]}"
}

install_wheels() {
    say "ROS 2 $distro as wheels (about 300 MB)"
    install_into "$venv" "${wheels[@]}" "${generators[@]}"
    local package
    for package in "$interfaces"/*/; do
        say "message package $(basename "$package")"
        "$repo/scripts/build_interfaces.sh" "$venv" "$package" builtin_interfaces std_msgs geometry_msgs
    done
}

setup_ros() {
    local key
    if [ -n "$sourced" ]; then
        key=$(key_of "$repo" "$python" "$version" "sourced $sourced")
    else
        key=$(key_of "$repo" "$python" "$version" "${wheels[@]}" "${generators[@]}" \
            "$(cat "$repo/scripts/build_interfaces.sh" "$interfaces"/*/msg/*)")
    fi
    ! is_done "$venv/.ros" "$key" || return 0
    if [ -n "$sourced" ]; then
        "$python" -c 'import rclpy' 2>/dev/null ||
            die "ROS 2 $sourced is sourced, but $python ($version) cannot import its rclpy;" \
                "choose the Python that it was built for (PYTHON=/usr/bin/python3), or use a shell without ROS"
        say "virtual environment .venv: Python $version with the sourced ROS 2 $sourced"
        make_venv "$python" "$venv" --system-site-packages
    else
        check_machine
        say "virtual environment .venv: Python $version"
        make_venv "$python" "$venv"
        install_wheels
    fi
    "$venv/bin/python" -c 'import rclpy, tf2_msgs.msg' || die 'ROS 2 does not work in .venv'
    echo "$key" >"$venv/.ros"
}

# setup_package EXTRAS [REQUIREMENT...]
setup_package() {
    local extras=$1 stamp=$venv/.package-$purpose key
    shift
    key=$(key_of "$extras" "$@" "$(cat "$repo/setup.py" "$repo/package.xml" "$venv/.ros")")
    ! is_done "$stamp" "$key" || return 0
    say "this package with $extras"
    install_into "$venv" --editable "$repo[$extras]" "$@"
    echo "$key" >"$stamp"
}

setup_ros
case $purpose in
demo) setup_package bags,images ;;
test)
    tools=('setuptools<80' wheel)
    if [ -z "$sourced" ]; then
        tools+=("ros-$distro-ament-flake8" "ros-$distro-ament-pep257" "ros-$distro-test-msgs" flake8 pydocstyle)
    fi
    setup_package bags,bench,browser,images,lint,test,video "${tools[@]}"
    if ! fetch_viewer; then
        [ "${CI:-}" != true ] || die 'the tests need the web viewer'
        say 'note: tests of the web viewer are skipped'
    fi
    ;;
*) die "setup.sh knows demo and test, not '$purpose'" ;;
esac
