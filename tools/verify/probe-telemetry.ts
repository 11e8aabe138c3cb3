import { randomBytes } from "node:crypto";
import { ROOT_CONTEXT, SeverityNumber, trace, TraceFlags } from "@opentelemetry/api";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider, type ReadableLogRecord } from "@opentelemetry/sdk-logs";
import {
    AggregationTemporality,
    AggregationType,
    MeterProvider,
    MetricReader,
    type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";
import { VERIFY_SERVICE } from "../../config/types/signal";
import { EVENT_NAME, ID_ATTRIBUTE, METRIC_NAME, UNUSUAL_ATTRIBUTES } from "./types";

function createResource(): Resource {
    return resourceFromAttributes({ "service.name": VERIFY_SERVICE });
}

interface SpanArgs {
    readonly id: string;
    readonly traceId: string;
    /** Operation name. Span metrics have separate series for each name. */
    readonly name: string;
}

/** Creates an ended root span. The caller exports it, because the SDK's span processors ignore failed exports. */
export function createRootSpan({ id, traceId, name }: SpanArgs): ReadableSpan {
    const ended: ReadableSpan[] = [];
    const provider = new TracerProvider({
        resource: createResource(),
        idGenerator: { generateTraceId: () => traceId, generateSpanId: generateSpanId },
        // Overrides OTEL_TRACES_SAMPLER: every probe must be sampled.
        sampler: new AlwaysOnSampler(),
        spanProcessors: [
            {
                onStart: () => undefined,
                onEnd: (span) => ended.push(span),
                forceFlush: () => Promise.resolve(),
                shutdown: () => Promise.resolve(),
            },
        ],
    });
    provider
        .getTracer(VERIFY_SERVICE)
        .startSpan(name, { root: true, attributes: { [ID_ATTRIBUTE]: id, ...UNUSUAL_ATTRIBUTES } })
        .end();
    const [span] = ended;
    if (span === undefined) {
        throw new Error("the SDK created no span");
    }
    return span;
}

/** Generates a random trace id. */
export function generateTraceId(): string {
    return randomBytes(16).toString("hex");
}

function generateSpanId(): string {
    return randomBytes(8).toString("hex");
}

/** Creates a log record and an event without a body, both with the id in the context of a trace. */
export function createLogRecords(id: string, traceId: string): readonly ReadableLogRecord[] {
    const records: ReadableLogRecord[] = [];
    const provider = new LoggerProvider({
        resource: createResource(),
        processors: [
            {
                onEmit: (record) => records.push(record),
                forceFlush: () => Promise.resolve(),
                shutdown: () => Promise.resolve(),
            },
        ],
    });
    const spanContext = { traceId, spanId: generateSpanId(), traceFlags: TraceFlags.SAMPLED };
    const logger = provider.getLogger(VERIFY_SERVICE);
    const context = trace.setSpanContext(ROOT_CONTEXT, spanContext);
    const severity = { severityNumber: SeverityNumber.INFO, severityText: "INFO" };
    logger.emit({ context, ...severity, body: `verify ${id}`, attributes: { [ID_ATTRIBUTE]: id } });
    logger.emit({
        context,
        ...severity,
        eventName: EVENT_NAME,
        attributes: { [ID_ATTRIBUTE]: id, ...UNUSUAL_ATTRIBUTES },
    });
    return records;
}

class ManualReader extends MetricReader {
    protected override onForceFlush(): Promise<void> {
        return Promise.resolve();
    }

    protected override onShutdown(): Promise<void> {
        return Promise.resolve();
    }
}

/** Creates the data points of `PUSHED_SERIES`, with the id as an attribute. Without a unit, Prometheus adds no suffix. */
export async function createMetrics(id: string): Promise<ResourceMetrics> {
    const attributes = { [ID_ATTRIBUTE]: id };
    const description = "Test metric of verify.";
    const cumulative = await collectMetrics(AggregationTemporality.CUMULATIVE, (provider) => {
        provider.getMeter(VERIFY_SERVICE).createGauge(METRIC_NAME, { description }).record(1, attributes);
        for (const scope of ["a", "b"]) {
            const meter = provider.getMeter(`${VERIFY_SERVICE}-${scope}`);
            meter.createCounter(`${METRIC_NAME}_scopes`, { description }).add(1, attributes);
        }
    });
    const delta = await collectMetrics(AggregationTemporality.DELTA, (provider) => {
        const meter = provider.getMeter(VERIFY_SERVICE);
        meter.createCounter(`${METRIC_NAME}_delta`, { description }).add(1, attributes);
        meter.createHistogram(EXPONENTIAL, { description }).record(1, attributes);
    });
    return { ...cumulative, scopeMetrics: [...cumulative.scopeMetrics, ...delta.scopeMetrics] };
}

const EXPONENTIAL = `${METRIC_NAME}_exponential`;

async function collectMetrics(
    temporality: AggregationTemporality,
    record: (provider: MeterProvider) => void,
): Promise<ResourceMetrics> {
    const reader = new ManualReader({ aggregationTemporalitySelector: () => temporality });
    const provider = new MeterProvider({
        resource: createResource(),
        readers: [reader],
        views: [{ instrumentName: EXPONENTIAL, aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
    });
    record(provider);
    const { resourceMetrics } = await reader.collect();
    await provider.shutdown();
    return resourceMetrics;
}
