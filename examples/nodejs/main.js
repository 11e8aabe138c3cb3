import { setTimeout as sleep } from "node:timers/promises";
import { logs, metrics, trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";

// The environment has the endpoint, the protocol and the service. This prints failed exports, which the SDK hides.
process.env.OTEL_LOG_LEVEL ??= "warn";
const sdk = new NodeSDK();
sdk.start();

const tracer = trace.getTracer("orders");
const logger = logs.getLogger("orders");
const meter = metrics.getMeter("orders");
const orders = meter.createCounter("orders");
const duration = meter.createHistogram("order.duration", {
    unit: "s",
    // The default bounds are for milliseconds.
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
});

let stopped = false;
process.once("SIGTERM", () => {
    stopped = true;
});

const count = Number(process.argv[2] ?? 10);
let sent = 0;
while (sent < count && !stopped) {
    const start = performance.now();
    await tracer.startActiveSpan("order", async (span) => {
        await sleep(100);
        logger.emit({ severityNumber: 9, severityText: "INFO", body: `order ${sent}` });
        span.end();
    });
    orders.add(1);
    duration.record((performance.now() - start) / 1000);
    sent++;
}

// Sends what waits. Without it, the last seconds are lost.
await sdk.shutdown().catch(console.error);
console.log(`sent ${sent}`);
