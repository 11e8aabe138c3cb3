#!/usr/bin/env bash
# One value of OTEL_EXPORTER_OTLP_HEADERS is another header in each SDK as soon as it holds a character that should be encoded.
#
# Guess:    "," and "=" must be percent-encoded; whatever else is sent as written, or its refusal is logged.
# Seen:     properly encoded values, and a raw space, arrive from all three. Of raw ones: ";" cuts Node.js' value without a word, Python
#           drops the header with a warning, Go sends it. A "%" that begins no escape loses the header in Node.js in silence and in Go
#           with an error, and Python sends it. Quotes are sent by Node.js and Go, and dropped by Python. An encoded letter
#           beyond ASCII is one byte of Latin-1 from Node.js and Python and two of UTF-8 from Go.
# Versions: @opentelemetry/exporter-trace-otlp-proto 0.301.1 (npm), opentelemetry-exporter-otlp-proto-http 1.45.2 (PyPI),
#           go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp v1.47.0
# Source:   OpenTelemetry specification, protocol/exporter.md, "Specifying headers via environment variables": the format of W3C
#           baggage without metadata. Node.js parses it by its baggage code, Python by a regular expression (util/re.py), Go by
#           url.PathUnescape
# Matters:  encode everything but ASCII letters and digits in the token of a header: all three read that alike.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/exporter-trace-otlp-proto@0.301.1 @opentelemetry/api@1.10.0
install_pip opentelemetry-exporter-otlp-proto-http==1.45.2
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

func main() {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) { fmt.Fprintln(os.Stderr, "error logged") }))
	exporter, err := otlptracehttp.New(context.Background())
	if err == nil {
		err = exporter.ExportSpans(context.Background(), tracetest.SpanStubs{{Name: "s"}}.Snapshots())
	}
	if err != nil {
		fmt.Println("failed")
	}
}
GO
cat >receiver.py <<'PY'
import http.server

class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        value = self.headers["x-token"]
        open("header", "w").write("no header" if value is None else str(value.encode("latin-1"))[1:])
        self.send_response(200)
        self.end_headers()

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
PY
echo 'new (require("@opentelemetry/exporter-trace-otlp-proto").OTLPTraceExporter)().export([], () => {});' >send.cjs
cat >send.py <<'PY'
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
OTLPSpanExporter().export([])
PY
build_go send-go go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp@v1.47.0 go.opentelemetry.io/otel/sdk@v1.47.0
in_background python3 receiver.py >port 2>/dev/null
wait_until test -s port
OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$(cat port)
export OTEL_EXPORTER_OTLP_ENDPOINT
for value in "a%20b%3B%3D%2C%25" "a b" "a;b" "50%" '"a"' "%C3%A9"; do
    export OTEL_EXPORTER_OTLP_HEADERS="x-token=$value"
    for sender in "Node.js node send.cjs" "Python python/bin/python send.py" "Go ./send-go"; do
        echo "nothing sent" >header
        ${sender#* } >log 2>&1
        echo "$value by ${sender%% *}: $(cat header)"
    done
done >seen

expect seen <<'END'
a%20b%3B%3D%2C%25 by Node.js: 'a b;=,%'
a%20b%3B%3D%2C%25 by Python: 'a b;=,%'
a%20b%3B%3D%2C%25 by Go: 'a b;=,%'
a b by Node.js: 'a b'
a b by Python: 'a b'
a b by Go: 'a b'
a;b by Node.js: 'a'
a;b by Python: no header
a;b by Go: 'a;b'
50% by Node.js: no header
50% by Python: '50%'
50% by Go: no header
"a" by Node.js: '"a"'
"a" by Python: no header
"a" by Go: '"a"'
%C3%A9 by Node.js: '\xe9'
%C3%A9 by Python: '\xe9'
%C3%A9 by Go: '\xc3\xa9'
END
