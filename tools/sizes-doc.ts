import { queuesOf } from "../config/durability";
import type { ResourceSettings, StackSettings } from "../config/schema";
import { SIZES, type Durability, type Size } from "../config/schema-durability";
import { STORES, storageOf } from "../config/storage";
import { goMemLimit, memoryPlan } from "../config/sizing";
import { MIB, bytesOf } from "../config/units";
import { validate } from "../config/validate";

const INTRODUCTION = `
## What each size gives

Requests and limits are CPU and memory. The volumes are those that durability \`disk\` claims, at each size's
\`outage.itemsPerSecond\` and the other defaults.
`;

/** A row of the table, made from the settings of each size. */
interface Row {
    readonly what: string;
    readonly durability: Durability;
    readonly value: (settings: StackSettings) => string;
}

const PROGRAMS = ["collector", "grafana", "jaeger", "loki", "victoriaLogs", "prometheus"] as const;

const ROWS: readonly Row[] = [
    row("`outage.itemsPerSecond`", ({ outage }) => String(outage.itemsPerSecond)),
    row("`collector.replicas`", ({ collector }) => String(collector.replicas)),
    row(
        "`collector.autoscaling`, once enabled",
        ({ collector: { autoscaling } }) => `${autoscaling.minReplicas} to ${autoscaling.maxReplicas}`,
    ),
    ...PROGRAMS.map((program) => row(`\`${program}.resources\``, (settings) => amounts(settings[program].resources))),
    row("`jaeger.resources` with a volume", ({ jaeger }) => amounts(jaeger.resources), "disk"),
    row("the Collector's `GOMEMLIMIT`", ({ collector }) => goMemLimit(collector.resources.limits.memory)),
    row("the Collector's memory limiter", ({ collector }) => {
        const { limitMiB, spikeLimitMiB } = memoryPlan(collector.resources.limits.memory);
        return `${limitMiB}MiB, refuses above ${limitMiB - spikeLimitMiB}MiB`;
    }),
    row("each queue, in memory", (settings) => mib(queuesOf(settings).bytes.traces)),
    row("each queue, on disk (metrics: half)", (settings) => mib(queuesOf(settings).bytes.traces), "disk"),
    row("volume of each Collector pod", (settings) => rounded(queuesOf(settings).volume?.storage ?? ""), "disk"),
    ...STORES.map((store) => row(`volume of ${store}`, (settings) => rounded(storageOf(store, settings)), "disk")),
    row("`jaeger.maxTraces`, without a volume", ({ jaeger }) => String(jaeger.maxTraces)),
    row(
        "`loki.ingestion` rateMB, burstMB, maxStreams",
        ({ loki: { ingestion } }) => `${ingestion.rateMB}, ${ingestion.burstMB}, ${ingestion.maxStreams}`,
    ),
];

/** What `size` sets, as Markdown. */
export function sizesReference(): string {
    const header = `| what | ${SIZES.join(" | ")} |\n| --- | ${SIZES.map(() => "---").join(" | ")} |\n`;
    const rows = ROWS.map(({ what, durability, value }) => {
        const values = SIZES.map((size) => value(settingsOf(size, durability)));
        return `| ${what} | ${values.join(" | ")} |\n`;
    });
    return `${INTRODUCTION}\n${header}${rows.join("")}`;
}

function row(what: string, value: Row["value"], durability: Durability = "memory"): Row {
    return { what, value, durability };
}

function settingsOf(size: Size, durability: Durability): StackSettings {
    const { settings, problems } = validate({ size, durability });
    if (problems) {
        throw new Error(`size ${size} does not fit: ${JSON.stringify(problems)}`);
    }
    return settings;
}

function amounts({ requests, limits }: ResourceSettings): string {
    return `${requests.cpu}, ${requests.memory} to ${limits.cpu}, ${limits.memory}`;
}

function mib(bytes: number): string {
    return `${bytes / MIB}MiB`;
}

function rounded(storage: string): string {
    return `${(bytesOf(storage) / MIB / 1024).toFixed(1)}Gi`;
}
