#!/usr/bin/env bash
# Runs a simulated robot and the bridge, which serves it to browsers, and prints the address.
#
# DEMO_SEC (600; 0: until Ctrl-C) is how long, DEMO_PORT (9090; 0: any that is free) where, and
# DEMO_BIND (127.0.0.1; 0.0.0.0: reachable from other computers) for whom.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

# As a job of its own in the foreground of the terminal, the demo gets Ctrl-C and make, which would fail, does not.
if [ -t 0 ] && [ -z "${DEMO_IS_JOB:-}" ]; then
    set -m
    DEMO_IS_JOB=1 "${BASH_SOURCE[0]}"
    exit
fi

seconds=${DEMO_SEC:-600}
port=${DEMO_PORT:-9090}
bind=${DEMO_BIND:-127.0.0.1}
ready_seconds=60
stop_seconds=20
pids=()
stopping=

export ROS_AUTOMATIC_DISCOVERY_RANGE=${ROS_AUTOMATIC_DISCOVERY_RANGE:-LOCALHOST}

trap 'stopping=1' INT TERM
trap 'kill -KILL "${pids[@]}" 2>/dev/null || true' EXIT

# Each program is a job, too: Ctrl-C reaches this script alone, which ends them in order.
start() {
    set -m
    "$venv/bin/python" -m rerun_bridge "$@" </dev/null &
    pids+=($!)
    set +m
}
is_running() { kill -0 "$1" 2>/dev/null; }
# A builtin wait, unlike a program in the foreground, ends at a signal.
pause() { sleep 0.2 & wait $! || true; }
check() {
    local pid
    for pid in "${pids[@]}"; do
        is_running "$pid" || die "a program ended early, see its message above (DEMO_PORT=0 takes any free port)"
    done
}

stop() {
    local deadline=$((SECONDS + stop_seconds))
    kill -INT "$1" 2>/dev/null || true
    while is_running "$1"; do
        [ "$SECONDS" -lt "$deadline" ] || die "$2 did not stop within $stop_seconds seconds"
        pause
    done
    wait "$1" || die "$2 ended with status $?"
}

# Says where a server with these options is: its page, and what a native viewer opens.
find_urls() {
    "$venv/bin/python" - "$bind" "$port" <<'PYTHON'
import sys
from rerun_bridge.sinks import Server, ServerOptions
server = Server({'web_port': int(sys.argv[2])}, ServerOptions(bind=sys.argv[1]))
print(server.url, server.proxy_url)
PYTHON
}
find_free_port() {
    "$venv/bin/python" -c 'import socket; s = socket.create_server(("", 0)); print(s.getsockname()[1])'
}
answers() {
    "$venv/bin/python" - "$1" 2>/dev/null <<'PYTHON'
import sys
from urllib.request import ProxyHandler, build_opener
build_opener(ProxyHandler({})).open(sys.argv[1], timeout=5).read()
PYTHON
}

[ "$port" != 0 ] || port=$(find_free_port)
[ "$port" = 9090 ] && ws_port=9877 || ws_port=0
read -r page_url proxy_url <<<"$(find_urls)"

has_viewer=1
fetch_viewer || has_viewer=
[ -z "$stopping" ] || exit 0

# What it logs is part of the show: /rosout. Small pictures suit browsers without a graphics card.
start demo_robot --ros-args --disable-stdout-logs -p camera_width:=320 -p camera_height:=240 >/dev/null
start bridge --ros-args --log-level warn -p "sinks:=['serve']" \
    -p "serve.bind:='$bind'" -p "serve.web_port:=$port" -p "serve.ws_port:=$ws_port"
end=$((SECONDS + ready_seconds))
until answers "$page_url"; do
    [ -z "$stopping" ] || break
    check
    [ "$SECONDS" -lt "$end" ] || die "the bridge did not serve within $ready_seconds seconds"
    pause
done

if [ "$seconds" = 0 ]; then
    say 'a simulated robot drives until Ctrl-C'
else
    say "a simulated robot drives for $seconds seconds (DEMO_SEC=0: until Ctrl-C)"
fi
[ "$bind" != 127.0.0.1 ] || say 'other computers can watch with DEMO_BIND=0.0.0.0, or through ssh -L'
[ -n "$has_viewer" ] || say 'browsers show no data, since the web viewer could not be fetched (see above)'
say "native viewer:  rerun $proxy_url    (pip install rerun-sdk==0.41.0)"
say "browser:        $page_url"

end=$((SECONDS + seconds))
while [ -z "$stopping" ] && { [ "$seconds" = 0 ] || [ "$SECONDS" -lt "$end" ]; }; do
    check
    pause
done

stop "${pids[1]}" bridge
stop "${pids[0]}" demo_robot
pids=()
say 'the demo has ended'
