#!/usr/bin/env bash
# Node.js' OTLP/JSON exporters send a large float as an integer that no int64 holds, and NaN as nothing. Protobuf is right.
#
# Guess:    a span attribute of 1e21 is {"doubleValue": 1e+21} and NaN is {"doubleValue": "NaN"}, as Protobuf's JSON
#           mapping wants it, and http/json and http/protobuf carry the same values.
# Seen:     JSON has {"intValue": 1e+21}, which a Protobuf reader refuses together with the whole request, and
#           {"doubleValue": null}, an attribute without a value. Protobuf has the doubles 1e+21 and NaN.
# Versions: @opentelemetry/otlp-transformer 0.301.1, @opentelemetry/sdk-trace 3.1.1 (npm), opentelemetry-proto 1.45.2,
#           protobuf 7.36.2 (PyPI)
# Source:   otlp-transformer, src/common/internal.ts: every whole number is an intValue; JSON.stringify then writes it.
#           The Protobuf serializer writes doubles for what int64 has no room for.
# Matters:  a whole batch is refused (400) for one attribute. The stack prints http/protobuf.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/otlp-transformer@0.301.1 @opentelemetry/sdk-trace@3.1.1 @opentelemetry/api@1.10.0
install_pip opentelemetry-proto==1.45.2 protobuf==7.36.2

cat >send.cjs <<'JS'
const { writeFileSync } = require("node:fs");
const { JsonTraceSerializer, ProtobufTraceSerializer } = require("@opentelemetry/otlp-transformer");
const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = require("@opentelemetry/sdk-trace");
async function main() {
    const exporter = new InMemorySpanExporter();
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    provider.getTracer("finding").startSpan("s", { attributes: { large: 1e21, none: NaN } }).end();
    await provider.forceFlush();
    const json = JsonTraceSerializer.serializeRequest(exporter.getFinishedSpans());
    writeFileSync("request.json", json);
    writeFileSync("request.pb", ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans()));
    for (const { key, value } of JSON.parse(Buffer.from(json)).resourceSpans[0].scopeSpans[0].spans[0].attributes) {
        console.log(`JSON: ${key} ${JSON.stringify(value)}`);
    }
}
main();
JS
cat >read.py <<'PY'
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

for a in ExportTraceServiceRequest.FromString(open("request.pb", "rb").read()).resource_spans[0].scope_spans[0].spans[0].attributes:
    print(f"Protobuf: {a.key} {a.value.WhichOneof('value')} {a.value.double_value}")
try:
    json_format.Parse(open("request.json").read(), ExportTraceServiceRequest())
except json_format.ParseError as error:
    print(f"JSON, read by Protobuf: {str(error).rsplit('field: ', 1)[-1][:18]}")
PY
{
    node send.cjs
    python/bin/python read.py
} >seen

expect seen <<'END'
JSON: large {"intValue":1e+21}
JSON: none {"doubleValue":null}
Protobuf: large double_value 1e+21
Protobuf: none double_value nan
JSON, read by Protobuf: Value out of range
END
