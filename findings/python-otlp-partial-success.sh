#!/usr/bin/env bash
# A receiver that refuses some spans and says so is not heard: Python's exporters ignore partial success.
#
# Guess:    a warning with the number of refused spans and the receiver's reason, as the specification has it.
# Seen:     SUCCESS, and not a line in the log even at level DEBUG, by HTTP and by gRPC. Node.js prints the reason.
# Versions: opentelemetry-exporter-otlp-proto-http 1.45.2, opentelemetry-exporter-otlp-proto-grpc 1.45.2 (PyPI),
#           @opentelemetry/exporter-trace-otlp-proto 0.301.1 (npm)
# Source:   OTLP specification, "Partial Success". No file of the exporters of Python 1.45.2 mentions partial_success;
#           Node.js: otlp-exporter-base, src/logging-response-handler.ts
# Matters:  what a backend or Collector refuses in part is lost without a word in the program that sent it.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/exporter-trace-otlp-proto@0.301.1 @opentelemetry/api@1.10.0
install_pip opentelemetry-exporter-otlp-proto-http==1.45.2 opentelemetry-exporter-otlp-proto-grpc==1.45.2

cat >receiver.py <<'PY'
import http.server
from concurrent.futures import ThreadPoolExecutor
import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as messages, trace_service_pb2_grpc as services

ANSWER = messages.ExportTraceServiceResponse(partial_success={"rejected_spans": 3, "error_message": "too old"})

class Grpc(services.TraceServiceServicer):
    def Export(self, request, context):
        return ANSWER

class Http(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.end_headers()
        self.wfile.write(ANSWER.SerializeToString())

by_grpc = grpc.server(ThreadPoolExecutor(2))
services.add_TraceServiceServicer_to_server(Grpc(), by_grpc)
by_http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Http)
print(by_http.server_port, by_grpc.add_insecure_port("127.0.0.1:0"), flush=True)
by_grpc.start()
by_http.serve_forever()
PY
cat >send.cjs <<'JS'
const { diag, DiagConsoleLogger, DiagLogLevel } = require("@opentelemetry/api");
const { OTLPTraceExporter } = require("@opentelemetry/exporter-trace-otlp-proto");
diag.setLogger({ ...new DiagConsoleLogger(), warn: console.log }, DiagLogLevel.WARN);
const exporter = new OTLPTraceExporter({ url: `http://127.0.0.1:${process.argv[2]}/v1/traces` });
exporter.export([], ({ code }) => console.log(`Node.js: ${code === 0 ? "SUCCESS" : "FAILURE"}`));
JS
cat >send.py <<'PY'
import logging, sys
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

logging.basicConfig(stream=sys.stdout, level=logging.DEBUG, format="Python logs: %(message)s")
logging.getLogger("urllib3").setLevel(logging.WARNING)
by_http = OTLPSpanExporter(endpoint=f"http://127.0.0.1:{sys.argv[1]}/v1/traces").export([])
print("Python by HTTP:", by_http.name)
print("Python by gRPC:", GrpcExporter(endpoint=f"127.0.0.1:{sys.argv[2]}", insecure=True).export([]).name)
PY
in_background python/bin/python receiver.py >ports 2>/dev/null
wait_until test -s ports
read -r http grpc <ports
{
    node send.cjs "$http"
    python/bin/python send.py "$http" "$grpc"
} >seen

expect seen <<'END'
Received Partial Success response: {"rejectedSpans":3,"errorMessage":"too old"}
Node.js: SUCCESS
Python by HTTP: SUCCESS
Python by gRPC: SUCCESS
END
