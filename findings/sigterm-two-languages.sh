#!/usr/bin/env bash
# SIGTERM, as Kubernetes sends it, does the opposite to an instrumented program by language: one never ends, one never sends.
#
# Guess:    both instrumentations flush what waits, and the process ends as it does without them.
# Seen:     Node.js flushes and goes on until SIGKILL. Python ends at once and sends nothing of what waits.
# Versions: @opentelemetry/auto-instrumentations-node 0.82.0 (npm), opentelemetry-distro 0.66b2 and
#           opentelemetry-exporter-otlp-proto-http 1.45.2 (PyPI)
# Source:   register.ts of auto-instrumentations-node shuts the SDK down in a handler of SIGTERM, and a handler replaces the
#           default action of Node.js; Python's SDK sends in an atexit handler, which a signal without a handler skips.
# Matters:  a Node.js pod takes the whole grace period to go; a Python pod loses its last seconds at each rollout.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/auto-instrumentations-node@0.82.0 @opentelemetry/api@1.10.0
install_pip opentelemetry-distro==0.66b2 opentelemetry-exporter-otlp-proto-http==1.45.2
cat >receiver.cjs <<'JS'
const { appendFileSync } = require("node:fs");
const server = require("node:http").createServer((request, response) => {
    request.resume().on("end", () => {
        if (request.url === "/v1/traces") appendFileSync("received", "spans\n");
        response.end();
    });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
JS
cat >app.cjs <<'JS'
const { trace } = require("@opentelemetry/api");
trace.getTracer("app").startSpan("s").end();
require("node:fs").writeFileSync("ready", "");
setInterval(() => {}, 1000);
JS
cat >app.py <<'PY'
import time
from opentelemetry import trace
trace.get_tracer("app").start_span("s").end()
open("ready", "w").close()
time.sleep(600)
PY
in_background node receiver.cjs >port
wait_until test -s port
export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$(cat port) OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
# The span waits for a minute, unless something sends it before.
export OTEL_BSP_SCHEDULE_DELAY=60000 OTEL_BSP_EXPORT_TIMEOUT=30000 OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none
export OTEL_NODE_RESOURCE_DETECTORS=none PATH=$work/python/bin:$PATH
for app in "Node.js node --require @opentelemetry/auto-instrumentations-node/register app.cjs" "Python opentelemetry-instrument python app.py"; do
    rm -f ready
    : >received
    in_background ${app#* } 2>/dev/null
    pid=$!
    wait_until test -e ready
    kill -TERM "$pid"
    sleep 20
    state=ended
    kill -0 "$pid" 2>/dev/null && state="still runs"
    kill -KILL "$pid" 2>/dev/null || true
    echo "${app%% *}, 20 s after SIGTERM: the process $state, $(wc -l <received) request(s) with spans"
done >seen

expect seen <<'END'
Node.js, 20 s after SIGTERM: the process still runs, 1 request(s) with spans
Python, 20 s after SIGTERM: the process ended, 0 request(s) with spans
END
