import * as z from "zod";
import { duration, byteSize } from "../types/quantities";
import { integer, booleanType } from "../types/values";
import { createPersistenceSchema } from "./durability";
import { createPodsSchema } from "./pods";
import { resources, setting } from "./setting";

/** Settings of Jaeger. */
export const jaeger = z.strictObject({
    enabled: setting(booleanType.default(true), "Deploy Jaeger as the backend for traces."),
    maxTraces: setting(
        integer(1, 10_000_000).default(5000),
        "Maximum number of traces in memory, when Jaeger has no volume. The oldest trace is deleted when a new one arrives.",
        { rationale: "10,000 traces of the OpenTelemetry demo take about 211 MiB." },
    ),
    retention: setting(duration("1h", "520w").default("1d"), "How long traces are kept on a volume."),
    volumeSize: setting(
        byteSize.optional(),
        "Size of the volume. Jaeger's storage has no size limit and frees disk space some time after the retention ends: choose a retention that fits.",
        {
            whenUnset:
                "with `durability.mode: disk` the size for the retention at `durability.itemsPerSecond`, else 1Gi",
        },
    ),
    persistence: createPersistenceSchema("traces"),
    pods: createPodsSchema("the pod of Jaeger"),
    resources: resources(
        "Jaeger",
        { cpu: "25m", memory: "64Mi" },
        { cpu: "1", memory: "256Mi" },
        "Jaeger uses 52 MB when idle and about 106 MiB for the default number of traces. With a volume, write buffers take the place of the traces.",
    ),
});
