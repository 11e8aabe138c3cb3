#!/usr/bin/env bash
# The certificate authority in OTEL_EXPORTER_OTLP_CERTIFICATE is renewed while services run: Python follows, Node.js does not.
#
# Guess:    both read the file once, at start, and fail from then on until they are restarted.
# Seen:     Python by HTTP reads the file again for each new connection, and delivers. Node.js fails with every export.
# Versions: opentelemetry-exporter-otlp-proto-http 1.45.2 (PyPI), @opentelemetry/exporter-trace-otlp-proto 0.301.1 (npm)
# Source:   requests takes the path and makes the TLS context of a connection from it; Node.js reads the file when it
#           makes the agent (otlp-exporter-base, otlp-node-http-env-configuration.ts).
# Matters:  a ConfigMap with the authority changes under running pods: Node.js services need a restart.
. "$(dirname "$0")/lib.sh"

# What the shell trusts would be asked instead of the variable of OpenTelemetry.
unset REQUESTS_CA_BUNDLE CURL_CA_BUNDLE
install_npm @opentelemetry/exporter-trace-otlp-proto@0.301.1 @opentelemetry/api@1.10.0
install_pip opentelemetry-exporter-otlp-proto-http==1.45.2

for name in old new; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$name" \
        -addext subjectAltName=IP:127.0.0.1 -keyout "$name.key" -out "$name.crt" 2>/dev/null
done
cat >send.cjs <<'JS'
const fs = require("node:fs");
const https = require("node:https");
const { OTLPTraceExporter } = require("@opentelemetry/exporter-trace-otlp-proto");
const certificate = (name) => ({ key: fs.readFileSync(`${name}.key`), cert: fs.readFileSync(`${name}.crt`) });
const server = https.createServer(certificate("old"), (request, response) => {
    request.resume();
    response.writeHead(200, { connection: "close" }).end();
});
async function main() {
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `https://127.0.0.1:${server.address().port}`;
    const exporter = new OTLPTraceExporter({ timeoutMillis: 1000 });
    const send = () => new Promise((resolve) => exporter.export([], ({ code }) => resolve(code === 0 ? "delivered" : "failed")));
    console.log("Node.js, before:", await send());
    server.setSecureContext(certificate("new"));
    fs.copyFileSync("new.crt", "ca.crt");
    console.log("Node.js, after:", await send());
    process.exit();
}
main();
JS
cat >send.py <<'PY'
import http.server, os, shutil, ssl, threading
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.end_headers()

tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain("old.crt", "old.key")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
server.socket = tls.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
exporter = OTLPSpanExporter(endpoint=f"https://127.0.0.1:{server.server_port}", timeout=1)
print("Python, before:", "delivered" if exporter.export([]).name == "SUCCESS" else "failed")
tls.load_cert_chain("new.crt", "new.key")
shutil.copyfile("new.crt", "ca.crt")
print("Python, after:", "delivered" if exporter.export([]).name == "SUCCESS" else "failed")
PY
export OTEL_EXPORTER_OTLP_CERTIFICATE=ca.crt
{
    cp old.crt ca.crt
    node send.cjs
    cp old.crt ca.crt
    python/bin/python send.py 2>/dev/null
} >seen

expect seen <<'END'
Node.js, before: delivered
Node.js, after: failed
Python, before: delivered
Python, after: delivered
END
