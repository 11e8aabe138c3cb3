import {
    ROOT_CONTEXT,
    SeverityNumber,
    SpanKind,
    SpanStatusCode,
    trace,
    type Context,
    type Logger,
    type Span,
    type Tracer,
} from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, TracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace";

/** The service that receives requests and calls the other. */
export const SHOP_SERVICE = "e2e-shop";
/** The service that is called and sometimes fails. */
export const TILL_SERVICE = "e2e-till";

/** Of both services. Without them, queries by namespace would find services without one. */
export const SAMPLE_NAMESPACE = "e2e";
export const SAMPLE_ENVIRONMENT = "e2e-test";

const ORDER_INTERVAL_MS = 500;
const ORDERS_PER_FAILURE = 3;
const METRIC_INTERVAL_MS = 1_000;

/** Two running services. */
export interface SampleTraffic {
    /** Stops the services and flushes their telemetry. */
    stop(): Promise<void>;
}

/**
 * Starts two services that call one another until they are stopped. Each call creates a trace with spans of both
 * services, a log record of each, and a metric point. One of three calls fails.
 *
 * @param url URL of the Collector's OTLP/HTTP receiver.
 */
export function startSampleTraffic(url: string): SampleTraffic {
    const shop = new SimulatedService(SHOP_SERVICE, url);
    const till = new SimulatedService(TILL_SERVICE, url);
    let calls = 0;
    const timer = setInterval(() => {
        calls += 1;
        simulateOrder(shop, till, calls % ORDERS_PER_FAILURE === 0);
    }, ORDER_INTERVAL_MS);
    return {
        async stop() {
            clearInterval(timer);
            await Promise.all([shop.stop(), till.stop()]);
        },
    };
}

/** A request to the shop, its call to the till, and the work of the till, as nested spans. */
function simulateOrder(shop: SimulatedService, till: SimulatedService, fails: boolean): void {
    const now = Date.now();
    const times = (inset: number): SpanTimes => ({ start: now - 100 + inset, end: now - inset });
    const request = shop.recordSpan("GET /order", SpanKind.SERVER, ROOT_CONTEXT, times(0), fails);
    const call = shop.recordSpan("POST /payment", SpanKind.CLIENT, request, times(10), fails);
    const payment = till.recordSpan("POST /payment", SpanKind.SERVER, call, times(20), fails);
    shop.recordLog(request, fails ? "order failed" : "order taken", fails);
    till.recordLog(payment, fails ? "payment refused" : "payment taken", fails);
}

interface SpanTimes {
    readonly start: number;
    readonly end: number;
}

/** An application with OpenTelemetry's SDK. */
class SimulatedService {
    private readonly tracer: Tracer;
    private readonly logger: Logger;
    private readonly count: (fails: boolean) => void;
    private readonly providers: readonly { shutdown(): Promise<void> }[];

    constructor(name: string, url: string) {
        const resource = resourceFromAttributes({
            "service.name": name,
            "service.namespace": SAMPLE_NAMESPACE,
            "deployment.environment.name": SAMPLE_ENVIRONMENT,
        });
        const traces = new TracerProvider({
            resource,
            // Overrides OTEL_TRACES_SAMPLER.
            sampler: new AlwaysOnSampler(),
            spanProcessors: [new SimpleSpanProcessor({ exporter: new OTLPTraceExporter({ url: `${url}/v1/traces` }) })],
        });
        const logs = new LoggerProvider({
            resource,
            processors: [new SimpleLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${url}/v1/logs` }) })],
        });
        const metrics = new MeterProvider({
            resource,
            readers: [
                new PeriodicExportingMetricReader({
                    exporter: new OTLPMetricExporter({ url: `${url}/v1/metrics` }),
                    exportIntervalMillis: METRIC_INTERVAL_MS,
                    exportTimeoutMillis: METRIC_INTERVAL_MS,
                }),
            ],
        });
        this.tracer = traces.getTracer(name);
        this.logger = logs.getLogger(name);
        const orders = metrics.getMeter(name).createCounter("e2e_orders");
        this.count = (fails) => {
            orders.add(1, { fails });
        };
        this.providers = [traces, logs, metrics];
    }

    /** Records a finished span and returns the context for child spans. */
    recordSpan(name: string, kind: SpanKind, parent: Context, { start, end }: SpanTimes, fails: boolean): Context {
        const span: Span = this.tracer.startSpan(name, { kind, startTime: start }, parent);
        if (fails) {
            span.setStatus({ code: SpanStatusCode.ERROR, message: "refused" });
        }
        span.end(end);
        return trace.setSpan(parent, span);
    }

    /** Records a log record in the span's context, and a metric point. */
    recordLog(context: Context, body: string, fails: boolean): void {
        this.count(fails);
        this.logger.emit({
            context,
            body,
            severityNumber: fails ? SeverityNumber.ERROR : SeverityNumber.INFO,
            severityText: fails ? "ERROR" : "INFO",
        });
    }

    async stop(): Promise<void> {
        await Promise.all(this.providers.map((provider) => provider.shutdown()));
    }
}
