import * as fs from "node:fs";
import * as path from "node:path";
import { CACHE } from "../../sandbox/directories";
import { type Figure, median } from "../figures";
import { LAMBDA_GATE } from "../../components/collector/config/redaction";
import { type BenchPipeline, type Variant, VARIANTS, renderTraceConfig } from "./collector";
import { type Measurement, measureCollector, startSink } from "./collector-load";
import { renderTraceRequest } from "./trace-request";

const ROUNDS = 3;
export const SMALL_REQUESTS = { spansPerRequest: 10, requests: 10_000 } as const;
export const LARGE_REQUESTS = { spansPerRequest: 500, requests: 1_000 } as const;
const MIB = 2 ** 20;
const QUEUE_TYPE = { memory: "in-memory", disk: "persistent" } as const;

/**
 * Measures the cost of queues, relative to a Collector without an exporter and relative to each other. The variants
 * alternate, so that changes in machine speed affect all of them.
 *
 * @param program Path of the Collector.
 */
export async function measureQueues(program: string): Promise<Figure[]> {
    const sink = await startSink();
    const folder = fs.mkdtempSync(path.join(CACHE, "bench-"));
    try {
        const measure = (variant: Variant, load: Load) =>
            measurePipeline(program, { variant }, load, sink.url, path.join(folder, variant));
        const small = await measureInterleaved((variant) => measure(variant, SMALL_REQUESTS));
        const large = await measureInterleaved((variant) => measure(variant, LARGE_REQUESTS));
        return renderFigures(small, large);
    } finally {
        fs.rmSync(folder, { recursive: true });
        sink.close();
    }
}

type Rounds = Readonly<Record<Variant, readonly Measurement[]>>;

async function measureInterleaved(measure: (variant: Variant) => Promise<Measurement>): Promise<Rounds> {
    const rounds: Record<Variant, Measurement[]> = { baseline: [], memory: [], disk: [] };
    for (let round = 0; round < ROUNDS; round++) {
        for (const variant of VARIANTS) {
            rounds[variant].push(await measure(variant));
        }
    }
    return rounds;
}

function renderFigures(small: Rounds, large: Rounds): Figure[] {
    const cpu = (rounds: Rounds, variant: Variant) =>
        renderRatio(rounds, variant, "baseline", ({ cpuSeconds }) => cpuSeconds);
    const memory = (rounds: Rounds, variant: Variant) =>
        `${(median(rounds[variant].map(({ peakMemory }) => peakMemory)) / MIB).toFixed(0)} MiB`;
    const figure = (what: string, value: string, aim?: string): Figure => ({ what, value, ...(aim ? { aim } : {}) });
    return [
        figure("CPU per span, in-memory queue relative to none (requests of 10)", cpu(small, "memory"), "at most 1.5"),
        figure("CPU per span, persistent queue relative to none (requests of 10)", cpu(small, "disk"), "at most 2.5"),
        figure("CPU per span, in-memory queue relative to none (requests of 500)", cpu(large, "memory")),
        figure("CPU per span, persistent queue relative to none (requests of 500)", cpu(large, "disk")),
        figure(
            "maximum spans per second, persistent queue relative to in-memory queue (requests of 500)",
            renderRatio(large, "disk", "memory", ({ itemsPerSecond }) => itemsPerSecond),
            "at least 0.70",
        ),
        ...(["memory", "disk"] as const).flatMap((variant) => [
            figure(
                `peak memory, ${QUEUE_TYPE[variant]} queue (requests of 10)`,
                memory(small, variant),
                "at most 100 MiB",
            ),
            figure(`peak memory, ${QUEUE_TYPE[variant]} queue (requests of 500, full queue)`, memory(large, variant)),
        ]),
    ];
}

/** Returns the median ratio over the rounds, with the medians of both values. */
function renderRatio(rounds: Rounds, of: Variant, to: Variant, pick: (measured: Measurement) => number): string {
    const values = rounds[of].map(pick);
    const base = rounds[to].map(pick);
    const ratios = values.map((value, round) => value / (base[round] ?? value));
    return `${median(ratios).toFixed(2)} (${formatShort(median(values))} / ${formatShort(median(base))})`;
}

function formatShort(value: number): string {
    return value >= 1000 ? `${(value / 1000).toFixed(0)}k` : value.toFixed(1);
}

export interface Load {
    readonly spansPerRequest: number;
    readonly requests: number;
}

export function measurePipeline(
    program: string,
    pipeline: BenchPipeline,
    { spansPerRequest, requests }: Load,
    sink: string,
    folder: string,
): Promise<Measurement> {
    const config = renderTraceConfig(pipeline, sink, path.join(folder, "queues"));
    const load = {
        signal: "traces",
        body: renderTraceRequest(spansPerRequest),
        itemsPerRequest: spansPerRequest,
        requests,
    } as const;
    return measureCollector(program, config, folder, load, pipeline.redaction ? [LAMBDA_GATE] : []);
}
