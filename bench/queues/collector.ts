import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { renderCollectorConfig } from "../../components/collector/config/render";
import { SPAN_METRICS_CONNECTORS } from "../../components/collector/config/span-metrics";
import { goMemLimit } from "../../config/model/memory";
import { type Plan, resolvePlan } from "../../config/model/plan";
import type { RedactionSettings } from "../../config/schema/schema";
import { validate } from "../../config/validate";

/** Variants of the trace pipeline. */
export const VARIANTS = ["baseline", "memory", "disk"] as const;
/** `baseline` drops received spans. `memory` and `disk` export them from an in-memory or persistent queue. */
export type Variant = (typeof VARIANTS)[number];

export interface BenchPipeline {
    readonly variant: Variant;
    /** Whether metrics are made from spans, as by default. */
    readonly spanMetrics?: boolean;
    /** Redaction rules. Undefined redacts nothing. */
    readonly redaction?: RedactionSettings | undefined;
}

const PORTS = { otlpHttp: 14318, health: 14133, telemetry: 14888 } as const;
export const RECEIVER_URL = `http://127.0.0.1:${PORTS.otlpHttp}`;
const START_TIMEOUT_MS = 10_000;
/** Enough that the memory limiter rejects nothing, because a request that is sent again would count twice. */
export const METRICS_MEMORY = "2Gi";
/** Clock ticks per second in /proc: sysconf(_SC_CLK_TCK). */
const TICKS_PER_SECOND = 100;

interface BenchOptions {
    readonly featureGates?: readonly string[];
    /** @default "256Mi" */
    readonly memory?: string | undefined;
}

/** A Collector. Runs on this machine and uses one core. */
export class BenchCollector {
    private constructor(private readonly child: ChildProcess) {}

    /** @param folder Folder for its configuration and its queue. Must be on a disk, not in memory. */
    static async start(
        program: string,
        config: object,
        folder: string,
        { featureGates = [], memory = "256Mi" }: BenchOptions = {},
    ): Promise<BenchCollector> {
        fs.mkdirSync(folder, { recursive: true });
        const file = path.join(folder, "config.yaml");
        fs.writeFileSync(file, stringify(config, { keepUndefined: false }));
        const log = fs.openSync(path.join(folder, "log"), "w");
        const child = spawn(program, [`--config=${file}`, ...featureGates], {
            stdio: ["ignore", log, log],
            env: { ...process.env, GOMAXPROCS: "1", GOMEMLIMIT: goMemLimit(memory) },
        });
        const collector = new BenchCollector(child);
        await collector.waitUntilHealthy(path.join(folder, "log"));
        return collector;
    }

    /** CPU time of the process in seconds. */
    get cpuSeconds(): number {
        const stat = fs.readFileSync(`/proc/${this.pid}/stat`, "utf8");
        // The second field, the program name, may contain any character.
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    }

    /** Peak resident memory in bytes. */
    get peakMemory(): number {
        const status = fs.readFileSync(`/proc/${this.pid}/status`, "utf8");
        return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
    }

    /** Waits until the sending queue is empty. */
    async waitUntilDrained(): Promise<void> {
        for (;;) {
            const response = await fetch(`http://127.0.0.1:${PORTS.telemetry}/metrics`);
            const sizes = (await response.text()).matchAll(/^otelcol_exporter_queue_size\{.*\} (\S+)$/gm);
            if ([...sizes].every(([, size]) => Number(size) === 0)) {
                return;
            }
            await sleep(50);
        }
    }

    async stop(): Promise<void> {
        const ended = new Promise((resolve) => this.child.once("exit", resolve));
        this.child.kill("SIGKILL");
        await ended;
    }

    private get pid(): number {
        if (this.child.pid === undefined) {
            throw new Error("the Collector did not start");
        }
        return this.child.pid;
    }

    private async waitUntilHealthy(log: string): Promise<void> {
        const start = Date.now();
        while (Date.now() - start < START_TIMEOUT_MS) {
            const healthy = await fetch(`http://127.0.0.1:${PORTS.health}`).then(
                ({ ok }) => ok,
                () => false,
            );
            if (healthy) {
                return;
            }
            await sleep(50);
        }
        this.child.kill("SIGKILL");
        throw new Error(`the Collector is not healthy:\n${fs.readFileSync(log, "utf8").slice(-2000)}`);
    }
}

