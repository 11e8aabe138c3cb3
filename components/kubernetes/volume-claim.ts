import type { types } from "@pulumi/kubernetes";

export interface ClaimArgs {
    /** A Kubernetes quantity. */
    readonly size: string;
    /** The cluster's default without it. */
    readonly storageClass?: string | undefined;
}

/** A volume for one pod. */
export function renderClaimSpec({ size, storageClass }: ClaimArgs): types.input.core.v1.PersistentVolumeClaimSpec {
    return {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: size } },
        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    };
}
