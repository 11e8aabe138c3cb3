import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { SIGNALS, type Signal } from "../config/types/signal";
import { IMAGES } from "../sandbox/images";
import type { Stack } from "../tools/stack/stack";
import type { Figure } from "./figures";

const NAMESPACE = "playground-otel";
const MIB = 2 ** 20;
/** Port of each program's CPU and memory metrics. */
const METRICS_PORTS = { "otel-collector": 8888, jaeger: 8888, prometheus: 9090, victorialogs: 9428 } as const;
type Program = keyof typeof METRICS_PORTS;
/** Programs that process each signal. Prometheus processes the span metrics of traces. */
const PROGRAMS_BY_SIGNAL: Readonly<Record<Signal, readonly Program[]>> = {
    traces: ["otel-collector", "jaeger", "prometheus"],
    metrics: ["otel-collector", "prometheus"],
    logs: ["otel-collector", "victorialogs"],
};
const ITEMS: Readonly<Record<Signal, string>> = { traces: "spans", metrics: "metric_points", logs: "log_records" };
/** Number of attributes of each item, in addition to those of telemetrygen. */
const ATTRIBUTES = 8;
const SECONDS = 8;
/** Items per second. Below the throughput of a Collector of the smallest size. */
const STEADY_RATE = 1000;
const DRAIN_TIMEOUT_MS = 60_000;

/**
 * Measures, for each signal, the CPU time of the running stack relative to an idle stack, and the maximum throughput of
 * one sender. Writes test data to the backends. Other senders distort the results.
 */
export async function measureLoad(stack: Stack): Promise<Figure[]> {
    const figures: Figure[] = [];
    const idle = await measureDelta(stack, "traces", () => sleep(SECONDS * 1000));
    for (const signal of SIGNALS) {
        const steady = await measureDelta(stack, signal, () => send(stack, signal, STEADY_RATE));
        const peak = await measureDelta(stack, signal, () => send(stack, signal, 0));
        figures.push(
            ...renderCosts(signal, idle, steady),
            renderPeakThroughput(signal, peak),
            ...renderMemory(signal, peak),
        );
    }
    return figures;
}

function renderCosts(signal: Signal, idle: Delta, steady: Delta): Figure[] {
    return PROGRAMS_BY_SIGNAL[signal].map((program) => {
        const busy = steady.cpuSeconds[program] / steady.seconds - idle.cpuSeconds[program] / idle.seconds;
        const items = steady.accepted / steady.seconds;
        return {
            what: `CPU seconds of ${program} per million ${ITEMS[signal]}`,
            value: ((busy / items) * 1e6).toFixed(0),
        };
    });
}

function renderPeakThroughput(signal: Signal, { accepted, refused, sending: seconds, cpuSeconds }: Delta): Figure {
    const cores = (cpuSeconds["otel-collector"] / seconds).toFixed(2);
    return {
        what: `maximum ${ITEMS[signal]} per second from one sender`,
        value: `${(accepted / seconds).toFixed(0)} (${refused} refused; the Collector uses ${cores} cores)`,
    };
}

function renderMemory(signal: Signal, { memory }: Delta): Figure[] {
    return PROGRAMS_BY_SIGNAL[signal].map((program) => ({
        what: `memory of ${program} after the maximum load`,
        value: `${(memory[program] / MIB).toFixed(0)} MiB`,
    }));
}

type PerProgram = Readonly<Record<Program, number>>;

/** Changes of the metrics during a measurement. */
interface Delta {
    readonly seconds: number;
    /** Seconds of sending, without the time to drain the queues. */
    readonly sending: number;
    readonly accepted: number;
    readonly refused: number;
    readonly cpuSeconds: PerProgram;
    /** Resident memory at the end, in bytes. */
    readonly memory: PerProgram;
}

