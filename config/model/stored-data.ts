import { resolveQueues } from "./durability";
import { hasTraceTier } from "./topology";
import type { StackSettings } from "../schema/schema";
import type { DataOwner } from "../schema/durability";
import { BACKENDS_WITH_VOLUME, resolveVolumeSize } from "./volumes";
import { type CollectorTier, resolveIngestTier, resolveTraceTier } from "./tiers";
import { WORKLOAD_NAMES } from "./workload-names";
import { parseBytes } from "../types/units";

/** Volume claims of the stack that hold data, of one workload. */
export interface DataVolume {
    readonly owner: DataOwner;
    readonly namespace: string;
    /** Name of the PersistentVolumeClaim; of a StatefulSet's claims the part before the pod's number. */
    readonly claim: string;
    /** Requested size, a Kubernetes quantity. */
    readonly size: string;
    /** The cluster's default class without it. */
    readonly storageClass?: string;
    /** Whether the claim stays in the cluster when it leaves the stack. */
    readonly retained: boolean;
}

/** What the state of a stack says about its data. */
export interface StoredData {
    /** Whether the stack made its Namespace, so that Pulumi deletes the Namespace with all that is in it. */
    readonly namespaceCreated: boolean;
    readonly namespace: string;
    readonly volumes: readonly DataVolume[];
}

/** The data that a stack with these settings keeps on volumes. */
export function resolveStoredData(settings: StackSettings): StoredData {
    const namespace = settings.namespace.name;
    const backendVolumes = BACKENDS_WITH_VOLUME.filter(
        (backend) => settings[backend].enabled && settings[backend].persistence.enabled,
    ).map((store): DataVolume => {
        const { retainOnDelete, storageClass } = settings[store].persistence;
        return {
            owner: store,
            namespace,
            claim: `${WORKLOAD_NAMES[store]}-data`,
            size: resolveVolumeSize(store, settings),
            ...(storageClass === undefined ? {} : { storageClass }),
            retained: retainOnDelete,
        };
    });
    const queueVolumes = (owner: "collector" | "traceTier", tier: CollectorTier): DataVolume[] => {
        const { volume } = resolveQueues(tier);
        return volume === undefined
            ? []
            : [
                  {
                      owner,
                      namespace,
                      claim: `queues-${WORKLOAD_NAMES[owner]}`,
                      size: volume.size,
                      ...(volume.storageClass === undefined ? {} : { storageClass: volume.storageClass }),
                      // Kubernetes keeps the claims of a StatefulSet, but nothing delivers what is in their queues.
                      retained: false,
                  },
              ];
    };
    return {
        namespace,
        namespaceCreated: settings.namespace.create,
        volumes: [
            ...backendVolumes,
            ...queueVolumes("collector", resolveIngestTier(settings)),
            ...(hasTraceTier(settings) ? queueVolumes("traceTier", resolveTraceTier(settings)) : []),
        ],
    };
}

/**
 * Whether a Namespace that the stack made stays in the cluster when the stack leaves it. A claim that is retained stays
 * there after its store has left the stack, so that the setting alone decides.
 */
export function retainsNamespace(settings: Pick<StackSettings, (typeof BACKENDS_WITH_VOLUME)[number]>): boolean {
    return BACKENDS_WITH_VOLUME.some((backend) => settings[backend].persistence.retainOnDelete);
}

/** What an update would do to stored data. */
export interface DataChanges {
    /** Sentences that name what would be lost and how to keep it. The update must not start. */
    readonly losses: readonly string[];
    /** Sentences about settings that have no effect on a volume that exists. */
    readonly notices: readonly string[];
}

/**
 * Compares the data that a stack holds with what it would hold after an update.
 *
 * @param allowed Owners whose data may be lost: `otel-stack:allowDataLoss`.
 */
