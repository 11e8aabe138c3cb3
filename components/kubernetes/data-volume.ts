import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
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
    /** Where the container finds it. */
    readonly mountPath: string;
    /** Its size, a Kubernetes quantity. */
    readonly volumeSize: string;
    readonly persistence: PersistenceSettings;
}

/** What a store writes to: a volume that is claimed, or the pod's own empty folder. */
export interface DataVolume {
    readonly volume: types.input.core.v1.Volume;
    readonly mount: types.input.core.v1.VolumeMount;
    /** What counts as the container's own disk. */
    readonly ephemeralStorage: EphemeralStorage;
    readonly strategy: WorkloadArgs["strategy"];
}

const VOLUME_NAME = "data";
/** Disk beside the folder, for the container's log. */
const LOG_MIB = 128;

/** The folder of the one pod of a store. */
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
    const claim = createClaim(`${name}-${VOLUME_NAME}`, args, opts);
    return {
        volume: { name: VOLUME_NAME, persistentVolumeClaim: { claimName: claim.metadata.name } },
        mount,
        ephemeralStorage: LOG_EPHEMERAL_STORAGE,
        strategy: { governingService: parseObjectName(name) },
    };
}

/** Apart from the StatefulSet, so that its size can grow and `pulumi destroy` deletes it. */
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
                // Most classes bind a claim when its first pod comes, which comes after it.
                annotations: { "pulumi.com/skipAwait": "true" },
            },
            spec: renderClaimSpec({ size: volumeSize, storageClass: persistence.storageClass }),
        },
        {
            ...opts,
            retainOnDelete: persistence.retainOnDelete,
            // The class of a claim cannot change: Pulumi would replace the claim, and its data with it. The API server
            // writes the default class into a claim that names none, so that naming it later is such a change.
            ignoreChanges: ["spec.storageClassName"],
        },
    );
}
