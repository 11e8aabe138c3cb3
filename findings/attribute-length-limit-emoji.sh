#!/usr/bin/env bash
# OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT counts other things in each language, and Node.js cuts an emoji in two.
#
# Guess:    the limit counts characters (Unicode code points) in every SDK, as the specification says of strings.
# Seen:     Python counts code points. Node.js counts UTF-16 units and can leave half of a pair, which is not Unicode:
#           OTLP/JSON then carries a lone surrogate and Protobuf U+FFFD. So the same limit and text give two values.
# Versions: @opentelemetry/sdk-trace 3.1.1, @opentelemetry/otlp-transformer 0.301.1 (npm), opentelemetry-sdk 1.45.2 (PyPI)
# Source:   OpenTelemetry specification, common/README.md, "Attribute Limits": any character counts as one. Node.js uses
#           String.substring (SpanImpl), Python slices a str (attributes/__init__.py).
# Matters:  a cut that is meant to save an item makes it one that strict JSON readers refuse.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/otlp-transformer@0.301.1 @opentelemetry/sdk-trace@3.1.1 @opentelemetry/api@1.10.0
install_pip opentelemetry-sdk==1.45.2

cat >limit.cjs <<'JS'
const { JsonTraceSerializer, ProtobufTraceSerializer } = require("@opentelemetry/otlp-transformer");
const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = require("@opentelemetry/sdk-trace");
async function main() {
    const exporter = new InMemorySpanExporter();
    const spanLimits = { attributeValueLengthLimit: 3 };
    const provider = new TracerProvider({ spanLimits, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    provider.getTracer("finding").startSpan("s", { attributes: { emoji: "ab😀cd" } }).end();
    await provider.forceFlush();
    const [span] = exporter.getFinishedSpans();
    console.log(`Node.js: ${JSON.stringify(span.attributes.emoji)}`);
    const json = Buffer.from(JsonTraceSerializer.serializeRequest([span])).toString();
    console.log(`Node.js, OTLP/JSON: ${/"ab[^"]*"/.exec(json)[0]}`);
    const protobuf = Buffer.from(ProtobufTraceSerializer.serializeRequest([span]));
    const start = protobuf.indexOf("ab");
    console.log(`Node.js, OTLP/Protobuf: ${protobuf.subarray(start, start + protobuf[start - 1]).toString("hex")}`);
}
main();
JS
cat >limit.py <<'PY'
from opentelemetry.sdk.trace import SpanLimits, TracerProvider

tracer = TracerProvider(span_limits=SpanLimits(max_attribute_length=3)).get_tracer("finding")
print(f"Python: {ascii(tracer.start_span('s', attributes={'emoji': 'ab😀cd'}).attributes['emoji'])}")
PY
{
    node limit.cjs
    python/bin/python limit.py 2>/dev/null
} >seen

expect seen <<'END'
Node.js: "ab\ud83d"
Node.js, OTLP/JSON: "ab\ud83d"
Node.js, OTLP/Protobuf: 6162efbfbd
Python: 'ab\U0001f600'
END
