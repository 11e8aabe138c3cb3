import { setTimeout as sleep } from "node:timers/promises";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { messageOf } from "./http";
import { describeExportError, type Exporter, exportOnce, isRetryable, traceExporter } from "./otlp";
import { fixedTarget, type Target } from "./target";
import { SpanMaker } from "./telemetry";
import { type Deadline, deadlineIn, startClock } from "./timing";

const TICK_MS = 50;
const ATTEMPT_TIMEOUT_MS = 5_000;
const RETRY_AFTER_MS = 250;

export interface SpanStreamOptions {
    /** URL of the OTLP/gRPC receiver, or a target that can be made anew (a PortForward) while pods are replaced. */
    readonly endpoint: string | Target;
    /** Spans a second. Default 20. */
    readonly ratePerSecond?: number;
    /** `service.name` of the spans. Default `otel-stack-spans`. */
    readonly serviceName?: string;
    /** Seconds after which a span that nobody takes is given up. Default 60. */
    readonly giveUpAfterSeconds?: number;
}

export interface SentSpans {
    /** Trace ids of the spans that a receiver acknowledged; each span is the only one of its trace. */
    readonly accepted: readonly string[];
    /** Spans that were refused for good or given up, each with the last error. */
    readonly refused: readonly { readonly traceId: string; readonly error: string }[];
    /** How many exports had to be tried again. Such a span may arrive twice: its id stays the same. */
    readonly retries: number;
    /** Longest time in seconds from a span's making to its acknowledgement. */
    readonly slowestSeconds: number;
}

/** Spans on their way until `stop` is called, which waits for what is under way. */
export interface SpanStream {
    /** How many spans were made so far. */
    readonly made: number;
    stop(): Promise<SentSpans>;
}

/** Sends that many spans, one trace each, by OTLP/gRPC at that rate; a span is tried until it is taken. */
export async function sendSpans(options: SpanStreamOptions & { readonly count: number }): Promise<SentSpans> {
    const stream = new Stream(options, options.count);
    await stream.allMade;
    return stream.stop();
}

/** Sends spans as `sendSpans` does until it is stopped: for what has to happen while spans flow. */
export function startSpans(options: SpanStreamOptions): SpanStream {
    return new Stream(options, Infinity);
}

class Stream implements SpanStream {
    made = 0;
    readonly allMade: Promise<void>;
    private stopped = false;
    private readonly accepted: string[] = [];
    private readonly refused: { traceId: string; error: string }[] = [];
    private retries = 0;
    private slowestSeconds = 0;
    private readonly underWay: Promise<void>[] = [];
    private readonly maker: SpanMaker;
    private readonly exporter: RenewingExporter;
    private readonly giveUpAfterSeconds: number;

    constructor(options: SpanStreamOptions, count: number) {
        const { endpoint, ratePerSecond = 20, serviceName = "otel-stack-spans", giveUpAfterSeconds = 60 } = options;
        this.giveUpAfterSeconds = giveUpAfterSeconds;
        this.maker = new SpanMaker(serviceName);
        this.exporter = new RenewingExporter(typeof endpoint === "string" ? fixedTarget(endpoint) : endpoint);
        this.allMade = this.makeAtRate(ratePerSecond, count);
    }

    async stop(): Promise<SentSpans> {
        this.stopped = true;
        await this.allMade;
        await Promise.all(this.underWay);
        await this.exporter.close();
        const { accepted, refused, retries, slowestSeconds } = this;
        return { accepted, refused, retries, slowestSeconds };
    }

    private async makeAtRate(ratePerSecond: number, count: number): Promise<void> {
        const elapsed = startClock();
        while (!this.stopped && this.made < count) {
            const due = Math.min(count, Math.floor(elapsed() * ratePerSecond) + 1);
            while (this.made < due) {
                this.made += 1;
                this.underWay.push(this.deliver(this.maker.make(`span-${this.made}`)));
            }
            await sleep(TICK_MS);
        }
    }

    private async deliver(span: ReadableSpan): Promise<void> {
        const elapsed = startClock();
        const { traceId } = span.spanContext();
        const error = await this.tryUntil(deadlineIn(this.giveUpAfterSeconds), span);
        if (error === undefined) {
            this.accepted.push(traceId);
            this.slowestSeconds = Math.max(this.slowestSeconds, elapsed());
        } else {
            this.refused.push({ traceId, error });
        }
    }

    /** Nothing when the span was taken, else the last error. */
    private async tryUntil(deadline: Deadline, span: ReadableSpan): Promise<string | undefined> {
        for (;;) {
            const failure = await this.exporter.send(span);
            if (failure === undefined) {
                return undefined;
            }
            if (!failure.again || deadline.remaining() === 0) {
                return failure.error;
            }
            this.retries += 1;
            await sleep(RETRY_AFTER_MS);
        }
    }
}

interface SendFailure {
    readonly error: string;
    readonly again: boolean;
}

/** An exporter to wherever the target leads now, shared by all spans. */
class RenewingExporter {
    private current: { readonly url: string; readonly exporter: Exporter<ReadableSpan[]> } | undefined;
    private readonly retired: Exporter<ReadableSpan[]>[] = [];

    constructor(private readonly target: Target) {}

    async send(span: ReadableSpan): Promise<SendFailure | undefined> {
        let url: string;
        try {
            url = await this.target.url();
        } catch (error) {
            return { error: messageOf(error), again: true };
        }
        try {
            await exportOnce(this.exporterTo(url), [span]);
            return undefined;
        } catch (error) {
            const again = isRetryable(error, "grpc");
            if (again) {
                await this.target.renew(url);
            }
            return { error: describeExportError(error, "grpc"), again };
        }
    }

    async close(): Promise<void> {
        const all = [...this.retired, ...(this.current === undefined ? [] : [this.current.exporter])];
        await Promise.all(all.map((exporter) => exporter.shutdown()));
    }

    private exporterTo(url: string): Exporter<ReadableSpan[]> {
        if (this.current?.url !== url) {
            // Spans under way still use the old one: it is shut down at the end.
            this.retired.push(...(this.current === undefined ? [] : [this.current.exporter]));
            this.current = { url, exporter: traceExporter("grpc", url, ATTEMPT_TIMEOUT_MS) };
        }
        return this.current.exporter;
    }
}
