import type { InvalidSettings } from "./invalid-settings";

type Raw = Readonly<Record<string, unknown>>;

const OFF = { enabled: false };
const SMALL = { resources: { limits: { memory: "128Mi" } } };
/** Six queues share the memory of a pod: those of the stack's backends, and these. */
const THREE = Object.fromEntries(
    ["a", "b", "c"].map((name) => [name, { endpoint: `https://${name}.example:4317`, signals: ["traces"] }]),
);

const withTwoTiers = (traceTier: Raw = {}, more: Raw = {}): Raw => ({ topology: "two-tier", traceTier, ...more });

const rejected: readonly [Raw, string][] = [
    [{ topology: "three-tier" }, "topology: expected one of single-tier, two-tier"],
    [withTwoTiers({ replica: 3 }), "traceTier.replica: unknown key, did you mean traceTier.replicas?"],
    [withTwoTiers({ queue: { sise: "8Mi" } }), "traceTier.queue.sise: unknown key, did you mean traceTier.queue.size?"],
    [withTwoTiers({ replicas: 0 }), "traceTier.replicas: expected a whole number from 1 to 20"],
    [withTwoTiers({ replicas: 21 }), "traceTier.replicas: expected a whole number from 1 to 20"],
    [
        withTwoTiers({ resources: { requests: { cpu: "2" } } }),
        "traceTier.resources.requests.cpu: expected at most the limit, 1 (traceTier.resources.limits.cpu)",
    ],
    [
        withTwoTiers({ resources: { requests: { memory: "1Gi" } } }),
        "traceTier.resources.requests.memory: expected at most the limit, 256Mi (traceTier.resources.limits.memory)",
    ],
    [
        withTwoTiers({ resources: { limits: { memory: "120Mi" } } }),
        "traceTier.resources.limits.memory: expected at least 128Mi",
    ],
];

/** Invalid settings of the trace tier. */
export const invalidTraceTier: readonly InvalidSettings[] = [
    ...rejected.map(([raw, problem]) => ({ about: `${problem} (${JSON.stringify(raw)})`, raw, problem })),
    {
        about: "traceTier settings in a single-tier topology",
        raw: { traceTier: { replicas: 3 } },
        problem: "traceTier: expected to be left out, or two-tier for topology: there is no second tier",
    },
    {
        about: "a trace tier without a destination of traces",
        raw: withTwoTiers({}, { jaeger: OFF }),
        problem:
            "topology: expected single-tier, or true for jaeger.enabled, or a destination of traces: nothing takes traces from a second tier",
    },
    {
        about: "a trace-tier queue below the largest message",
        raw: withTwoTiers({ queue: { size: "7Mi" } }),
        problem:
            "traceTier.queue.size: expected at least 8Mi, four times collector.batch.maxSize, with the memory for it (traceTier.resources.limits.memory): a pod may be sent as much at once, and what its queue can never hold is tried again without an end",
    },
    {
        about: "a trace tier without memory for the largest message in each queue",
        raw: withTwoTiers(SMALL, { collector: { batch: { maxSize: "3Mi" } } }),
        problem:
            "traceTier.queue.size: expected at least 12Mi, four times collector.batch.maxSize, with the memory for it (traceTier.resources.limits.memory): a pod may be sent as much at once, and what its queue can never hold is tried again without an end",
    },
    {
        about: "a trace-tier queue above half of the memory limit",
        raw: withTwoTiers({ ...SMALL, queue: { size: "40Mi" } }),
        problem:
            "traceTier.queue.size: expected at most 32Mi, a half of what the memory limiter allows with 128Mi (traceTier.resources.limits.memory)",
    },
    {
        about: "a trace-tier queue volume with in-memory queues",
        raw: withTwoTiers({ queue: { volumeSize: "1Gi" } }),
        problem:
            "traceTier.queue.volumeSize: expected to be left out, or disk for durability.mode: queues in memory have no volume",
    },
    {
        about: "a trace-tier volume below its queues' size",
        raw: withTwoTiers({ queue: { volumeSize: "1Gi" } }, { durability: { mode: "disk" } }),
        problem:
            "traceTier.queue.volumeSize: expected at least 2324Mi, what full queues and the compaction of one take (traceTier.queue.size, or durability.maxOutage)",
    },
    {
        about: "a maxRequestSize above a quarter of the trace tier's memory limit",
        raw: withTwoTiers(SMALL, { collector: { receiver: { maxRequestSize: "24Mi" } } }),
        problem:
            "collector.receiver.maxRequestSize: expected at most 16Mi, a quarter of what the memory limiter allows with 128Mi (traceTier.resources.limits.memory)",
    },
    {
        about: "more sampled traces than the trace tier's memory holds",
        raw: withTwoTiers(
            {},
            {
                tailSampling: { enabled: true, maxTraces: 2275 },
                collector: { resources: { limits: { memory: "1Gi" } } },
            },
        ),
        problem:
            "tailSampling.maxTraces: expected at most 2274, a quarter of what the memory limiter allows with 256Mi (traceTier.resources.limits.memory)",
    },
    {
        about: "destination queues above the trace tier's memory",
        raw: withTwoTiers({ queue: { size: "40Mi" } }, { destinations: THREE }),
        problem:
            "traceTier.queue.size: expected at most 32Mi, as 6 queues share what the memory limiter allows with 256Mi (traceTier.resources.limits.memory)",
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
        problem:
            "destinations.traces-vendor: expected another name, or single-tier for topology: the second tier's Secret of vendor would be called as this one's",
    },
];
