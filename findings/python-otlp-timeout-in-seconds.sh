#!/usr/bin/env bash
# OTEL_EXPORTER_OTLP_TIMEOUT=1000 is one second for Node.js and 16 minutes for Python.
#
# Guess:    a number of milliseconds in every SDK, so that 1000 gives up on a receiver that answers after three seconds.
# Seen:     Node.js gives up after a second; Python waits, and takes the late answer. Its exporters, by HTTP and by
#           gRPC, read seconds.
# Versions: opentelemetry-exporter-otlp-proto-http 1.45.2, opentelemetry-exporter-otlp-proto-grpc 1.45.2 (PyPI),
#           @opentelemetry/exporter-trace-otlp-proto 0.301.1 (npm)
# Source:   OpenTelemetry specification, protocol/exporter.md and "Duration" of sdk-environment-variables.md: milliseconds.
#           The documentation of Python's package opentelemetry.sdk.environment_variables says seconds.
# Matters:  one ConfigMap with the variable for all services: Python services wait for a silent receiver until
#           Kubernetes kills them, or Node.js gives up after 10 ms where "10" was meant for Python.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/exporter-trace-otlp-proto@0.301.1 @opentelemetry/api@1.10.0
install_pip opentelemetry-exporter-otlp-proto-http==1.45.2 opentelemetry-exporter-otlp-proto-grpc==1.45.2

cat >receiver.py <<'PY'
import http.server, time

class Late(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        time.sleep(3)
        self.send_response(200)
        self.end_headers()

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Late)
print(server.server_port, flush=True)
server.serve_forever()
PY
cat >send.cjs <<'JS'
const { OTLPTraceExporter } = require("@opentelemetry/exporter-trace-otlp-proto");
new OTLPTraceExporter().export([], ({ code }) => console.log(`Node.js: ${code === 0 ? "delivered" : "gave up"}`));
JS
cat >send.py <<'PY'
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

print(f"Python: {'delivered' if OTLPSpanExporter().export([]).name == 'SUCCESS' else 'gave up'}")
print(f"Python by gRPC: {GrpcExporter(insecure=True)._timeout} s")
PY
in_background python3 receiver.py >port 2>/dev/null
wait_until test -s port
OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$(cat port)
export OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_TIMEOUT=1000
{
    node send.cjs
    python/bin/python send.py
} >seen

expect seen <<'END'
Node.js: gave up
Python: delivered
Python by gRPC: 1000.0 s
END
