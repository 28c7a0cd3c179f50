#!/usr/bin/env bash
# Runs the simulated robot and the bridge for DEMO_SEC seconds (30; 0: until Ctrl-C) and shows what came of it.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

seconds=${DEMO_SEC:-30}
stop_seconds=10
recording=$repo/demo.rrd
pids=()
stopping=

export ROS_AUTOMATIC_DISCOVERY_RANGE=${ROS_AUTOMATIC_DISCOVERY_RANGE:-LOCALHOST}

# Job control gives each program its own process group: Ctrl-C reaches this script alone, which passes it on.
set -m
trap 'stopping=1' INT TERM
trap 'kill -KILL "${pids[@]}" 2>/dev/null || true' EXIT

start() {
    "$venv/bin/python" -m rerun_bridge "$@" </dev/null &
    pids+=($!)
}
is_running() { kill -0 "$1" 2>/dev/null; }
# A builtin wait, unlike a program in the foreground, ends at a signal.
pause() { sleep 0.2 & wait $! || true; }

stop() {
    local pid deadline=$((SECONDS + stop_seconds))
    kill -INT "$1" 2>/dev/null || true
    while is_running "$1"; do
        [ "$SECONDS" -lt "$deadline" ] || die "$2 did not stop within $stop_seconds seconds"
        pause
    done
    wait "$1" || die "$2 ended with status $?"
}

rm -f "$recording"
start demo_robot --ros-args --log-level warn >/dev/null
start bridge --ros-args -p "sinks:=['save:$recording']"
if [ "$seconds" = 0 ]; then
    say 'recording the simulated robot until Ctrl-C'
else
    say "recording the simulated robot for $seconds seconds (DEMO_SEC=0: until Ctrl-C)"
fi

end=$((SECONDS + seconds))
while [ -z "$stopping" ] && { [ "$seconds" = 0 ] || [ "$SECONDS" -lt "$end" ]; }; do
    for pid in "${pids[@]}"; do
        is_running "$pid" || die 'a program ended early; see its message above'
    done
    pause
done

stop "${pids[1]}" bridge
stop "${pids[0]}" demo_robot
pids=()
trap - EXIT
[ -s "$recording" ] || die "the bridge wrote no recording: $recording"
say "recording: $recording"
say "open it:   rerun demo.rrd    (the viewer: pip install rerun-sdk==0.41.0)"
say "$(wc -c <"$recording") bytes"
