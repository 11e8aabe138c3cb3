import * as z from "zod";
import { duration, booleanType, byteSize, stringType } from "../types/values";
import { createPersistenceSchema } from "./durability";
import { resources, setting } from "./setting";

/** The repository has no public address yet: this is where it is meant to be published. */
const RUNBOOK_URL = "https://github.com/otel-stack/otel-stack/blob/main/docs/reference/alerts.md";

const runbookUrl = stringType(
    "URL",
    "an http:// or https:// URL without a fragment, such as https://wiki.example.com/otel-stack/runbook",
    (value) => URL.canParse(value) && /^https?:\/\/[^\s#]+$/.test(value),
);

/** The settings of Prometheus. */
export const prometheus = z.strictObject({
    enabled: setting(
        booleanType.default(true),
        "Whether Prometheus is deployed and takes the metrics.",
        "Metrics need a place.",
    ),
    retention: setting(
        duration("1h", "520w").default("1d"),
        "How long samples are kept.",
        "A playground's day; without a volume the pod's restart loses them anyway.",
    ),
    volumeSize: setting(
        byteSize.optional(),
        "Disk for samples, on its volume or in the pod's own empty folder. Blocks take at most three quarters of it, the oldest go first; the rest is for the write-ahead log.",
        "1Gi holds hundreds of times a day of this stack's samples.",
        "1Gi; with durability.mode disk more where durability.itemsPerSecond takes it",
    ),
    persistence: createPersistenceSchema("the samples"),
    scrapeInterval: setting(
        duration("1s", "1h").default("10s"),
        "Time between two scrapes of a target.",
        "A change shows while one watches; production commonly takes 30s or 1m.",
    ),
    rules: z
        .strictObject({
            enabled: setting(
                booleanType.default(true),
                "Whether Prometheus computes the stack's rules: series of what the Collector takes, sends and loses, and alerts on what goes wrong (docs/reference/alerts.md).",
                "A stack that loses data should say so.",
            ),
            runbookUrl: setting(
                runbookUrl.default(RUNBOOK_URL),
                "Absolute URL of the runbook. Each alert has an annotation `runbook_url`: this URL, `#` and the alert's name in lower case.",
                "The runbook of this project (docs/reference/alerts.md). Set the address at which your team reads it.",
            ),
        })
        .prefault({}),
    resources: resources(
        "Prometheus",
        { cpu: "50m", memory: "128Mi" },
        { cpu: "1", memory: "512Mi" },
        "72 MB at rest; queries and compaction need room.",
    ),
});
