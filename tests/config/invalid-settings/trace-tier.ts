import type { InvalidSettings } from "./types";

type Raw = Readonly<Record<string, unknown>>;

const OFF = { enabled: false };
const SMALL = { resources: { limits: { memory: "256Mi" } } };
/** Six queues share the memory of a pod: those of the stack's backends, and these. */
const THREE = Object.fromEntries(
    ["a", "b", "c"].map((name) => [name, { endpoint: `https://${name}.example:4317`, signals: ["traces"] }]),
);

const withTwoTiers = (traceTier: Raw = {}, more: Raw = {}): Raw => ({ topology: "two-tier", traceTier, ...more });

const rejected: readonly [Raw, string][] = [
    [{ topology: "three-tier" }, "topology"],
    [withTwoTiers({ replica: 3 }), "traceTier.replica"],
    [withTwoTiers({ queue: { sise: "8Mi" } }), "traceTier.queue.sise"],
    [withTwoTiers({ replicas: 0 }), "traceTier.replicas"],
    [withTwoTiers({ replicas: 21 }), "traceTier.replicas"],
    [withTwoTiers({ resources: { requests: { cpu: "2" } } }), "traceTier.resources.requests.cpu"],
    [withTwoTiers({ resources: { requests: { memory: "2Gi" } } }), "traceTier.resources.requests.memory"],
    [withTwoTiers({ resources: { limits: { memory: "120Mi" } } }), "traceTier.resources.limits.memory"],
];

/** Invalid settings of the trace tier. */
export const invalidTraceTier: readonly InvalidSettings[] = [
    ...rejected.map(([raw, key]) => ({ about: JSON.stringify(raw), raw, key })),
    {
        about: "traceTier settings in a single-tier topology",
        raw: { traceTier: { replicas: 3 } },
        key: "traceTier.replicas",
    },
    {
        about: "a trace tier without a destination of traces",
        raw: withTwoTiers({}, { jaeger: OFF }),
        key: "topology",
    },
    {
        about: "a trace-tier queue below the largest message",
        raw: withTwoTiers({ queue: { size: "7Mi" } }),
        key: "traceTier.queue.size",
    },
    {
        about: "a trace tier without memory for the largest message in each queue",
        raw: withTwoTiers(SMALL, { collector: { batch: { maxSize: "3Mi" } } }),
        key: "traceTier.queue.size",
    },
    {
        about: "a trace-tier queue above half of the memory limit",
        raw: withTwoTiers({ ...SMALL, queue: { size: "100Mi" } }),
        key: "traceTier.queue.size",
    },
    {
        about: "a trace-tier queue volume with in-memory queues",
        raw: withTwoTiers({ queue: { volumeSize: "1Gi" } }),
        key: "traceTier.queue.volumeSize",
    },
    {
        about: "a trace-tier volume below its queues' size",
        raw: withTwoTiers({ queue: { volumeSize: "1Gi" } }, { durability: { mode: "disk" } }),
        key: "traceTier.queue.volumeSize",
    },
    {
        about: "a maxRequestSize above a quarter of the trace tier's memory limit",
        raw: withTwoTiers(SMALL, { collector: { receiver: { maxRequestSize: "48Mi" } } }),
        key: "collector.receiver.maxRequestSize",
    },
    {
        about: "more sampled traces than the trace tier's memory holds",
        raw: withTwoTiers(
            {},
            {
                tailSampling: { enabled: true, maxTraces: 20_000 },
                collector: { resources: { limits: { memory: "4Gi" } } },
            },
        ),
        key: "tailSampling.maxTraces",
    },
    {
        about: "destination queues above the trace tier's memory",
        raw: withTwoTiers({ queue: { size: "200Mi" } }, { destinations: THREE }),
        key: "traceTier.queue.size",
    },
    {
        about: "two destinations whose Secrets would have the same name",
        raw: withTwoTiers(
            {},
            {
                destinations: {
                    vendor: { endpoint: "https://vendor.example:4317", signals: ["traces"] },
                    "traces-vendor": { endpoint: "https://vendor.example:4317", signals: ["logs"] },
                },
            },
        ),
        key: "destinations.traces-vendor",
    },
];