export function compareStoredData(before: StoredData, after: StoredData, allowed: readonly DataOwner[]): DataChanges {
    const findRemaining = (volume: DataVolume) =>
        after.volumes.find(({ claim, namespace }) => claim === volume.claim && namespace === volume.namespace);
    const atRisk = before.volumes.filter(({ owner }) => !allowed.includes(owner));
    const removed = atRisk.filter((volume) => findRemaining(volume) === undefined && !volume.retained);
    const shrunk = before.volumes.flatMap((volume) => {
        const next = findRemaining(volume);
        return next !== undefined && isManagedByPulumi(volume) && parseBytes(next.size) < parseBytes(volume.size)
            ? [describeShrink(volume, next.size)]
            : [];
    });
    const namespace = wouldDeleteNamespace(before, after) ? describeNamespaceLoss(before, atRisk) : [];
    return {
        losses: [...namespace, ...removed.map((volume) => describeRemoval(volume, after)), ...shrunk],
        notices: before.volumes.flatMap((volume) => {
            const next = findRemaining(volume);
            return next !== undefined && next.storageClass !== volume.storageClass
                ? [describeUnchangedClass(volume, next)]
                : [];
        }),
    };
}

/** The claims of a StatefulSet are made by Kubernetes and keep their size whatever the template says. */
function isManagedByPulumi({ owner }: DataVolume): boolean {
    return owner !== "collector" && owner !== "traceTier";
}

/** A Namespace that the stack made and no longer names is deleted by Pulumi, and with it every claim in it. */
function wouldDeleteNamespace(before: StoredData, after: StoredData): boolean {
    return before.namespaceCreated && before.namespace === after.namespace && !after.namespaceCreated;
}

function describeNamespaceLoss({ namespace }: StoredData, atRisk: readonly DataVolume[]): readonly string[] {
    const data = atRisk.length === 0 ? "" : `, with ${atRisk.map(({ claim }) => claim).join(", ")}`;
    return [
        `namespace.create: the stack made Namespace ${namespace}; with false Pulumi would delete it and everything in it${data}. ` +
            "Set it to true again. To hand the Namespace over, remove it from Pulumi's state first: `pulumi state delete`.",
    ];
}

/** What a reader may want to know about the content of a claim. */
const CLAIM_CONTENT: Readonly<Record<DataOwner, string>> = {
    collector: "telemetry that waits for its backends",
    jaeger: "stored traces",
    loki: "stored log records",
    prometheus: "stored metrics",
    traceTier: "traces that wait for their backends",
    victoriaLogs: "stored log records",
};

function describeRemoval(volume: DataVolume, after: StoredData): string {
    const { claim, namespace, owner, size } = volume;
    const reason =
        namespace === after.namespace
            ? `${owner}: claim ${namespace}/${claim} (${size}) with ${CLAIM_CONTENT[owner]} is no longer part of the stack`
            : `${owner}: claim ${namespace}/${claim} (${size}) with ${CLAIM_CONTENT[owner]} is in Namespace ${namespace}, and the stack moves to ${after.namespace}`;
    const keep = isManagedByPulumi(volume)
        ? `To keep it, undo that setting, or set ${owner}.persistence.retainOnDelete: true in an update of its own first`
        : "To keep it, undo that setting, and wait until the queues are empty (metric otelcol_exporter_queue_size)";
    return `${reason}. ${keep}. To lose it, set otel-stack:allowDataLoss: [${owner}] for this update.`;
}

function describeShrink({ claim, namespace, owner, size }: DataVolume, wanted: string): string {
    return (
        `${owner}.volumeSize: claim ${namespace}/${claim} has ${size} and cannot shrink to ${wanted}. ` +
        `Set ${owner}.volumeSize: ${size}, whatever retention, size or durability ask for.`
    );
}

function describeUnchangedClass({ claim, namespace, owner, storageClass }: DataVolume, next: DataVolume): string {
    const now = storageClass === undefined ? "the class that it was made with" : `class ${storageClass}`;
    const asked = next.storageClass === undefined ? "the cluster's default class" : `class ${next.storageClass}`;
    return `${owner}: claim ${namespace}/${claim} keeps ${now}; ${asked} applies to new claims only.`;
}
