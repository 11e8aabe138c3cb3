import type { ExporterError } from "./collector-log";
import type { DebugReader } from "./read-debug";
import { type ScrapeTarget, scrapeTarget } from "./read-prometheus";
import type { Target } from "./target";
import { within } from "./timing";

/** What the stack itself says, gathered after a failure. What could not be had is missing: it is no failure of its own. */
export interface Evidence {
    /** What the collector's exporters complain of; undefined when its log cannot be read. */
    readonly exporterErrors: readonly ExporterError[] | undefined;
    /** "none": Prometheus has no such target; undefined: Prometheus gave no answer. */
    readonly scrape: ScrapeTarget | "none" | undefined;
}

/** @param timeoutMs milliseconds after which what is still missing is left out */
export async function gatherEvidence(
    prometheus: Target | undefined,
    debug: DebugReader,
    timeoutMs: number,
): Promise<Evidence> {
    const [exporterErrors, scrape] = await Promise.all([
        orUndefined(timeoutMs, () => debug.exporterErrors()),
        orUndefined(timeoutMs, async () => prometheus && ((await scrapeTarget(await prometheus.url())) ?? "none")),
    ]);
    return { exporterErrors, scrape };
}

async function orUndefined<T>(timeoutMs: number, work: () => Promise<T>): Promise<T | undefined> {
    try {
        return await within(timeoutMs, work(), "evidence");
    } catch {
        return undefined;
    }
}
