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

/** The service that is asked, and asks the other. */
export const SHOP = "e2e-shop";
/** The service that is called, and sometimes fails. */
export const TILL = "e2e-till";

const EVERY_MS = 500;
const ONE_FAILS_OF = 3;
const METRICS_EVERY_MS = 1_000;

/** Two services at work. */
export interface Traffic {
    /** Lets what is under way arrive. */
    stop(): Promise<void>;
}

/**
 * Starts two services that call one another until they are stopped: each call is a trace with spans of both, a log
 * record of each side during it, and a point of a metric; one of three fails.
 *
 * @param url Of the Collector's OTLP/HTTP receiver.
 */
export function startTraffic(url: string): Traffic {
    const shop = new Service(SHOP, url);
    const till = new Service(TILL, url);
    let calls = 0;
    const timer = setInterval(() => {
        calls += 1;
        order(shop, till, calls % ONE_FAILS_OF === 0);
    }, EVERY_MS);
    return {
        async stop() {
            clearInterval(timer);
            await Promise.all([shop.stop(), till.stop()]);
        },
    };
}

/** A request to the shop, its call of the till, and what the till makes of it, each within the one before. */
function order(shop: Service, till: Service, fails: boolean): void {
    const now = Date.now();
    const times = (inset: number): Times => ({ start: now - 100 + inset, end: now - inset });
    const request = shop.work("GET /order", SpanKind.SERVER, ROOT_CONTEXT, times(0), fails);
    const call = shop.work("POST /payment", SpanKind.CLIENT, request, times(10), fails);
    const payment = till.work("POST /payment", SpanKind.SERVER, call, times(20), fails);
    shop.say(request, fails ? "order failed" : "order taken", fails);
    till.say(payment, fails ? "payment refused" : "payment taken", fails);
}

interface Times {
    readonly start: number;
    readonly end: number;
}

/** An application with the SDK of OpenTelemetry, as any other. */
class Service {
    private readonly tracer: Tracer;
    private readonly logger: Logger;
    private readonly count: (fails: boolean) => void;
    private readonly providers: readonly { shutdown(): Promise<void> }[];

    constructor(name: string, url: string) {
        const resource = resourceFromAttributes({ "service.name": name });
        const traces = new TracerProvider({
            resource,
            // Whatever OTEL_TRACES_SAMPLER says.
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
                    exportIntervalMillis: METRICS_EVERY_MS,
                    exportTimeoutMillis: METRICS_EVERY_MS,
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

    /** A finished span; returns the context that makes others its children. */
    work(name: string, kind: SpanKind, parent: Context, { start, end }: Times, fails: boolean): Context {
        const span: Span = this.tracer.startSpan(name, { kind, startTime: start }, parent);
        if (fails) {
            span.setStatus({ code: SpanStatusCode.ERROR, message: "refused" });
        }
        span.end(end);
        return trace.setSpan(parent, span);
    }

    /** A log record during that span, and a point of a metric. */
    say(context: Context, body: string, fails: boolean): void {
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
