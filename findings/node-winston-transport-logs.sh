#!/usr/bin/env bash
# OpenTelemetry's newest transport for winston loses every record under OpenTelemetry's newest SDK for logs, in silence.
#
# Guess:    npm install of both at their newest versions, without a warning about versions, sends what winston logs.
# Seen:     the SDK gets none of it; winston, the transport and the diagnostic logger print nothing. A record emitted through
#           @opentelemetry/api, beside it, arrives.
# Versions: @opentelemetry/winston-transport 0.34.0, @opentelemetry/api-logs 0.223.1, @opentelemetry/sdk-logs 3.1.1,
#           @opentelemetry/api 1.10.0, winston 3.19.0 (npm)
# Source:   the logs API moved into @opentelemetry/api 1.10, where SDK 3 registers its provider. The transport still emits by
#           @opentelemetry/api-logs, whose global is another one, so that its provider stays the no-op.
# Matters:  "no logs in Loki" of a Node.js service whose traces and metrics arrive: look for api-logs in npm ls.
. "$(dirname "$0")/lib.sh"

install_npm @opentelemetry/winston-transport@0.34.0 @opentelemetry/sdk-logs@3.1.1 @opentelemetry/api@1.10.0 winston@3.19.0

cat >log.cjs <<'JS'
const { diag, DiagConsoleLogger, DiagLogLevel, logs } = require("@opentelemetry/api");
const { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } = require("@opentelemetry/sdk-logs");
const { OpenTelemetryTransportV3 } = require("@opentelemetry/winston-transport");
const winston = require("winston");
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
async function main() {
    const exporter = new InMemoryLogRecordExporter();
    const provider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
    logs.setGlobalLoggerProvider(provider);
    winston.createLogger({ transports: [new OpenTelemetryTransportV3()] }).error("by winston");
    logs.getLogger("finding").emit({ body: "by the API" });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await provider.forceFlush();
    console.log("the SDK got:", exporter.getFinishedLogRecords().map(({ body }) => body).join(", "));
}
main();
JS
node log.cjs >seen 2>&1

expect seen <<'END'
the SDK got: by the API
END
