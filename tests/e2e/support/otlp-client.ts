import { Metadata, credentials } from "@grpc/grpc-js";
import { SpanKind } from "@opentelemetry/api";
import { OTLPTraceExporter as GrpcTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as HttpTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
    AlwaysOnSampler,
    InMemorySpanExporter,
    SimpleSpanProcessor,
    TracerProvider,
    type ReadableSpan,
} from "@opentelemetry/sdk-trace";
import type { Protocol } from "../../../tools/verify/types";
import { type Exporter, exportOnce } from "../../../tools/verify/otlp-exporters";
import type { OtlpEndpoint } from "./malformed/endpoint";

const TIMEOUT_MS = 10_000;

/** The exporter of OpenTelemetry's SDK, configured like in any application. */
export function createExporter(protocol: Protocol, to: OtlpEndpoint): Exporter<ReadableSpan[]> {
    const { host, port, tls, authorization } = to;
    const url = `${tls ? "https" : "http"}://${host}:${port}`;
    if (protocol === "http") {
        return new HttpTraceExporter({
            url: `${url}/v1/traces`,
            timeoutMillis: TIMEOUT_MS,
            headers: authorization === undefined ? {} : { Authorization: authorization },
            httpAgentOptions: { keepAlive: true, ...tls },
        });
    }
    const metadata = new Metadata();
    if (authorization !== undefined) {
        metadata.set("authorization", authorization);
    }
    const pem = (text: string | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text));
    return new GrpcTraceExporter({
        url,
        timeoutMillis: TIMEOUT_MS,
        metadata,
        credentials: tls
            ? credentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.cert))
            : credentials.createInsecure(),
    });
}

/** Spans of the service, each in its own trace. */
export function createSpans(service: string, count: number): ReadableSpan[] {
    const ended = new InMemorySpanExporter();
    const provider = new TracerProvider({
        resource: resourceFromAttributes({ "service.name": service }),
        // Overrides OTEL_TRACES_SAMPLER.
        sampler: new AlwaysOnSampler(),
        spanProcessors: [new SimpleSpanProcessor({ exporter: ended })],
    });
    const tracer = provider.getTracer(service);
    for (let index = 0; index < count; index++) {
        tracer.startSpan("well-behaved", { kind: SpanKind.CLIENT }).end();
    }
    return ended.getFinishedSpans();
}

/** Sends a span and returns its trace id. Fails if the span is not accepted. */
export async function sendSpan(protocol: Protocol, to: OtlpEndpoint, service = "e2e-secure-otlp"): Promise<string> {
    const exporter = createExporter(protocol, to);
    const spans = createSpans(service, 1);
    try {
        await exportOnce(exporter, spans);
        return spans[0]?.spanContext().traceId ?? "";
    } finally {
        await exporter.shutdown();
    }
}
