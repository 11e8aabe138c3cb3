import * as z from "zod";
import { dnsSubdomain, storageClassName } from "../types/dns";
import { duration } from "../types/quantities";
import { integer, booleanType, listType, enumType } from "../types/values";
import { setting } from "./setting";

const DURABILITY_MODES = ["memory", "disk"] as const;
export type DurabilityMode = (typeof DURABILITY_MODES)[number];

export const STACK_SIZES = ["small", "medium", "large"] as const;
export type StackSize = (typeof STACK_SIZES)[number];

export const stackSize = setting(
    enumType(STACK_SIZES).default("small"),
    "Preset for requests, limits, queues, volumes and replicas (see the table at the end). Each value can be overridden.",
    { rationale: "Fits on one small node." },
);

/** Workloads that store data on volumes. */
export const DATA_OWNERS = [
    "alertmanager",
    "collector",
    "jaeger",
    "loki",
    "prometheus",
    "traceTier",
    "victoriaLogs",
] as const;
export type DataOwner = (typeof DATA_OWNERS)[number];

export const allowDataLoss = setting(
    listType(DATA_OWNERS).default([]),
    "Workloads whose stored data this update may delete. Without it, an update that would delete a PersistentVolumeClaim stops at the preview. Remove it after the update.",
);

/** Where the Collector keeps acknowledged telemetry until the backends accept it, and how much of it. */
export const durability = z.strictObject({
    mode: setting(
        enumType(DURABILITY_MODES).default("memory"),
        "Where the Collector keeps acknowledged telemetry until a backend accepts it. `memory`: in-memory queues, lost when the process ends. `disk`: persistent queues on a volume of each pod, and volumes for the backends (docs/explanation/delivery-guarantees.md).",
        { rationale: "Works on a cluster without a storage provisioner." },
    ),
    maxOutage: setting(
        duration("1m", "24h").default("30m"),
        "Outage of all backends that the Collector tolerates with `durability.mode: disk` before it rejects data. Determines the size of queues and volumes, how long a batch is retried, and how old telemetry the backends still accept.",
        { rationale: "Covers the replacement of a node or a failed upgrade during office hours." },
    ),
    itemsPerSecond: setting(
        integer(1, 1_000_000).default(200),
        "Expected average number of items (spans, data points, log records) per second of each signal. Determines the size of queues and volumes with `durability.mode: disk`.",
    ),
});

type PersistenceSchema = z.ZodPrefault<
    z.ZodObject<
        {
            enabled: z.ZodDefault<z.ZodType<boolean>>;
            existingClaim: z.ZodOptional<z.ZodType<string>>;
            retainOnDelete: z.ZodDefault<z.ZodType<boolean>>;
            storageClass: z.ZodOptional<z.ZodType<string>>;
        },
        z.core.$strict
    >
>;

/** Settings of the volume of a backend. */
export function createPersistenceSchema(data: string): PersistenceSchema {
    return z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                `Store ${data} on a PersistentVolumeClaim, so that they survive the pod. \`pulumi destroy\` deletes the claim.`,
                {
                    rationale:
                        "Works on a cluster without a storage provisioner. With `durability.mode: disk` the default is true.",
                },
            ),
            existingClaim: setting(
                dnsSubdomain.optional(),
                "Name of a PersistentVolumeClaim in the stack's Namespace to use instead of a new one. The stack never changes or deletes it. A Namespace that the stack created then stays as well.",
                { whenUnset: "the stack creates a claim" },
            ),
            retainOnDelete: setting(
                booleanType.default(false),
                "Keep the claim in the cluster when it leaves the stack or the stack is destroyed. A Namespace that the stack created then stays as well.",
            ),
            storageClass: setting(
                storageClassName.optional(),
                "StorageClass of a new claim. A claim that exists keeps its class. Empty binds an existing volume without a class.",
                { whenUnset: "the cluster's default StorageClass" },
            ),
        })
        .prefault({});
}
