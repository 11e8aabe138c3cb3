#!/usr/bin/env bash
# Two SDKs with the same sampling ratio keep different traces: half of what one keeps has holes where the other ran.
#
# Guess:    traceidratio decides by the trace id alone, so that two services with OTEL_TRACES_SAMPLER_ARG=0.5 keep the
#           same traces, in whatever language they are.
# Seen:     each keeps half, but not the same half: of 1,000 trace ids Python and Node.js agree on about 500, which is
#           what two coins would do.
# Versions: @opentelemetry/sdk-trace 3.1.1 (npm), opentelemetry-sdk 1.45.2 (PyPI)
# Source:   OpenTelemetry specification, trace/sdk.md, TraceIdRatioBased: the algorithm is left open, so that it is safe
#           for root spans only. Python compares the low 64 bits of the id (sdk/trace/sampling.py), Node.js the exclusive
#           or of its four words (TraceIdRatioBasedSampler.ts).
# Matters:  a service that samples by its own ratio under a parent of another language leaves broken traces in Jaeger.
#           parentbased_traceidratio follows the parent instead.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/sdk-trace@3.1.1 @opentelemetry/api@1.10.0
install_pip opentelemetry-sdk==1.45.2

cat >sample.cjs <<'JS'
const { ROOT_CONTEXT } = require("@opentelemetry/api");
const { TraceIdRatioBasedSampler, SamplingDecision } = require("@opentelemetry/sdk-trace");
const sampler = new TraceIdRatioBasedSampler(0.5);
for (const id of require("node:fs").readFileSync("ids", "utf8").trim().split("\n")) {
    const { decision } = sampler.shouldSample(ROOT_CONTEXT, id, "name", 0, {}, []);
    console.log(decision === SamplingDecision.RECORD_AND_SAMPLED ? "keep" : "drop");
}
JS
cat >sample.py <<'PY'
from opentelemetry.sdk.trace.sampling import Decision, TraceIdRatioBased

sampler = TraceIdRatioBased(0.5)
for line in open("ids"):
    decision = sampler.should_sample(None, int(line, 16), "name").decision
    print("keep" if decision is Decision.RECORD_AND_SAMPLE else "drop")
PY
for number in $(seq 1000); do
    echo "trace $number"
done | python3 -c 'import hashlib, sys; [print(hashlib.sha256(line.encode()).hexdigest()[:32]) for line in sys.stdin]' >ids
node sample.cjs >by-node
python/bin/python sample.py >by-python

paste by-node by-python | sort | uniq -c | sed 's/^ *//; s/\t/ by Node.js, /; s/$/ by Python/' >seen
expect seen <<'END'
243 drop by Node.js, drop by Python
249 drop by Node.js, keep by Python
244 keep by Node.js, drop by Python
264 keep by Node.js, keep by Python
END
