import type { types } from "@pulumi/kubernetes";

export interface ClaimArgs {
    /** A Kubernetes quantity. */
    readonly size: string;
    /** Undefined uses the cluster's default class. */
    readonly storageClass?: string | undefined;
}

/** Renders the claim of a volume for one pod. */
export function renderClaimSpec({ size, storageClass }: ClaimArgs): types.input.core.v1.PersistentVolumeClaimSpec {
    return {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: size } },
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    };
}
