import * as fs from "node:fs";
import * as path from "node:path";
import { PROMETHEUS_LIMIT_PROCESSORS } from "../components/collector/config/prometheus-limits";
import { COUNT_REPAIRS } from "../components/collector/config/repair-counts";
import { SERIES_LIMIT_PROCESSORS } from "../components/collector/config/series-limit";
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
const REPAIRS: readonly string[] = [
    ...PROMETHEUS_LIMIT_PROCESSORS.filter((id) => !SERIES_LIMIT_PROCESSORS.includes(id)),
    COUNT_REPAIRS,
];
const VARIANTS: readonly { readonly name: string; readonly ids: readonly string[]; readonly aim?: string }[] = [
    { name: "none", ids: [] },
    { name: "all repairs", ids: REPAIRS, aim: "at most 1.10" },
    { name: "the series limit", ids: SERIES_LIMIT_PROCESSORS },
    // The difference between these two is what one limit costs that looks at each point.
    { name: "the series limit without pools", ids: SERIES_LIMIT_PROCESSORS.filter((id) => !/-\d$/.test(id)) },
    { name: "the series limit without limits", ids: SERIES_LIMIT_PROCESSORS.filter((id) => !/-(\d|total)$/.test(id)) },
    ...REPAIRS.map((id) => ({ name: `only ${id}`, ids: [id] })),
];

/**
 * Measures what the repairs of metrics cost if no metric needs one, together and each alone, and what the limit of series
 * costs, relative to none. All variants alternate, so that changes in machine speed affect all of them.
 *
 * @param program Path of the Collector.
 */
export async function measureRepairs(program: string): Promise<Figure[]> {
    const sink = await startSink();
    const folder = fs.mkdtempSync(path.join(CACHE, "bench-"));
    try {
        const figures: Figure[] = [];
        for (const [points, requests] of LOADS) {
            const rounds: number[][] = [];
            for (let round = 0; round < ROUNDS; round++) {
                const costs: number[] = [];
                for (const { ids } of VARIANTS) {
                    const { cpuSeconds } = await measureCollector(
                        program,
                        renderMetricsConfig(sink.url, ids),
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
                ...VARIANTS.slice(1).map((variant, index) => renderFigure(variant, points, index + 1, rounds)),
            );
        }
        return figures;
    } finally {
        fs.rmSync(folder, { recursive: true });
        sink.close();
    }
}

function renderFigure(
    { aim, name }: (typeof VARIANTS)[number],
    points: number,
    index: number,
    rounds: readonly number[][],
): Figure {
    const ratios = rounds.map((costs) => (costs[index] ?? 0) / (costs[0] ?? 1));
    return {
        what: `CPU per point, ${name} relative to none (requests of ${points})`,
        value: median(ratios).toFixed(2),
        ...(aim === undefined ? {} : { aim }),
    };
}
