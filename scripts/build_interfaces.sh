#!/usr/bin/env bash
# Builds a package of message definitions into a virtual environment that has ROS 2 as wheels.
#
#   scripts/build_interfaces.sh VENV FOLDER DEPENDENCY...
#
# FOLDER is called as the package and holds msg/*.msg; each DEPENDENCY is a message package that it uses.
# Needs cmake, a C++ compiler and the wheels named in scripts/setup.sh.
set -euo pipefail

venv=$(cd -- "$1" && pwd)
folder=$(cd -- "$2" && pwd)
shift 2
name=$(basename "$folder")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ask() { "$venv/bin/python" -c "$1"; }

write_package() {
    local dependency
    cp -r "$folder/msg" "$work/msg"
    {
        echo '<?xml version="1.0"?>'
        echo '<package format="3">'
        echo "  <name>$name</name><version>0.0.0</version><description>Messages of $name.</description>"
        echo '  <maintainer email="nobody@example.org">nobody</maintainer><license>Apache-2.0</license>'
        echo '  <buildtool_depend>ament_cmake</buildtool_depend>'
        echo '  <buildtool_depend>rosidl_default_generators</buildtool_depend>'
        for dependency; do echo "  <depend>$dependency</depend>"; done
        echo '  <exec_depend>rosidl_default_runtime</exec_depend>'
        echo '  <member_of_group>rosidl_interface_packages</member_of_group>'
        echo '  <export><build_type>ament_cmake</build_type></export>'
        echo '</package>'
    } >"$work/package.xml"
    {
        echo 'cmake_minimum_required(VERSION 3.16)'
        echo "project($name)"
        echo 'set(CMAKE_CXX_STANDARD 17)'
        for dependency in ament_cmake rosidl_default_generators "$@"; do
            echo "find_package($dependency REQUIRED)"
        done
        echo 'file(GLOB definitions RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} msg/*.msg)'
        echo "rosidl_generate_interfaces(\${PROJECT_NAME} \${definitions} DEPENDENCIES $*)"
        echo 'ament_package()'
    } >"$work/CMakeLists.txt"
}

# The CMake files of the wheels name folders of the machine that built them.
repair_wheels() {
    local python_headers numpy_headers
    python_headers=$(ask 'import sysconfig; print(sysconfig.get_path("include"))')
    numpy_headers=$(ask 'import numpy; print(numpy.get_include())')
    find "$venv/share" -path '*/cmake/*.cmake' -type f -exec sed -E -i \
        -e "s#/opt/python/[^/;\"]+/include/python[0-9.]+#$python_headers#g" \
        -e "s#/opt/python/[^/;\"]+/lib/python[0-9.]+/site-packages/numpy/[a-z_]+/include#$numpy_headers#g" {} +
}

# run LOG COMMAND...: its output appears only if it fails.
run() {
    "${@:2}" >"$work/$1.log" 2>&1 || { tail -n 40 "$work/$1.log" >&2; exit 1; }
}

write_package "$@"
repair_wheels
export PATH=$venv/bin:$PATH AMENT_PREFIX_PATH=$venv CMAKE_PREFIX_PATH=$venv
PYTHONPATH=$(ask 'import sysconfig; print(sysconfig.get_path("purelib"))')
export PYTHONPATH
run configure cmake -S "$work" -B "$work/build" -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF \
    "-DCMAKE_INSTALL_PREFIX=$venv" "-DPython3_EXECUTABLE=$venv/bin/python" -DPython3_FIND_VIRTUALENV=ONLY
run build cmake --build "$work/build" --parallel "$(nproc)"
run install cmake --install "$work/build"
