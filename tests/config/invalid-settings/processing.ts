import type { InvalidSettings } from "./invalid-settings";

const PATTERNS =
    "expected a list of regular expressions in the syntax of RE2, which neither look around nor back, such as [(?i)password]";
const SHARE = "expected a number from 0 to 1";
const OFF = { enabled: false };

const rejected: readonly [Readonly<Record<string, unknown>>, string][] = [
    [
        { redaction: { blockedKeyPattern: [] } },
        "redaction.blockedKeyPattern: unknown key, did you mean redaction.blockedKeyPatterns?",
    ],
    [
        { tailSampling: { samplingRatios: 1 } },
        "tailSampling.samplingRatios: unknown key, did you mean tailSampling.samplingRatio?",
    ],
    [{ redaction: { blockedKeyPatterns: "password" } }, `redaction.blockedKeyPatterns: ${PATTERNS}`],
    [{ redaction: { blockedKeyPatterns: ["("] } }, `redaction.blockedKeyPatterns: ${PATTERNS}`],
    [{ redaction: { blockedKeyPatterns: [""] } }, `redaction.blockedKeyPatterns: ${PATTERNS}`],
    [{ redaction: { blockedValuePatterns: ["a(?=b)"] } }, `redaction.blockedValuePatterns: ${PATTERNS}`],
    [{ redaction: { blockedValuePatterns: ["(a)\\1"] } }, `redaction.blockedValuePatterns: ${PATTERNS}`],
    // JavaScript accepts all of these.
    ...["\\u00e9", "a{2000}", "[^]x", "\\p{Script=Greek}", "\\cA", "(?<=a)b", "(?<n>a)\\k<n>", "\\p{Lowercase}"].map(
        (pattern): [Readonly<Record<string, unknown>>, string] => [
            { redaction: { blockedValuePatterns: [pattern] } },
            `redaction.blockedValuePatterns: ${PATTERNS}`,
        ],
    ),
    [{ tailSampling: { enabled: "some" } }, "tailSampling.enabled: expected true or false"],
    [{ tailSampling: { samplingRatio: 5 } }, `tailSampling.samplingRatio: ${SHARE}`],
    [
        { tailSampling: { latencyThreshold: "1" } },
        "tailSampling.latencyThreshold: expected a duration with a unit from 1ms to 1h, such as 30s or 5m",
    ],
    [
        { tailSampling: { decisionWait: "1h" } },
        "tailSampling.decisionWait: expected a duration with a unit from 1s to 10m, such as 30s or 5m",
    ],
    [{ tailSampling: { maxTraces: 0 } }, "tailSampling.maxTraces: expected a whole number from 10 to 1000000"],
];

export const invalidProcessing: readonly InvalidSettings[] = [
    ...rejected.map(([raw, problem]) => ({ about: `${problem} (${JSON.stringify(raw)})`, raw, problem })),
    ...[{ replicas: 2 }, { autoscaling: { enabled: true } }].map((collector) => ({
        about: `tail sampling with several replicas (${JSON.stringify(collector)})`,
        raw: { tailSampling: { enabled: true }, collector },
        problem:
            "tailSampling.enabled: expected false, or 1 for collector.replicas and no collector.autoscaling, or two-tier for topology: each pod would see a part of a trace, and decide by that",
    })),
    {
        about: "tail sampling without trace storage",
        raw: { tailSampling: { enabled: true }, jaeger: OFF },
        problem:
            "tailSampling.enabled: expected false, or true for jaeger.enabled, or a destination of traces: nothing keeps any",
    },
    {
        about: "more sampled traces than memory holds",
        raw: { tailSampling: { enabled: true, maxTraces: 2275 } },
        problem:
            "tailSampling.maxTraces: expected at most 2274, a quarter of what the memory limiter allows with 256Mi (collector.resources.limits.memory)",
    },
];
