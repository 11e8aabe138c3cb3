import type { ResourceSettings, StackSettings } from "../../config/schema/schema";
import { STACK_SIZES, type DurabilityMode, type StackSize } from "../../config/schema/durability";
import { type Plan, resolvePlan } from "../../config/model/plan";
import { BACKENDS_WITH_VOLUME } from "../../config/model/volumes";
import { goMemLimit, collectorMemoryLimits } from "../../config/model/memory";
import { MIB, parseBytes } from "../../config/types/units";
import { validate } from "../../config/validate";

const INTRODUCTION = `
## What each size gives

Requests and limits are CPU and memory. The volumes are those that \`durability.mode: disk\` claims, at each size's
\`durability.itemsPerSecond\` and the other defaults.
`;

/** A row of the table, made from the settings of each size. */
interface Row {
    readonly label: string;
    readonly mode: DurabilityMode;
    readonly value: (settings: StackSettings, plan: Plan) => string;
}

const PROGRAMS = ["collector", "grafana", "jaeger", "loki", "victoriaLogs", "prometheus"] as const;

const ROWS: readonly Row[] = [
    row("`durability.itemsPerSecond`", ({ durability }) => String(durability.itemsPerSecond)),
    row("`collector.replicas`", ({ collector }) => String(collector.replicas)),
    row(
        "`collector.autoscaling`, once enabled",
        ({ collector: { autoscaling } }) => `${autoscaling.minReplicas} to ${autoscaling.maxReplicas}`,
    ),
    ...PROGRAMS.map((program) =>
        row(`\`${program}.resources\``, (settings) => formatResources(settings[program].resources)),
    ),
    row("`jaeger.resources` with a volume", ({ jaeger }) => formatResources(jaeger.resources), "disk"),
    row("the Collector's `GOMEMLIMIT`", ({ collector }) => goMemLimit(collector.resources.limits.memory)),
    row("the Collector's memory limiter", ({ collector }) => {
        const { limitMiB, spikeLimitMiB } = collectorMemoryLimits(collector.resources.limits.memory);
        return `${limitMiB}MiB, rejects above ${limitMiB - spikeLimitMiB}MiB`;
    }),
    row("each queue, in memory", (_, { ingestTier }) => formatMiB(ingestTier.queues.bytes.traces)),
    row(
        "each queue, on disk (metrics: half)",
        (_, { ingestTier }) => formatMiB(ingestTier.queues.bytes.traces),
        "disk",
    ),
    row("volume of each Collector pod", (_, { ingestTier }) => formatGi(ingestTier.queues.volume?.size ?? ""), "disk"),
    ...BACKENDS_WITH_VOLUME.map((store) =>
        row(`volume of ${store}`, (_, { volumeSizes }) => formatGi(volumeSizes[store]), "disk"),
    ),
    row("`jaeger.maxTraces`, without a volume", ({ jaeger }) => String(jaeger.maxTraces)),
    row(
        "`loki.ingestion` rateMBPerSecond, burstMB, maxStreams",
        ({ loki: { ingestion } }) => `${ingestion.rateMBPerSecond}, ${ingestion.burstMB}, ${ingestion.maxStreams}`,
    ),
];

/** What `size` sets, as Markdown. */
export function renderSizesReference(): string {
    const header = `| what | ${STACK_SIZES.join(" | ")} |\n| --- | ${STACK_SIZES.map(() => "---").join(" | ")} |\n`;
    const rows = ROWS.map(({ label: what, mode, value }) => {
        const values = STACK_SIZES.map((size) => {
            const settings = resolveSettings(size, mode);
            return value(settings, resolvePlan(settings));
        });
        return `| ${what} | ${values.join(" | ")} |\n`;
    });
    return `${INTRODUCTION}\n${header}${rows.join("")}`;
}

function row(label: string, value: Row["value"], mode: DurabilityMode = "memory"): Row {
    return { label, value, mode };
}

function resolveSettings(size: StackSize, mode: DurabilityMode): StackSettings {
    const { settings, issues: problems } = validate({ size, durability: { mode } });
    if (problems) {
        throw new Error(`size ${size} does not fit: ${JSON.stringify(problems)}`);
    }
    return settings;
}

function formatResources({ requests, limits }: ResourceSettings): string {
    return `${requests.cpu}, ${requests.memory} to ${limits.cpu}, ${limits.memory}`;
}

function formatMiB(bytes: number): string {
    return `${bytes / MIB}MiB`;
}

function formatGi(storage: string): string {
    return `${(parseBytes(storage) / MIB / 1024).toFixed(1)}Gi`;
}
