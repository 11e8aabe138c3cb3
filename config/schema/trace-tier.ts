import * as z from "zod";
import { integer, enumOf, byteSize } from "../types/values";
import { resources, setting } from "./setting";

export const TOPOLOGIES = ["single-tier", "two-tier"] as const;

export const topology = setting(
    enumOf(TOPOLOGIES).default("single-tier"),
    "How many tiers of Collectors a trace goes through. `two-tier` puts a second one behind the Collectors that applications send to: all spans of a trace come to the same of its pods, which makes metrics from spans, samples, and sends traces on. The first tier may then have any number of pods (docs/explanation/scaling-model.md).",
    "One tier is enough for what one Collector takes.",
);

/** The settings of the second tier, which traces alone come to. */
export const traceTier = z.strictObject({
    replicas: setting(
        integer(1, 20).default(2),
        "Pods of the second tier, with topology two-tier. Another number gives part of the traces to another pod.",
        "One of them can be replaced while the other works.",
    ),
    resources: resources(
        "each pod of the second tier",
        { cpu: "50m", memory: "96Mi" },
        { cpu: "1", memory: "256Mi" },
        "As much as each pod of the first tier; the memory limiter and GOMEMLIMIT follow from the memory limit.",
    ),
    queue: z
        .strictObject({
            size: setting(
                byteSize.optional(),
                "How much each exporter's sending queue of the second tier holds while its backend cannot be reached: in memory, or with durability.mode disk on the volume.",
                "As in the first tier.",
                "a sixth of what the memory limiter allows (32Mi), less with external destinations; with durability.mode disk what durability.maxOutage takes",
            ),
            volumeSize: setting(
                byteSize.optional(),
                "Size of the volume that the queues of each pod of the second tier stand on, with durability.mode disk. Its class, and whether it waits for the disk, are those of collector.queue.",
                "The files of full queues, and room to compact one of them.",
                "what the queues take",
            ),
        })
        .prefault({}),
});
