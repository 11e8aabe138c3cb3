import * as fs from "node:fs";
import * as path from "node:path";
import { STATE } from "./directories";

/** The default class of the sandbox, so that a claim that names none gets its volume as on most clusters. */
export const STORAGE_CLASS = "local";

/** One disk image a volume; the node mounts each on a folder of the same name. */
const FOLDER = path.join(STATE, "volumes");

/**
 * How many volumes of which size there are. A claim gets the smallest that is large enough: small ones to fill up, and
 * of all others enough for a stack that keeps every store and the queues of some Collectors on volumes. What they
 * promise together is more than most disks have; they take what is written.
 */
const POOL = [
    { mebibytes: 64, count: 4 },
    { mebibytes: 1024, count: 6 },
    { mebibytes: 4096, count: 6 },
    { mebibytes: 8192, count: 2 },
    { mebibytes: 32768, count: 2 },
] as const;

interface Volume {
    readonly name: string;
    readonly mebibytes: number;
}

const VOLUMES: readonly Volume[] = POOL.flatMap(({ mebibytes, count }) =>
    Array.from({ length: count }, (_, index) => ({ name: `local-${mebibytes}mi-${index + 1}`, mebibytes })),
);

/** Makes the disk images; they take room as they are written to. */
export function createVolumes(folder: string = FOLDER): void {
    fs.mkdirSync(folder, { recursive: true });
    for (const { name, mebibytes } of VOLUMES) {
        const image = path.join(folder, `${name}.img`);
        fs.writeFileSync(image, "");
        fs.truncateSync(image, mebibytes * 2 ** 20);
    }
}

/** Disk images that the kernel still holds: it lets go of them some time after the node's last mount. */
export function findAttachedVolumes(folder: string = FOLDER, devices = "/sys/block"): string[] {
    return fs
        .readdirSync(devices)
        .map((device) => readIfPresent(path.join(devices, device, "loop/backing_file")).trim())
        .filter((image) => image.startsWith(`${folder}/`));
}

function readIfPresent(file: string): string {
    try {
        return fs.readFileSync(file, "utf8");
    } catch {
        // Another kind of device, or one that was let go of just now.
        return "";
    }
}

/** The class, and a PersistentVolume for each disk image. */
export function renderVolumeObjects(): readonly object[] {
    return [STORAGE_CLASS_OBJECT, ...VOLUMES.map(renderPersistentVolume)];
}

const STORAGE_CLASS_OBJECT = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: STORAGE_CLASS, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: "WaitForFirstConsumer",
};

function renderPersistentVolume({ name, mebibytes }: Volume): object {
    return {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name },
        spec: {
            accessModes: ["ReadWriteOnce"],
            capacity: { storage: `${mebibytes}Mi` },
            local: { path: path.join(FOLDER, name) },
            nodeAffinity: {
                required: {
                    nodeSelectorTerms: [
                        { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["sandbox"] }] },
                    ],
                },
            },
            // Kubernetes knows no other for local volumes; sandbox/node/volumes.sh does the rest.
            persistentVolumeReclaimPolicy: "Retain",
            storageClassName: STORAGE_CLASS,
        },
    };
}
