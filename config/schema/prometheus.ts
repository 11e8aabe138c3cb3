import * as z from "zod";
import { externalLabels } from "../types/alert-matchers";
import { DOCS_URL, pageUrl } from "../types/page-url";
import { duration, byteSize } from "../types/quantities";
import { MAX_SAMPLE_INTERVAL, MAX_SAMPLE_INTERVAL_REASON } from "../types/sample-interval";
import { booleanType } from "../types/values";
import { createPersistenceSchema } from "./durability";
import { createPodsSchema } from "./pods";
import { resources, setting } from "./setting";

/** Settings of Prometheus. */
export const prometheus = z.strictObject({
    enabled: setting(booleanType.default(true), "Deploy Prometheus as the backend for metrics."),
    retention: setting(duration("1h", "520w").default("1d"), "How long samples are kept."),
    volumeSize: setting(
        byteSize.optional(),
        "Disk space for samples, on the volume or in an emptyDir of the pod. Blocks use at most three quarters of it, and Prometheus deletes the oldest ones first; the rest is for the write-ahead log.",
        { whenUnset: "1Gi; with `durability.mode: disk` more if `durability.itemsPerSecond` requires it" },
    ),
    persistence: createPersistenceSchema("samples"),
    scrapeInterval: setting(
        duration("1s", MAX_SAMPLE_INTERVAL, MAX_SAMPLE_INTERVAL_REASON).default("10s"),
        "Interval between two scrapes of a target, and between two evaluations of rules. An alert waits for at least two intervals before it fires.",
        { rationale: "Shows changes quickly; production setups often use 30s or 1m." },
    ),
    externalLabels: setting(
        externalLabels.default({}),
        "Labels that Prometheus adds to the alerts that it sends to Alertmanager, for example the name of the cluster.",
    ),
    rules: z
        .strictObject({
            enabled: setting(
                booleanType.default(true),
                "Load the stack's recording rules and alerts (docs/reference/alerts.md).",
            ),
            runbookUrl: setting(
                pageUrl("https://wiki.example.com/otel-stack/runbook").default(`${DOCS_URL}/reference/alerts.md`),
                "Absolute URL of the runbook. The annotation `runbook_url` of each alert is this URL, followed by `#` and the alert's name in lower case.",
            ),
        })
        .prefault({}),
    pods: createPodsSchema("the pod of Prometheus"),
    resources: resources(
        "Prometheus",
        { cpu: "50m", memory: "128Mi" },
        { cpu: "1", memory: "512Mi" },
        "Prometheus uses 72 MB when idle; queries and compaction need the rest.",
    ),
});
