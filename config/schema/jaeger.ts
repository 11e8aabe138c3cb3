import * as z from "zod";
import { integer, duration, booleanType, byteSize } from "../types/values";
import { createPersistenceSchema } from "./durability";
import { resources, setting } from "./setting";

/** The settings of Jaeger. */
export const jaeger = z.strictObject({
    enabled: setting(
        booleanType.default(true),
        "Whether Jaeger is deployed and takes the traces.",
        "Traces need a place.",
    ),
    maxTraces: setting(
        integer(1, 10_000_000).default(5000),
        "Traces kept in memory, without a volume; the oldest goes when a new one comes.",
        "10,000 of the OpenTelemetry demo's traces are about 211 MiB.",
    ),
    retention: setting(
        duration("1h", "520w").default("1d"),
        "How long traces are kept on a volume.",
        "A day of looking back.",
    ),
    volumeSize: setting(
        byteSize.optional(),
        "Size of the volume. Jaeger's store has no limit of its own: the retention is to fit it.",
        "The store frees its disk some time after the retention has ended.",
        "with durability.mode disk what the retention takes at durability.itemsPerSecond, else 1Gi",
    ),
    persistence: createPersistenceSchema("the traces"),
    resources: resources(
        "Jaeger",
        { cpu: "25m", memory: "64Mi" },
        { cpu: "1", memory: "256Mi" },
        "52 MB at rest; the default number of traces takes about 106 MiB more. With a volume, the store's buffers take their place.",
    ),
});
