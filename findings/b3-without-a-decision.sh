#!/usr/bin/env bash
# The B3 header "b3: 0" (do not trace) starts a trace, and a B3 header that leaves the decision open means three things.
#
# Guess:    "b3: 0" keeps the service from recording. A header without a sampling state leaves the decision to the
#           service, so that its default sampler (parentbased_always_on) records, whatever the language and the form.
# Seen:     "b3: 0" is as good as no header: both SDKs record a new trace. Without a state, Python records for the single
#           header and does not for the multiple headers; Node.js does not record for either.
# Versions: @opentelemetry/propagator-b3 3.1.0, @opentelemetry/sdk-trace 3.1.1 (npm), opentelemetry-propagator-b3 1.45.1,
#           opentelemetry-sdk 1.45.2 (PyPI)
# Source:   openzipkin/b3-propagation, README: "Deny" (b3: 0) and "Defer" (no state). B3SinglePropagator.ts and
#           B3MultiPropagator.ts of Node.js and propagators/b3 of Python need both ids, and have a flag of one bit.
# Matters:  proxies that speak B3 and sample nothing get a trace for each of their requests; those that leave the decision
#           to the service get none from it.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/propagator-b3@3.1.0 @opentelemetry/sdk-trace@3.1.1 @opentelemetry/api@1.10.0
install_pip opentelemetry-propagator-b3==1.45.1 opentelemetry-sdk==1.45.2

cat >headers.json <<'JSON'
{
    "deny": { "b3": "0" },
    "no state, single header": { "b3": "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7" },
    "no state, multiple headers": { "x-b3-traceid": "4bf92f3577b34da6a3ce929d0e0e4736", "x-b3-spanid": "00f067aa0ba902b7" },
    "accept, single header": { "b3": "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1" }
}
JSON
cat >b3.cjs <<'JS'
const { ROOT_CONTEXT } = require("@opentelemetry/api");
const { B3Propagator } = require("@opentelemetry/propagator-b3");
const { TracerProvider } = require("@opentelemetry/sdk-trace");
const getter = { get: (carrier, key) => carrier[key], keys: Object.keys };
for (const [name, headers] of Object.entries(require("./headers.json"))) {
    const context = new B3Propagator().extract(ROOT_CONTEXT, headers, getter);
    const span = new TracerProvider().getTracer("finding").startSpan("request", {}, context);
    console.log(`Node.js, ${name}: ${span.isRecording() ? "recorded" : "not recorded"}`);
}
JS
cat >b3.py <<'PY'
import json
from opentelemetry.context import Context
from opentelemetry.propagators.b3 import B3MultiFormat, B3SingleFormat
from opentelemetry.sdk.trace import TracerProvider

for name, headers in json.load(open("headers.json")).items():
    propagator = B3MultiFormat() if "multiple" in name else B3SingleFormat()
    span = TracerProvider().get_tracer("finding").start_span("request", propagator.extract(headers, Context()))
    print(f"Python, {name}: {'recorded' if span.is_recording() else 'not recorded'}")
PY
{
    node b3.cjs
    python/bin/python b3.py
} >seen

expect seen <<'END'
Node.js, deny: recorded
Node.js, no state, single header: not recorded
Node.js, no state, multiple headers: not recorded
Node.js, accept, single header: recorded
Python, deny: recorded
Python, no state, single header: recorded
Python, no state, multiple headers: not recorded
Python, accept, single header: recorded
END