async function measureDelta(stack: Stack, signal: Signal, work: () => Promise<unknown>): Promise<Delta> {
    const before = await readMetrics(stack, signal);
    await work();
    const sent = performance.now();
    const deadline = Date.now() + DRAIN_TIMEOUT_MS;
    let after = await readMetrics(stack, signal);
    while (after.queued > 0 && Date.now() < deadline) {
        await sleep(500);
        after = await readMetrics(stack, signal);
    }
    const cpu = (program: Program) => after.cpuSeconds[program] - before.cpuSeconds[program];
    return {
        seconds: (after.at - before.at) / 1000,
        sending: Math.min(SECONDS, (sent - before.at) / 1000),
        accepted: after.accepted - before.accepted,
        refused: after.refused - before.refused,
        cpuSeconds: {
            "otel-collector": cpu("otel-collector"),
            jaeger: cpu("jaeger"),
            prometheus: cpu("prometheus"),
            victorialogs: cpu("victorialogs"),
        },
        memory: after.memory,
    };
}

async function readMetrics(stack: Stack, signal: Signal) {
    const pages = await Promise.all(
        Object.entries(METRICS_PORTS).map(async ([program, port]) => {
            const path = `/api/v1/namespaces/${NAMESPACE}/services/${program}:${port}/proxy/metrics`;
            const { stdout } = await execa("kubectl", ["get", "--raw", path], { env: stack.env });
            return [program, stdout] as const;
        }),
    );
    const page = Object.fromEntries(pages) as Readonly<Record<Program, string>>;
    const each = (metric: RegExp): PerProgram => ({
        "otel-collector": sumSeries(page["otel-collector"], metric),
        jaeger: sumSeries(page.jaeger, metric),
        prometheus: sumSeries(page.prometheus, metric),
        victorialogs: sumSeries(page.victorialogs, metric),
    });
    return {
        at: performance.now(),
        accepted: sumSeries(page["otel-collector"], new RegExp(`^otelcol_receiver_accepted_${ITEMS[signal]}$`)),
        refused: sumSeries(
            page["otel-collector"],
            new RegExp(`^otelcol_receiver_(?:refused|failed)_${ITEMS[signal]}$`),
        ),
        queued: sumSeries(page["otel-collector"], /^otelcol_exporter_queue_size$/),
        cpuSeconds: each(/^(?:otelcol_)?process_cpu_seconds(?:_total)?$/),
        memory: each(/^(?:otelcol_process_memory_rss|process_resident_memory_bytes)$/),
    };
}

/** Returns the sum over all series of the metrics with a matching name. */
function sumSeries(page: string, metric: RegExp): number {
    return [...page.matchAll(/^(\w+)(?:\{.*\})? (\S+)$/gm)]
        .filter(([, name = ""]) => metric.test(name))
        .reduce((total, [, , value]) => total + Number(value), 0);
}

/**
 * Runs telemetrygen, which sends requests of 100 items. For traces, it sends at least once per second, up to 100 items.
 */
async function send(stack: Stack, signal: Signal, rate: number): Promise<void> {
    const image = IMAGES.find(({ files }) => files.some(({ from }) => from === "telemetrygen"));
    if (image === undefined) {
        throw new Error("sandbox/images.ts has no telemetrygen");
    }
    const name = `bench-${signal}-${rate}`;
    const attributes = Array.from(
        { length: ATTRIBUTES },
        (_, index) => `--telemetry-attributes=http.attribute.${index}="some text of it"`,
    );
    const options = [
        signal,
        `--otlp-endpoint=otel-collector.${NAMESPACE}:4317`,
        "--otlp-insecure",
        `--service=${name}`,
        `--rate=${rate}`,
        `--duration=${SECONDS}s`,
        ...attributes,
    ];
    const kubectl = (...args: readonly string[]) => execa("kubectl", [...args, "-n", NAMESPACE], { env: stack.env });
    await execa(
        "kubectl",
        ["run", name, "-n", NAMESPACE, `--image=${image.name}`, "--restart=Never", "--", ...options],
        { env: stack.env },
    );
    await kubectl("wait", `pod/${name}`, "--for=jsonpath={.status.phase}=Succeeded", "--timeout=120s");
    await kubectl("delete", "pod", name);
}
