import * as z from "zod";
import { byteSize } from "../types/quantities";
import { integer, enumType } from "../types/values";
import { createPodsSchema } from "./pods";
import { resources, setting } from "./setting";

const TOPOLOGIES = ["single-tier", "two-tier"] as const;

export const topology = setting(
    enumType(TOPOLOGIES).default("single-tier"),
    "Number of Collector tiers for traces. `two-tier` adds a trace tier after the Collectors that receive telemetry (the ingest tier). All spans of a trace go to the same pod of the trace tier, which generates metrics from spans, samples traces and exports them. The ingest tier can then have any number of pods (docs/explanation/scaling-model.md).",
);

/** Settings of the trace tier. */
export const traceTier = z.strictObject({
    replicas: setting(
        integer(1, 20).default(2),
        "Number of pods of the trace tier, with `topology: two-tier`. Changing it moves part of the traces to other pods.",
        { rationale: "One pod can be replaced while the other one works." },
    ),
    pods: createPodsSchema("the pods of the trace tier"),
    resources: resources(
        "each trace tier pod",
        { cpu: "50m", memory: "96Mi" },
        { cpu: "1", memory: "1Gi" },
        "The memory limiter and GOMEMLIMIT are derived from this limit.",
    ),
    queue: z
        .strictObject({
            size: setting(
                byteSize.optional(),
                "Capacity of each exporter's sending queue in the trace tier: in memory, or with `durability.mode: disk` on the volume.",
                {
                    whenUnset:
                        "as for `collector.queue.size` (17Mi); less with external destinations; with `durability.mode: disk` the data of `durability.maxOutage`",
                },
            ),
            volumeSize: setting(
                byteSize.optional(),
                "Size of the volume for the persistent queues of each trace tier pod, with `durability.mode: disk`. `collector.queue.storageClass` and `collector.queue.fsync` apply to it as well.",
                { whenUnset: "the size of the full queues plus space to compact one of them" },
            ),
        })
        .prefault({}),
});
