import * as z from "zod";
import { integer, dnsSubdomain, duration, booleanType, listOf, enumOf } from "../types/values";
import { setting } from "./setting";

export const DURABILITY_MODES = ["memory", "disk"] as const;
export type DurabilityMode = (typeof DURABILITY_MODES)[number];

export const STACK_SIZES = ["small", "medium", "large"] as const;
export type StackSize = (typeof STACK_SIZES)[number];

export const stackSize = setting(
    enumOf(STACK_SIZES).default("small"),
    "Sets requests, limits, queues, volumes and replicas together (the table at the end); each can still be set on its own.",
    "Fits one small node.",
);

/** Workloads that keep data on volumes. */
export const DATA_OWNERS = ["collector", "jaeger", "loki", "prometheus", "traceTier", "victoriaLogs"] as const;
export type DataOwner = (typeof DATA_OWNERS)[number];

export const allowDataLoss = setting(
    listOf(DATA_OWNERS).default([]),
    "Workloads whose stored data this update may delete. Without it, an update that would delete a volume claim stops at the preview. Remove it after the update.",
    "No update deletes stored data as a side effect.",
);

/** Where accepted telemetry waits while backends are away, and how much of it. */
export const durability = z.strictObject({
    mode: setting(
        enumOf(DURABILITY_MODES).default("memory"),
        "Where the Collector keeps what it has accepted and a backend has not taken yet. `memory` goes with the process. `disk` is a volume of each pod, and gives the backends volumes too (docs/explanation/delivery-guarantees.md).",
        "Works on a cluster without a storage provisioner.",
    ),
    maxOutage: setting(
        duration("1m", "24h").default("30m"),
        "How long all backends may be away, with durability.mode disk, before clients are refused. Queues and their volume follow from it, and how late the backends still take what was queued.",
        "A node that is replaced, or an upgrade that goes wrong in office hours.",
    ),
    itemsPerSecond: setting(
        integer(1, 1_000_000).default(200),
        "Items of each signal a second, at most on average, that queues and volumes are made for with durability.mode disk.",
        "A small team's services.",
    ),
});

type PersistenceSchema = z.ZodPrefault<
    z.ZodObject<
        {
            enabled: z.ZodDefault<z.ZodType<boolean>>;
            retainOnDelete: z.ZodDefault<z.ZodType<boolean>>;
            storageClass: z.ZodOptional<z.ZodType<string>>;
        },
        z.core.$strict
    >
>;

/** Whether a backend keeps its data on a volume. */
export function createPersistenceSchema(data: string): PersistenceSchema {
    return z
        .strictObject({
            enabled: setting(
                booleanType.default(false),
                `Whether ${data} stand on a volume that is claimed, and outlive the pod. On where durability.mode is disk. \`pulumi destroy\` deletes the claim.`,
                "Works on a cluster without a storage provisioner.",
            ),
            retainOnDelete: setting(
                booleanType.default(false),
                "Whether the claim stays in the cluster when it leaves the stack or the stack is destroyed. A Namespace that the stack made stays with it.",
                "`pulumi destroy` leaves nothing.",
            ),
            storageClass: setting(
                dnsSubdomain.optional(),
                "The StorageClass of a new claim. A claim that exists keeps its class.",
                "Each cluster has its own.",
                "the cluster's default",
            ),
        })
        .prefault({});
}
