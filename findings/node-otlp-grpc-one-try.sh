#!/usr/bin/env bash
# Node.js' OTLP/gRPC exporters send once: a receiver that says UNAVAILABLE for a moment costs the batch.
#
# Guess:    the exporter tries again with growing delays, as for the same answer (503) by HTTP, and as OTLP asks of UNAVAILABLE.
# Seen:     one request by gRPC, and the result is an error at once. By HTTP the second try delivers.
# Versions: @opentelemetry/exporter-trace-otlp-grpc 0.301.0, @opentelemetry/exporter-trace-otlp-proto 0.301.1 (npm)
# Source:   OTLP specification, "Failures" of OTLP/gRPC: UNAVAILABLE is retryable. otlp-exporter-base has a retrying
#           transport, which its HTTP exporters use and otlp-grpc-exporter-base does not.
# Matters:  a Collector that restarts loses the spans and logs of Node.js services that send by gRPC, without a line of log.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/exporter-trace-otlp-grpc@0.301.0 @opentelemetry/exporter-trace-otlp-proto@0.301.1 \
    @opentelemetry/api@1.10.0 @grpc/grpc-js@1.14.7

cat >send.cjs <<'JS'
const http = require("node:http");
const { Server, ServerCredentials, status } = require("@grpc/grpc-js");
const grpcExporter = require("@opentelemetry/exporter-trace-otlp-grpc");
const httpExporter = require("@opentelemetry/exporter-trace-otlp-proto");
const bytes = { requestSerialize: Buffer.from, requestDeserialize: Buffer.from, responseSerialize: Buffer.from, responseDeserialize: Buffer.from };
const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
let requests = 0;
const unavailableOnce = () => ++requests === 1;

async function send(name, exporter) {
    requests = 0;
    const { code } = await new Promise((resolve) => exporter.export([], resolve));
    await new Promise((resolve) => setTimeout(resolve, 5000));
    console.log(`${name}: ${requests} request(s), ${code === 0 ? "delivered" : "lost"}`);
}
async function main() {
    const byGrpc = new Server();
    byGrpc.addService({ Export: { path, requestStream: false, responseStream: false, ...bytes } }, {
        Export: (_, answer) => (unavailableOnce() ? answer({ code: status.UNAVAILABLE }) : answer(null, Buffer.alloc(0))),
    });
    const port = await new Promise((resolve, reject) =>
        byGrpc.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
    );
    await send("by gRPC", new grpcExporter.OTLPTraceExporter({ url: `http://127.0.0.1:${port}` }));
    const byHttp = http.createServer((request, response) => {
        request.resume();
        response.writeHead(unavailableOnce() ? 503 : 200).end();
    });
    await new Promise((resolve) => byHttp.listen(0, "127.0.0.1", resolve));
    await send("by HTTP", new httpExporter.OTLPTraceExporter({ url: `http://127.0.0.1:${byHttp.address().port}/v1/traces` }));
    process.exit();
}
main();
JS
node send.cjs >seen

expect seen <<'END'
by gRPC: 1 request(s), lost
by HTTP: 2 request(s), delivered
END
