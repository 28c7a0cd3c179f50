# SPDX-License-Identifier: Apache-2.0
#
#   make demo    a simulated robot, live in a browser: prints the address
#                DEMO_SEC=0 until Ctrl-C, else 600 seconds; DEMO_PORT=9191; DEMO_BIND=0.0.0.0 for other computers
#   make test    all checks and all tests           ARGS='-k name' picks some
#   make lint    the checks alone
#   make bench   the benchmarks                     ARGS goes to them
#   make clean   removes what these made
#
# Nothing has to be installed before but what they ask for. PYTHON=python3.12 chooses the interpreter,
# DISTRO=jazzy the ROS 2 wheels; a sourced ROS 2 is used as it is.

PYTHON ?= python3
DISTRO ?= kilted
ARGS ?=
BIN := .venv/bin
RERUN_CLI ?= $(CURDIR)/.venv-rerun/bin/rerun
RERUN_PYTHON ?= $(CURDIR)/.venv-rerun/bin/python
export PYTHON DISTRO RERUN_CLI RERUN_PYTHON
unexport _ROS_WHEELS_BOOTSTRAP_COMPLETE

.PHONY: demo test lint bench clean setup-test setup-rerun

demo:
	@scripts/setup.sh demo
	@scripts/demo.sh

test: lint setup-rerun
	@scripts/check_viewer.sh
	@$(BIN)/python -m pytest $(ARGS)

lint: setup-test
	@scripts/lint.sh

bench: setup-test
	@scripts/setup_rerun.sh foxglove-sdk
	@$(BIN)/python -m test.benchmark.run $(ARGS)

setup-test:
	@scripts/setup.sh test

setup-rerun:
	@scripts/setup_rerun.sh

clean:
	rm -rf .venv .venv-rerun .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	rm -rf build dist install log rerun_bridge.egg-info