/** Renders the stack's Collector configuration for traces only, with local addresses. */
export function renderTraceConfig(
    { variant, redaction, spanMetrics = false }: BenchPipeline,
    sink: string,
    queueFolder: string,
): object {
    const { ingestTier, metricsPushProtocol, settings } = planFor({
        durability: { mode: "disk" },
        collector: { debugExporter: { enabled: false }, prometheusExporter: { enabled: false } },
        loki: { enabled: false },
        prometheus: { enabled: false },
    });
    const { exporters, extensions, service, ...rest } = renderCollectorConfig({
        ...settings.collector,
        ...ingestTier,
        redaction,
        spanMetrics: spanMetrics ? settings.spanMetrics : undefined,
        pushProtocol: metricsPushProtocol,
        destinations: [],
        backends: {
            jaeger: "",
            jaegerOtlp: sink,
            lokiOtlp: "",
            victoriaLogs: { otlp: "", headers: {} },
            prometheusOtlp: "",
            traceTier: "",
            prometheusRemoteWrite: "",
        },
    });
    const { "otlp_http/jaeger": exporter } = exporters;
    const { file_storage: storage } = extensions;
    if (exporter === undefined || storage === undefined) {
        throw new Error("the Collector configuration has no persistent queue");
    }
    const exportersByVariant = {
        baseline: { nop: {} },
        memory: { otlp_http: { ...exporter, sending_queue: toInMemoryQueue(exporter.sending_queue) } },
        disk: { otlp_http: exporter },
    } as const;
    const used = exportersByVariant[variant];
    const stored = {
        ...storage,
        directory: queueFolder,
        compaction: { ...storage.compaction, directory: queueFolder },
    };
    return {
        ...rest,
        exporters: { ...used, ...(spanMetrics ? { nop: {} } : {}) },
        extensions: {
            ...renderHealthCheck(),
            ...(variant === "disk" ? { file_storage: stored } : {}),
        },
        receivers: renderReceiver(),
        service: {
            ...service,
            extensions: variant === "disk" ? service.extensions : ["health_check"],
            pipelines: {
                traces: {
                    ...service.pipelines.traces,
                    exporters: [...Object.keys(used), ...(spanMetrics ? SPAN_METRICS_CONNECTORS : [])],
                },
                ...(spanMetrics
                    ? { "metrics/spans": { ...service.pipelines["metrics/spans"], exporters: ["nop"] } }
                    : {}),
            },
            telemetry: renderTelemetry(),
        },
    };
}

/** Converts a persistent queue to the in-memory queue of the default settings. */
function toInMemoryQueue(queue: object): object {
    return { ...queue, storage: undefined, queue_size: planFor({}).ingestTier.queues.bytes.traces };
}

function planFor(raw: Readonly<Record<string, unknown>>): Plan {
    const { settings, issues } = validate(raw);
    if (issues) {
        throw new Error(JSON.stringify(issues));
    }
    return resolvePlan(settings);
}

function renderReceiver(): object {
    return { otlp: { protocols: { http: { endpoint: `127.0.0.1:${PORTS.otlpHttp}` } } } };
}

function renderHealthCheck(): object {
    return { health_check: { endpoint: `127.0.0.1:${PORTS.health}` } };
}

function renderTelemetry(): object {
    const options = { without_scope_info: true, without_type_suffix: true, without_units: true };
    return {
        logs: { level: "warn" },
        metrics: {
            readers: [{ pull: { exporter: { prometheus: { ...options, host: "127.0.0.1", port: PORTS.telemetry } } } }],
        },
    };
}

/**
 * Renders the stack's Collector configuration for metrics with remote write, with or without the processors that repair
 * metrics for Prometheus.
 *
 * @param repairs Ids of the processors and of the connector to keep.
 */
export function renderMetricsConfig(sink: string, repairs: readonly string[]): object {
    const { ingestTier, metricsPushProtocol, settings } = planFor({
        collector: {
            debugExporter: { enabled: false },
            prometheusExporter: { enabled: false },
            resources: { limits: { memory: METRICS_MEMORY } },
        },
        jaeger: { enabled: false },
        loki: { enabled: false },
        spanMetrics: { enabled: false },
    });
    const { connectors, exporters, processors, service } = renderCollectorConfig({
        ...settings.collector,
        ...ingestTier,
        pushProtocol: metricsPushProtocol,
        destinations: [],
        backends: {
            jaeger: "",
            jaegerOtlp: "",
            lokiOtlp: "",
            victoriaLogs: { otlp: "", headers: {} },
            prometheusOtlp: "",
            traceTier: "",
            prometheusRemoteWrite: sink,
        },
    });
    const { metrics, "metrics/repairs": counts } = service.pipelines;
    if (metrics === undefined || counts === undefined) {
        throw new Error("the Collector configuration repairs no metrics");
    }
    const isUsed = (id: string) => id === "memory_limiter" || repairs.includes(id);
    const isCounted = Object.keys(connectors).every((id) => repairs.includes(id));
    const pipelines = {
        metrics: {
            ...metrics,
            processors: metrics.processors.filter(isUsed),
            exporters: metrics.exporters.filter((id) => id in exporters || isCounted),
        },
        ...(isCounted ? { "metrics/repairs": counts } : {}),
    };
    const used = Object.values(pipelines).flatMap((pipeline) => pipeline.processors);
    return {
        connectors: isCounted ? connectors : {},
        exporters,
        extensions: renderHealthCheck(),
        processors: Object.fromEntries(Object.entries(processors).filter(([id]) => used.some((other) => other === id))),
        receivers: renderReceiver(),
        service: { extensions: ["health_check"], pipelines, telemetry: renderTelemetry() },
    };
}
