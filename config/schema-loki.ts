import * as z from "zod";
import { count, dnsSubdomain, duration, flag, rate, size } from "./kinds";
import { resources, setting } from "./setting";

/** The settings of Loki. */
export const loki = z.strictObject({
    enabled: setting(flag.default(true), "Whether Loki is deployed and takes the logs.", "Logs need a place."),
    retention: setting(
        duration("24h", "520w").default("1d"),
        "How long records are kept; Loki deletes by the day at the finest.",
        "A playground's day.",
    ),
    storage: setting(
        size.default("1Gi"),
        "Disk for records and the write-ahead log. Loki has no limit of its own: retention and ingestion are to fit it, and a full disk stops it.",
        "Weeks of this stack's own records.",
    ),
    persistence: z
        .strictObject({
            enabled: setting(
                flag.default(false),
                "Whether the records stand on a volume that is claimed, and outlive the pod; without it they stand in the pod's own empty folder. `pulumi destroy` deletes the claim.",
                "Works on a cluster without a storage provisioner.",
            ),
            storageClass: setting(
                dnsSubdomain.optional(),
                "The StorageClass that the volume is claimed of.",
                "Each cluster has its own.",
                "the cluster's default",
            ),
        })
        .prefault({}),
    ingestion: z
        .strictObject({
            rateMB: setting(
                rate(1000).default(4),
                "MB of records a second that are taken; above it the Collector is told to come again later.",
                "Loki's default; its memory grows with it.",
            ),
            burstMB: setting(
                rate(1000).default(8),
                "MB that one request may have at most.",
                "Four batches of the Collector's.",
            ),
            maxLineSize: setting(
                size.default("256Ki"),
                "Size above which the text of a record is cut off.",
                "Loki's default. Cut off rather than refused: the Collector would drop the record for good.",
            ),
            maxStreams: setting(
                count(1, 1_000_000).default(1000),
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
