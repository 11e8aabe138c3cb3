import { resolveQueues } from "./durability";
import { hasTraceTier } from "./topology";
import type { StackSettings } from "../schema/schema";
import type { DataOwner } from "../schema/durability";
import { BACKENDS_WITH_VOLUME, type BackendWithVolume, resolveVolumeSize } from "./volumes";
import { type CollectorTier, resolveIngestTier, resolveTraceTier } from "./tiers";
import { WORKLOAD_NAMES } from "./workload-names";
import { MIB, parseBytes } from "../types/units";

/** Volume claims with data of one workload. */
interface DataVolume {
    readonly owner: DataOwner;
    readonly namespace: string;
    /** Name of the PersistentVolumeClaim; for a StatefulSet, without the pod's number. */
    readonly claim: string;
    /** Requested size, a Kubernetes quantity. Undefined for a claim that the stack did not create. */
    readonly size?: string;
    /** Undefined for the cluster's default class. */
    readonly storageClass?: string;
    /** Whether the claim stays in the cluster when it leaves the stack. */
    readonly retained: boolean;
}

/** The data of a stack, as its state describes it. */
export interface StoredData {
    /** Whether the stack created its Namespace: Pulumi then deletes the Namespace with everything in it. */
    readonly namespaceCreated: boolean;
    /** Whether the Namespace stays when the stack is destroyed. Undefined in the state of an earlier version. */
    readonly namespaceRetained?: boolean;
    readonly namespace: string;
    readonly volumes: readonly DataVolume[];
}

/** Name of the claim that the stack creates for a backend. */
function dataClaimName(backend: BackendWithVolume): string {
    return `${WORKLOAD_NAMES[backend]}-data`;
}

/** The data that a stack with these settings stores on volumes. */
export function resolveStoredData(settings: StackSettings): StoredData {
    const namespace = settings.namespace.name;
    const backendVolumes = BACKENDS_WITH_VOLUME.filter(
        (backend) => settings[backend].enabled && settings[backend].persistence.enabled,
    ).map((store): DataVolume => {
        const { existingClaim, retainOnDelete, storageClass } = settings[store].persistence;
        if (existingClaim !== undefined) {
            return { owner: store, namespace, claim: existingClaim, retained: true };
        }
        return {
            owner: store,
            namespace,
            claim: dataClaimName(store),
            size: resolveVolumeSize(store, settings),
            ...(storageClass === undefined ? {} : { storageClass }),
            retained: retainOnDelete,
        };
    });
    const { persistence, volumeSize } = settings.alertmanager;
    const alertmanagerVolumes: readonly DataVolume[] =
        settings.alertmanager.enabled && persistence.enabled
            ? [
                  {
                      owner: "alertmanager",
                      namespace,
                      claim: `data-${WORKLOAD_NAMES.alertmanager}`,
                      size: volumeSize,
                      ...(persistence.storageClass === undefined ? {} : { storageClass: persistence.storageClass }),
                      // Kubernetes keeps the claims of a StatefulSet.
                      retained: true,
                  },
              ]
            : [];
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
                      // Kubernetes keeps the claims of a StatefulSet, but nothing delivers the data in their queues.
                      retained: false,
                  },
              ];
    };
    return {
        namespace,
        namespaceCreated: settings.namespace.create,
        namespaceRetained: retainsNamespace(settings),
        volumes: [
            ...backendVolumes,
            ...alertmanagerVolumes,
            ...queueVolumes("collector", resolveIngestTier(settings)),
            ...(hasTraceTier(settings) ? queueVolumes("traceTier", resolveTraceTier(settings)) : []),
        ],
    };
}

/**
 * Whether a Namespace that the stack created stays in the cluster when the stack leaves it. A retained claim stays
 * after its backend is disabled, so only the settings count.
 */
