import * as z from "zod";
import { integer, duration, booleanType, positiveNumber, byteSize } from "../types/values";
import { createPersistenceSchema } from "./durability";
import { resources, setting } from "./setting";

/** The settings of Loki. */
export const loki = z.strictObject({
    enabled: setting(booleanType.default(true), "Whether Loki is deployed and takes the logs.", "Logs need a place."),
    retention: setting(
        duration("24h", "520w").default("1d"),
        "How long records are kept; Loki deletes by the day at the finest.",
        "A playground's day.",
    ),
    volumeSize: setting(
        byteSize.optional(),
        "Disk for records and the write-ahead log, on its volume or in the pod's own empty folder. Loki has no limit of its own: retention and ingestion are to fit it. At nine tenths of it Loki takes nothing more until the retention has made room.",
        "1Gi holds weeks of this stack's own records.",
        "with durability.mode disk what the retention takes at durability.itemsPerSecond, else 1Gi",
    ),
    persistence: createPersistenceSchema("the records"),
    ingestion: z
        .strictObject({
            rateMBPerSecond: setting(
                positiveNumber(1000).default(4),
                "MB of records a second that are taken; above it the Collector is told to come again later.",
                "Loki's default; its memory grows with it.",
            ),
            burstMB: setting(
                positiveNumber(1000).default(8),
                "MB that one request may have at most.",
                "Four batches of the Collector's.",
            ),
            maxLineSize: setting(
                byteSize.default("256Ki"),
                "Size above which the text of a record is cut off.",
                "Loki's default. Cut off rather than refused: the Collector would drop the record for good.",
            ),
            maxStreams: setting(
                integer(1, 1_000_000).default(1000),
                "Sets of labels that take records at the same time; those above are refused for good.",
                "Some for each service, as only names of services, namespaces and environments become labels.",
            ),
        })
        .prefault({}),
    resources: resources(
        "Loki",
        { cpu: "50m", memory: "128Mi" },
        { cpu: "1", memory: "384Mi" },
        "126 MB measured at rest; chunks of two hours and queries need room.",
    ),
});
