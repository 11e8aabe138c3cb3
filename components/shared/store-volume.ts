import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PersistenceSettings } from "../../config/schema";
import { MIB, bytesOf } from "../../config/units";
import { claimSpec } from "./claim";
import type { Labels } from "./labels";
import { type DiskSettings, LOG_ONLY } from "./pod";
import type { WorkloadArgs } from "./workload";

export interface StoreVolumeArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Labels;
    /** Where the container finds it. */
    readonly folder: string;
    /** Its size, a Kubernetes quantity. */
    readonly storage: string;
    readonly persistence: PersistenceSettings;
}

/** What a store writes to: a volume that is claimed, or the pod's own empty folder. */
export interface StoreVolume {
    readonly volume: types.input.core.v1.Volume;
    readonly mount: types.input.core.v1.VolumeMount;
    /** What counts as the container's own disk. */
    readonly disk: DiskSettings;
    readonly strategy: WorkloadArgs["strategy"];
}

const NAME = "data";
/** Disk beside the folder, for the container's log. */
const LOG_MIB = 128;

/** The folder of the one pod of a store. */
export function storeVolume(name: string, args: StoreVolumeArgs, opts: pulumi.CustomResourceOptions): StoreVolume {
    const mount = { name: NAME, mountPath: args.folder };
    if (!args.persistence.enabled) {
        const mib = Math.ceil(bytesOf(args.storage) / MIB);
        return {
            volume: { name: NAME, emptyDir: { sizeLimit: `${mib}Mi` } },
            mount,
            disk: { request: "256Mi", limit: `${mib + LOG_MIB}Mi` },
            strategy: "Recreate",
        };
    }
    const claim = claimOf(`${name}-${NAME}`, args, opts);
    return {
        volume: { name: NAME, persistentVolumeClaim: { claimName: claim.metadata.name } },
        mount,
        disk: LOG_ONLY,
        strategy: { governingService: name },
    };
}

/** Apart from the StatefulSet, so that its size can grow and `pulumi destroy` deletes it. */
function claimOf(
    name: string,
    { namespace, labels, storage, persistence }: StoreVolumeArgs,
    opts: pulumi.CustomResourceOptions,
): PersistentVolumeClaim {
    return new PersistentVolumeClaim(
        name,
        {
            metadata: {
                name,
                namespace,
                labels: labels.all,
                // Most classes bind a claim when its first pod comes, which comes after it.
                annotations: { "pulumi.com/skipAwait": "true" },
            },
            spec: claimSpec({ storage, storageClass: persistence.storageClass }),
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
