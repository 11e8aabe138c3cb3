#!/usr/bin/env bash
# Go's OTLP/HTTP exporter retries an answer 503 and not a connection that is refused, which is what a restart looks like.
#
# Guess:    all three retry both for about ten seconds: no connection is as temporary as "unavailable".
# Seen:     all three deliver after an answer 503. When the port is closed and opens three seconds later, Node.js and Python
#           deliver, and Go has dropped the batch with the first refusal.
# Versions: @opentelemetry/exporter-trace-otlp-proto 0.301.1 (npm), opentelemetry-exporter-otlp-proto-http 1.45.2 (PyPI),
#           go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp v1.47.0
# Source:   OTLP specification, "All Other Responses" of OTLP/HTTP: a client that gets no response SHOULD retry. client.go of
#           otlptracehttp retries the statuses 429, 502, 503, 504 and errors that are temporary, which ECONNREFUSED is not
# Matters:  a Service without a ready Collector refuses connections: services in Go lose spans and logs then, and by gRPC
#           they do not.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/exporter-trace-otlp-proto@0.301.1 @opentelemetry/api@1.10.0
install_pip opentelemetry-exporter-otlp-proto-http==1.45.2
cat >main.go <<'GO'
package main

import (
	"context"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

func main() {
	exporter, err := otlptracehttp.New(context.Background())
	if err == nil {
		exporter.ExportSpans(context.Background(), tracetest.SpanStubs{{Name: "s"}}.Snapshots())
	}
}
GO
cat >receiver.py <<'PY'
import http.server, sys

class Receiver(http.server.BaseHTTPRequestHandler):
    unavailable = int(sys.argv[2])

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(503 if Receiver.unavailable > 0 else 200)
        if Receiver.unavailable <= 0:
            open("delivered", "w").close()
        Receiver.unavailable -= 1
        self.send_header("Content-Length", "0")
        self.end_headers()

http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
PY
echo 'new (require("@opentelemetry/exporter-trace-otlp-proto").OTLPTraceExporter)().export([], () => {});' >send.cjs
cat >send.py <<'PY'
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
OTLPSpanExporter().export([])
PY
build_go send-go go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp@v1.47.0 go.opentelemetry.io/otel/sdk@v1.47.0
for case in "an answer 503" "a refused connection"; do
    for sender in "Node.js node send.cjs" "Python python/bin/python send.py" "Go ./send-go"; do
        rm -f delivered
        port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$port
        if [ "$case" = "an answer 503" ]; then
            in_background python3 receiver.py "$port" 1 2>/dev/null
            receiver=$!
            wait_until bash -c ": </dev/tcp/127.0.0.1/$port"
        else
            { sleep 3; exec python3 receiver.py "$port" 0; } 2>/dev/null &
            receiver=$!
            processes+=("$receiver")
        fi
        ${sender#* } >log 2>&1 || true
        kill "$receiver" 2>/dev/null || true
        wait "$receiver" 2>/dev/null || true
        echo "after $case, ${sender%% *}: $([ -e delivered ] && echo delivered || echo lost)"
    done
done >seen

expect seen <<'END'
after an answer 503, Node.js: delivered
after an answer 503, Python: delivered
after an answer 503, Go: delivered
after a refused connection, Node.js: delivered
after a refused connection, Python: delivered
after a refused connection, Go: lost
END
