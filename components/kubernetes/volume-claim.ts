import type { types } from "@pulumi/kubernetes";
import type { Labels } from "./labels";

export interface ClaimArgs {
    /** A Kubernetes quantity. */
    readonly size: string;
    /** Undefined uses the cluster's default class. */
    readonly storageClass?: string | undefined;
}

/**
 * Renders the claim template of a StatefulSet, from which Kubernetes creates a claim for each pod.
 *
 * @param name Name of the volume, and prefix of its claims.
 */
export function renderClaimTemplate(
    name: string,
    { stable }: Labels,
    args: ClaimArgs,
): types.input.core.v1.PersistentVolumeClaim {
    return {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name, labels: stable },
        spec: renderClaimSpec(args),
    };
}

/** Renders the claim of a volume for one pod. */
export function renderClaimSpec({ size, storageClass }: ClaimArgs): types.input.core.v1.PersistentVolumeClaimSpec {
    return {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: size } },
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    };
}
