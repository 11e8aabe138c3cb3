import * as z from "zod";
import { duration, byteSize } from "../types/quantities";
import { integer, booleanType } from "../types/values";
import { createPersistenceSchema } from "./durability";
import { createPodsSchema } from "./pods";
import { resources, setting } from "./setting";

/** Settings of Jaeger. */
export const jaeger = z.strictObject({
    enabled: setting(booleanType.default(true), "Deploy Jaeger as the backend for traces."),
    maxSpansPerTrace: setting(
        integer(100, 1_000_000).optional(),
        "Maximum number of spans of a trace within ten seconds, when Jaeger has no volume. A trace with more is dropped and counted. Traces are visible ten seconds later, because Jaeger holds them to count their spans. A search loads complete traces into memory, so a trace of 200,000 spans may stop Jaeger when it is found.",
        { whenUnset: "no limit" },
    ),
    retention: setting(
        duration("1h", "520w").default("1h"),
        "How long traces are kept. With `durability.mode: disk` the default is a day.",
        { rationale: "2,000 spans a second fit into the disk space of the pod for so long." },
    ),
    volumeSize: setting(
        byteSize.optional(),
        "Disk space for traces, on the volume or in an emptyDir of the pod. Jaeger's storage has no size limit and frees disk space some time after the retention ends: choose a retention that fits.",
        {
            whenUnset:
                "with `durability.mode: disk` the size for the retention at `durability.itemsPerSecond`; otherwise 1Gi with a volume and 5Gi without",
        },
    ),
    persistence: createPersistenceSchema("traces"),
    pods: createPodsSchema("the pod of Jaeger"),
    resources: resources(
        "Jaeger",
        { cpu: "25m", memory: "128Mi" },
        { cpu: "1", memory: "512Mi" },
        "The write buffers of Jaeger's storage take 150 to 220 MiB. The rest is for searches, which load complete traces.",
    ),
});
