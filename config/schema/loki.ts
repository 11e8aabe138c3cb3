import * as z from "zod";
import { duration, byteSize } from "../types/quantities";
import { integer, booleanType, positiveNumber } from "../types/values";
import { createPersistenceSchema } from "./durability";
import { createPodsSchema } from "./pods";
import { resources, setting } from "./setting";

/** Settings of Loki. */
export const loki = z.strictObject({
    enabled: setting(booleanType.default(true), "Deploy Loki as a backend for logs."),
    retention: setting(
        duration("24h", "520w").default("1d"),
        "How long log records are kept. Loki deletes them in units of a day.",
    ),
    volumeSize: setting(
        byteSize.optional(),
        "Disk space for log records and the write-ahead log, on the volume or in an emptyDir of the pod. Loki has no size limit: choose a retention that fits. When 90% of the disk is used, Loki rejects log records until the retention frees space.",
        {
            whenUnset:
                "with `durability.mode: disk` the size for the retention at `durability.itemsPerSecond`, else 1Gi",
        },
    ),
    persistence: createPersistenceSchema("log records"),
    ingestion: z
        .strictObject({
            rateMBPerSecond: setting(
                positiveNumber(1000).default(4),
                "Maximum ingestion rate in MB per second. Above it Loki rejects requests, and the Collector retries them.",
                { rationale: "Loki's default. Its memory use grows with this rate." },
            ),
            burstMB: setting(positiveNumber(1000).default(8), "Maximum size of one request in MB.", {
                rationale: "Four batches of the Collector.",
            }),
            maxLineSize: setting(
                byteSize.default("256Ki"),
                "Maximum size of the text of a log record. Longer text is truncated.",
                { rationale: "Loki's default. If Loki rejected the record instead, the Collector would drop it." },
            ),
            maxStreams: setting(
                integer(1, 1_000_000).default(1000),
                "Maximum number of active streams (sets of labels). Loki permanently rejects log records of additional streams.",
                {
                    rationale:
                        "Only the names of services, namespaces and environments become labels, so each service has few streams.",
                },
            ),
        })
        .prefault({}),
    pods: createPodsSchema("the pod of Loki"),
    resources: resources(
        "Loki",
        { cpu: "50m", memory: "128Mi" },
        { cpu: "1", memory: "384Mi" },
        "Loki uses 126 MB when idle; chunks of two hours and queries need the rest.",
    ),
});