export function retainsNamespace(settings: Pick<StackSettings, (typeof BACKENDS_WITH_VOLUME)[number]>): boolean {
    return BACKENDS_WITH_VOLUME.some((backend) => {
        const { existingClaim, retainOnDelete } = settings[backend].persistence;
        return retainOnDelete || existingClaim !== undefined;
    });
}

/** The effects of an update on stored data. */
export interface DataChanges {
    /** Messages about data that would be lost, and how to keep it. The update must not start. */
    readonly losses: readonly string[];
    /** Messages about settings without effect on an existing volume. */
    readonly notices: readonly string[];
}

/** Used bytes of claims by their name. Claims that are not in it have an unknown amount of data. */
export type ClaimUsage = ReadonlyMap<string, number>;

/**
 * Compares the data that a stack holds with what it would hold after an update.
 *
 * @param allowed Owners whose data may be lost: `otel-stack:allowDataLoss`.
 * @param usage Used bytes of the claims in the stack's Namespace.
 */
export function compareStoredData(
    before: StoredData,
    after: StoredData,
    allowed: readonly DataOwner[],
    usage: ClaimUsage = new Map(),
): DataChanges {
    const findRemaining = (volume: DataVolume) =>
        after.volumes.find(
            (next) =>
                next.claim === volume.claim &&
                next.namespace === volume.namespace &&
                // A claim that leaves Pulumi's state is deleted, also if the stack still uses it.
                isCreatedByStack(next) === isCreatedByStack(volume),
        );
    const atRisk = before.volumes.filter(({ owner }) => !allowed.includes(owner));
    const removed = atRisk.filter((volume) => findRemaining(volume) === undefined && !staysInCluster(volume, after));
    const shrunk = before.volumes.flatMap((volume) => {
        const next = findRemaining(volume);
        return next?.size !== undefined &&
            volume.size !== undefined &&
            isManagedByPulumi(volume) &&
            parseBytes(next.size) < parseBytes(volume.size)
            ? [describeShrink(volume, volume.size, next.size)]
            : [];
    });
    const namespace = wouldDeleteNamespace(before, after) ? describeNamespaceLoss(before, atRisk, usage) : [];
    return {
        losses: [...namespace, ...removed.map((volume) => describeRemoval(volume, after, usage)), ...shrunk],
        notices: before.volumes.flatMap((volume) => {
            const next = findRemaining(volume);
            return next !== undefined && next.storageClass !== volume.storageClass
                ? [describeUnchangedClass(volume, next)]
                : [];
        }),
    };
}

function isCreatedByStack({ size }: DataVolume): boolean {
    return size !== undefined;
}

/** Kubernetes creates the claims of a StatefulSet, and does not resize them when the template changes. */
function isManagedByPulumi({ owner }: DataVolume): boolean {
    return owner !== "alertmanager" && owner !== "collector" && owner !== "traceTier";
}

/** A claim that Kubernetes keeps is deleted with its Namespace. The Namespace of a retained claim of Pulumi stays. */
function staysInCluster(volume: DataVolume, after: StoredData): boolean {
    return volume.retained && (isManagedByPulumi(volume) || volume.namespace === after.namespace);
}

/** Pulumi deletes a Namespace that the stack created and no longer contains, with every claim in it. */
function wouldDeleteNamespace(before: StoredData, after: StoredData): boolean {
    return before.namespaceCreated && before.namespace === after.namespace && !after.namespaceCreated;
}

function describeNamespaceLoss(
    { namespace }: StoredData,
    atRisk: readonly DataVolume[],
    usage: ClaimUsage,
): readonly string[] {
    const claims = atRisk.map((volume) => `${volume.claim} (${describeAmount(volume, usage)})`);
    const data = claims.length === 0 ? "" : `, with ${claims.join(", ")}`;
    return [
        `namespace.create: the stack created Namespace ${namespace}; with false Pulumi would delete it and everything in it${data}. ` +
            "Set it to true again. To keep the Namespace outside the stack, first remove it from the state with `pulumi state delete`.",
    ];
}

