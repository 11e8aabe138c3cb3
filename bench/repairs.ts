import * as fs from "node:fs";
import * as path from "node:path";
import { PROMETHEUS_LIMIT_PROCESSORS } from "../components/collector/config/prometheus-limits";
import { COUNT_REPAIRS } from "../components/collector/config/repair-counts";
import { CACHE } from "../sandbox/directories";
import { type Figure, median } from "./figures";
import { METRICS_MEMORY, renderMetricsConfig } from "./queues/collector";
import { measureCollector, startSink } from "./queues/collector-load";
import { renderMetricsRequest } from "./queues/metrics-request";

const ROUNDS = 5;
/** Points per request, and requests. */
const LOADS = [
    [10, 10_000],
    [500, 300],
] as const;
const ALL = [...PROMETHEUS_LIMIT_PROCESSORS, COUNT_REPAIRS];

/**
 * Measures what the repairs of metrics cost if no metric needs one, together and each alone, relative to none. All
 * variants alternate, so that changes in machine speed affect all of them.
 *
 * @param program Path of the Collector.
 */
export async function measureRepairs(program: string): Promise<Figure[]> {
    const sink = await startSink();
    const folder = fs.mkdtempSync(path.join(CACHE, "bench-"));
    try {
        const figures: Figure[] = [];
        for (const [points, requests] of LOADS) {
            const variants = [[], ALL, ...ALL.map((id) => [id])];
            const rounds: number[][] = [];
            for (let round = 0; round < ROUNDS; round++) {
                const costs: number[] = [];
                for (const repairs of variants) {
                    const { cpuSeconds } = await measureCollector(
                        program,
                        renderMetricsConfig(sink.url, repairs),
                        path.join(folder, "collector"),
                        {
                            signal: "metrics",
                            body: renderMetricsRequest(points),
                            itemsPerRequest: points,
                            requests,
                            memory: METRICS_MEMORY,
                        },
                    );
                    costs.push(cpuSeconds);
                }
                rounds.push(costs);
            }
            figures.push(
                ...variants.slice(1).map((repairs, index) => renderFigure(repairs, points, index + 1, rounds)),
            );
        }
        return figures;
    } finally {
        fs.rmSync(folder, { recursive: true });
        sink.close();
    }
}

function renderFigure(repairs: readonly string[], points: number, index: number, rounds: readonly number[][]): Figure {
    const ratios = rounds.map((costs) => (costs[index] ?? 0) / (costs[0] ?? 1));
    const isAll = repairs.length > 1;
    return {
        what: `CPU per point, ${isAll ? "all repairs" : `only ${repairs.join("")}`} relative to none (requests of ${points})`,
        value: median(ratios).toFixed(2),
        ...(isAll ? { aim: "at most 1.10" } : {}),
    };
}
