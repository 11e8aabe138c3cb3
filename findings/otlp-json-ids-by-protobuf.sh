#!/usr/bin/env bash
# A Protobuf library reads OTLP/JSON without a complaint and gives every span other ids.
#
# Guess:    google.protobuf's json_format refuses the hexadecimal ids of OTLP/JSON, as it expects base64.
# Seen:     32 hexadecimal digits are valid base64: the trace id becomes 24 bytes long, the span id 12, without an error.
#           Written as JSON again, the ids are base64, which the Collector refuses.
# Versions: protobuf 7.36.2, opentelemetry-proto 1.45.2 (PyPI)
# Source:   OTLP specification, "JSON Protobuf Encoding": ids are hexadecimal there, unlike Protobuf's JSON mapping of bytes.
# Matters:  a proxy or test that is built on Protobuf's own JSON mapping breaks each trace. Enumerations by number and
#           int64 as text or number are read as sent.
. "$(dirname "$0")/lib.sh"

install_pip opentelemetry-proto==1.45.2 protobuf==7.36.2

cat >read.py <<'PY'
from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import Span

span = json_format.Parse(
    '{"traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "spanId": "00f067aa0ba902b7", "kind": 2, "startTimeUnixNano": 1544712660000000000}',
    Span(),
)
print(f"trace id: {len(span.trace_id)} bytes, {span.trace_id.hex()}")
print(f"span id: {len(span.span_id)} bytes, {span.span_id.hex()}")
span.trace_id = bytes.fromhex("4bf92f3577b34da6a3ce929d0e0e4736")
print(json_format.MessageToJson(span, indent=None))
PY
python/bin/python read.py >seen

expect seen <<'END'
trace id: 24 bytes, e1b7fdd9fdf9efb6f7e1d6ba6b771ef76f5dd1ed1ee3bdfa
span id: 12 bytes, d347f4ebb69ad1b6bdd366fb
{"traceId": "S/kvNXezTaajzpKdDg5HNg==", "spanId": "00f067aa0ba902b7", "kind": "SPAN_KIND_SERVER", "startTimeUnixNano": "1544712660000000000"}
END