/** The claims that `pulumi destroy` deletes and keeps, one in each line. */
export function describeDestruction(data: StoredData, usage: ClaimUsage): readonly string[] {
    const deletesNamespace = data.namespaceCreated && data.namespaceRetained !== true;
    return data.volumes.map((volume) => {
        const { claim, namespace, owner, retained } = volume;
        // Kubernetes keeps the claims of a StatefulSet.
        const isKept = retained || (!isManagedByPulumi(volume) && !deletesNamespace);
        const subject = `claim ${namespace}/${claim} (${describeAmount(volume, usage)}) with ${CLAIM_CONTENT[owner]}`;
        return `${isKept ? "keeps" : "deletes"} ${subject}`;
    });
}

const CLAIM_CONTENT: Readonly<Record<DataOwner, string>> = {
    alertmanager: "silences and the record of sent notifications",
    collector: "telemetry that waits for its backends",
    jaeger: "stored traces",
    loki: "stored log records",
    prometheus: "stored metrics",
    traceTier: "traces that wait for their backends",
    victoriaLogs: "stored log records",
};

/** The size of a volume, and how much of it is used. */
function describeAmount({ claim, size }: DataVolume, usage: ClaimUsage): string {
    // Each pod of a StatefulSet has a claim, whose name ends in its number.
    const bytes = [...usage].filter(([name]) => name === claim || isPodClaim(name, claim)).map(([, used]) => used);
    const used =
        bytes.length === 0 ? "used bytes unknown" : `${formatBytes(bytes.reduce((sum, next) => sum + next))} used`;
    return size === undefined ? used : `${size}, ${used}`;
}

/** Whether this is the claim of one pod of a StatefulSet with that claim template. */
export function isPodClaim(name: string, template: string): boolean {
    return name.startsWith(`${template}-`) && /^\d+$/.test(name.slice(template.length + 1));
}

function formatBytes(bytes: number): string {
    return bytes < MIB ? `${Math.ceil(bytes / 1024)}Ki` : `${(bytes / MIB).toFixed(1)}Mi`;
}

function describeRemoval(volume: DataVolume, after: StoredData, usage: ClaimUsage): string {
    const { claim, namespace, owner } = volume;
    const removal = `${owner}: claim ${namespace}/${claim} (${describeAmount(volume, usage)}) with ${CLAIM_CONTENT[owner]} would be deleted`;
    const reason =
        namespace === after.namespace ? removal : `${removal} because the stack moves to Namespace ${after.namespace}`;
    return `${reason}. ${describeKeeping(volume)}. To delete it, set otel-stack:allowDataLoss: [${owner}] for this update.`;
}

function describeKeeping(volume: DataVolume): string {
    if (volume.owner === "alertmanager") {
        return "To keep it, undo the change";
    }
    return isManagedByPulumi(volume)
        ? `To keep it, undo the change, or first set ${volume.owner}.persistence.retainOnDelete: true in a separate update`
        : "To keep it, undo the change and wait until the queues are empty (metric otelcol_exporter_queue_size)";
}

function describeShrink({ claim, namespace, owner }: DataVolume, size: string, wanted: string): string {
    return (
        `${owner}.volumeSize: claim ${namespace}/${claim} has ${size} and cannot shrink to ${wanted}. ` +
        `Set ${owner}.volumeSize: ${size}.`
    );
}

function describeUnchangedClass({ claim, namespace, owner, storageClass }: DataVolume, next: DataVolume): string {
    const now = storageClass === undefined ? "its class" : describeClass(storageClass);
    const asked = next.storageClass === undefined ? "the cluster's default class" : describeClass(next.storageClass);
    return `${owner}: claim ${namespace}/${claim} keeps ${now}; ${asked} applies to new claims only.`;
}

function describeClass(name: string): string {
    return name === "" ? "the empty class" : `class ${name}`;
}
