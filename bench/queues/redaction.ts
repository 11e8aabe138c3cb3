import * as fs from "node:fs";
import * as path from "node:path";
import { CACHE } from "../../sandbox/directories";
import type { RedactionSettings } from "../../config/schema/schema";
import { type Figure, median } from "../figures";
import { startSink } from "./collector-load";
import { LARGE_REQUESTS, type Load, SMALL_REQUESTS, measurePipeline } from "./queues";

const PAIRS = 5;
/** Match no attribute of the requests, as most attributes match no pattern. */
const REDACTION: RedactionSettings = {
    blockedKeyPatterns: ["(?i)password$", "(?i)authorization", "^user\\.email$", "(?i)api[-_.]?key", "(?i)secret"],
    blockedValuePatterns: [],
};

/**
 * Measures the cost of redaction relative to none, with in-memory queues and span metrics, as by default. The pairs alternate, so that changes in
 * machine speed affect both.
 *
 * @param program Path of the Collector.
 */
export async function measureRedaction(program: string): Promise<Figure[]> {
    const sink = await startSink();
    const folder = fs.mkdtempSync(path.join(CACHE, "bench-"));
    try {
        const measure = async (load: Load, redaction?: RedactionSettings) => {
            const pipeline = { variant: "memory", spanMetrics: true, redaction } as const;
            return (await measurePipeline(program, pipeline, load, sink.url, folder)).cpuSeconds;
        };
        const figures: Figure[] = [];
        for (const load of [SMALL_REQUESTS, LARGE_REQUESTS]) {
            const ratios: number[] = [];
            for (let pair = 0; pair < PAIRS; pair++) {
                const without = await measure(load);
                ratios.push((await measure(load, REDACTION)) / without);
            }
            figures.push({
                what: `CPU per span, five key patterns relative to none (requests of ${load.spansPerRequest})`,
                value: `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
                aim: "at most 1.30",
            });
        }
        return figures;
    } finally {
        fs.rmSync(folder, { recursive: true });
        sink.close();
    }
}
