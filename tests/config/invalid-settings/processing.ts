import type { InvalidSettings } from "./types";

const OFF = { enabled: false };

const rejected: readonly [Readonly<Record<string, unknown>>, string][] = [
    [{ redaction: { blockedKeyPattern: [] } }, "redaction.blockedKeyPattern"],
    [{ tailSampling: { samplingRatios: 1 } }, "tailSampling.samplingRatios"],
    [{ redaction: { blockedKeyPatterns: "password" } }, "redaction.blockedKeyPatterns"],
    [{ redaction: { blockedKeyPatterns: ["("] } }, "redaction.blockedKeyPatterns"],
    [{ redaction: { blockedKeyPatterns: [""] } }, "redaction.blockedKeyPatterns"],
    [{ redaction: { blockedValuePatterns: ["a(?=b)"] } }, "redaction.blockedValuePatterns"],
    [{ redaction: { blockedValuePatterns: ["(a)\\1"] } }, "redaction.blockedValuePatterns"],
    // JavaScript accepts all of these.
    ...["\\u00e9", "a{2000}", "[^]x", "\\p{Script=Greek}", "\\cA", "(?<=a)b", "(?<n>a)\\k<n>", "\\p{Lowercase}"].map(
        (pattern): [Readonly<Record<string, unknown>>, string] => [
            { redaction: { blockedValuePatterns: [pattern] } },
            "redaction.blockedValuePatterns",
        ],
    ),
    [{ tailSampling: { enabled: "some" } }, "tailSampling.enabled"],
    [{ tailSampling: { samplingRatio: 5 } }, "tailSampling.samplingRatio"],
    [{ tailSampling: { latencyThreshold: "1" } }, "tailSampling.latencyThreshold"],
    [{ tailSampling: { decisionWait: "1h" } }, "tailSampling.decisionWait"],
    [{ tailSampling: { maxTraces: 0 } }, "tailSampling.maxTraces"],
];

export const invalidProcessing: readonly InvalidSettings[] = [
    ...rejected.map(([raw, key]) => ({ about: JSON.stringify(raw), raw, key })),
    ...[{ replicas: 2 }, { autoscaling: { enabled: true } }].map((collector) => ({
        about: `tail sampling with several replicas (${JSON.stringify(collector)})`,
        raw: { tailSampling: { enabled: true }, collector },
        key: "tailSampling.enabled",
    })),
    {
        about: "tail sampling without trace storage",
        raw: { tailSampling: { enabled: true }, jaeger: OFF },
        key: "tailSampling.enabled",
    },
    {
        about: "more sampled traces than memory holds",
        raw: { tailSampling: { enabled: true, maxTraces: 20_000 } },
        key: "tailSampling.maxTraces",
    },
    {
        about: "more pending edges than memory holds",
        raw: { spanMetrics: { maxPendingEdges: 146_637 } },
        key: "spanMetrics.maxPendingEdges",
    },
];
