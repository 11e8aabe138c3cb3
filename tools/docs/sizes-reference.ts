import type { ResourceSettings, StackSettings } from "../../config/schema/schema";
import { STACK_SIZES, type DurabilityMode, type StackSize } from "../../config/schema/durability";
import { type Plan, resolvePlan } from "../../config/model/plan";
import { BACKENDS_WITH_VOLUME } from "../../config/model/volumes";
import { goMemLimit, collectorMemoryLimits, jaegerMemoryLimits } from "../../config/model/memory";
import { MIB, parseBytes } from "../../config/types/units";
import { validate } from "../../config/validate";

const INTRODUCTION = `
## Sizes

Resources are CPU and memory: requests, then limits. Volumes apply to \`durability.mode: disk\`, with the
\`durability.itemsPerSecond\` of the size and the other defaults.
`;

/** A table row: one value for each size. */
interface Row {
    readonly label: string;
    readonly mode: DurabilityMode;
    readonly value: (settings: StackSettings, plan: Plan) => string;
}

const PROGRAMS = ["collector", "grafana", "jaeger", "loki", "victoriaLogs", "prometheus", "alertmanager"] as const;

const ROWS: readonly Row[] = [
    row("`durability.itemsPerSecond`", ({ durability }) => String(durability.itemsPerSecond)),
    row("`collector.replicas`", ({ collector }) => String(collector.replicas)),
    row(
        "`collector.autoscaling`, when enabled",
        ({ collector: { autoscaling } }) => `${autoscaling.minReplicas} to ${autoscaling.maxReplicas}`,
    ),
    row("`alertmanager.replicas`, when enabled", ({ alertmanager }) => String(alertmanager.replicas)),
    ...PROGRAMS.map((program) =>
        row(`\`${program}.resources\``, (settings) => formatResources(settings[program].resources)),
    ),
    row("Collector `GOMEMLIMIT`", ({ collector }) => goMemLimit(collector.resources.limits.memory)),
    row("Collector memory limiter", ({ collector }) => {
        const { limitMiB, spikeLimitMiB } = collectorMemoryLimits(collector.resources.limits.memory);
        return `${limitMiB}MiB, rejects data above ${limitMiB - spikeLimitMiB}MiB`;
    }),
    row("each in-memory queue", (_, { ingestTier }) => formatMiB(ingestTier.queues.bytes.traces)),
    row(
        "each persistent queue (metrics: half)",
        (_, { ingestTier }) => formatMiB(ingestTier.queues.bytes.traces),
        "disk",
    ),
    row("volume of each Collector pod", (_, { ingestTier }) => formatGi(ingestTier.queues.volume?.size ?? ""), "disk"),
    ...BACKENDS_WITH_VOLUME.map((store) =>
        row(`volume of ${store}`, (_, { volumeSizes }) => formatGi(volumeSizes[store]), "disk"),
    ),
    row("Jaeger memory limiter", ({ jaeger }) => {
        const { limitMiB, spikeLimitMiB } = jaegerMemoryLimits(jaeger.resources.limits.memory);
        return `${limitMiB}MiB, rejects spans above ${limitMiB - spikeLimitMiB}MiB`;
    }),
    row(
        "`loki.ingestion` rateMBPerSecond, burstMB, maxStreams",
        ({ loki: { ingestion } }) => `${ingestion.rateMBPerSecond}, ${ingestion.burstMB}, ${ingestion.maxStreams}`,
    ),
];

/** Renders the values that each size sets, as a Markdown table. */
export function renderSizesReference(): string {
    const header = `| value | ${STACK_SIZES.join(" | ")} |\n| --- | ${STACK_SIZES.map(() => "---").join(" | ")} |\n`;
    const rows = ROWS.map(({ label, mode, value }) => {
        const values = STACK_SIZES.map((size) => {
            const settings = resolveSettings(size, mode);
            return value(settings, resolvePlan(settings));
        });
        return `| ${label} | ${values.join(" | ")} |\n`;
    });
    return `${INTRODUCTION}\n${header}${rows.join("")}`;
}

function row(label: string, value: Row["value"], mode: DurabilityMode = "memory"): Row {
    return { label, value, mode };
}

function resolveSettings(size: StackSize, mode: DurabilityMode): StackSettings {
    const { settings, issues } = validate({ size, durability: { mode } });
    if (issues) {
        throw new Error(`size ${size} is not valid: ${JSON.stringify(issues)}`);
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
