import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { PersistenceSettings } from "../../config/schema/schema";
import { MIB, parseBytes } from "../../config/types/units";
import { renderClaimSpec } from "./volume-claim";
import type { Labels } from "./labels";
import { type EphemeralStorage, LOG_EPHEMERAL_STORAGE } from "./pod";
import type { WorkloadArgs } from "./workload";
import { parseObjectName } from "./resource-names";

export interface DataVolumeArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Labels;
    /** Mount path in the container. */
    readonly mountPath: string;
    /** Size as a Kubernetes quantity. */
    readonly volumeSize: string;
    readonly persistence: PersistenceSettings;
}

/** Storage of a backend: a persistent volume or an emptyDir. */
export interface DataVolume {
    readonly volume: types.input.core.v1.Volume;
    readonly mount: types.input.core.v1.VolumeMount;
    /** The container's ephemeral storage. */
    readonly ephemeralStorage: EphemeralStorage;
    readonly strategy: WorkloadArgs["strategy"];
}

const VOLUME_NAME = "data";
/** Ephemeral storage for the container's log. */
const LOG_MIB = 128;

/** Creates the data volume of a backend's pod. */
export function createDataVolume(name: string, args: DataVolumeArgs, opts: pulumi.CustomResourceOptions): DataVolume {
    const mount = { name: VOLUME_NAME, mountPath: args.mountPath };
    if (!args.persistence.enabled) {
        const mib = Math.ceil(parseBytes(args.volumeSize) / MIB);
        return {
            volume: { name: VOLUME_NAME, emptyDir: { sizeLimit: `${mib}Mi` } },
            mount,
            ephemeralStorage: { request: "256Mi", limit: `${mib + LOG_MIB}Mi` },
            strategy: "Recreate",
        };
    }
    const claim = getOrCreateClaim(`${name}-${VOLUME_NAME}`, args, opts);
    return {
        volume: { name: VOLUME_NAME, persistentVolumeClaim: { claimName: claim.metadata.name } },
        mount,
        ephemeralStorage: LOG_EPHEMERAL_STORAGE,
        strategy: { governingService: parseObjectName(name) },
    };
}

/**
 * Creates the claim, or gets an existing one. An existing claim is only read, so Pulumi cannot delete it, and a missing
 * one fails the preview.
 */
function getOrCreateClaim(
    name: string,
    args: DataVolumeArgs,
    opts: pulumi.CustomResourceOptions,
): PersistentVolumeClaim {
    const { existingClaim } = args.persistence;
    return existingClaim === undefined
        ? createClaim(name, args, opts)
        : // Another resource name, so that a claim that the stack created before is not replaced, but only leaves it.
          PersistentVolumeClaim.get(`${name}-existing`, pulumi.interpolate`${args.namespace}/${existingClaim}`, opts);
}

/** Separate from the StatefulSet, so that the size can grow and `pulumi destroy` deletes it. */
function createClaim(
    name: string,
    { namespace, labels, volumeSize, persistence }: DataVolumeArgs,
    opts: pulumi.CustomResourceOptions,
): PersistentVolumeClaim {
    return new PersistentVolumeClaim(
        name,
        {
            metadata: {
                name: parseObjectName(name),
                namespace,
                labels: labels.all,
                // Most storage classes bind a claim when the first pod uses it, and Pulumi creates that pod later.
                annotations: { "pulumi.com/skipAwait": "true" },
            },
            spec: renderClaimSpec({ size: volumeSize, storageClass: persistence.storageClass }),
        },
        {
            ...opts,
            retainOnDelete: persistence.retainOnDelete,
            // The storage class of a claim is immutable, so Pulumi would replace the claim and delete its data. The API
            // server sets the default class in a claim without one, so setting that class later would be such a change.
            ignoreChanges: ["spec.storageClassName"],
        },
    );
}
