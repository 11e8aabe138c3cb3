import * as fs from "node:fs";
import * as path from "node:path";
import { STATE } from "./directories";
import { FIRST_NODE } from "./nodes";

/** Default StorageClass of the sandbox, so that claims without a class get a volume, as on most clusters. */
export const STORAGE_CLASS = "local";

/** Folder of the disk images. The node mounts each image on a folder of the same name. */
const FOLDER = path.join(STATE, "volumes");

/**
 * Numbers and sizes of the volumes. A claim gets the smallest volume that is large enough. The small volumes are for
 * tests that fill a volume. The others are sufficient for a stack with all backend volumes and several Collectors with
 * persistent queues. The images are sparse: their total size may exceed the disk.
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

/** Creates the disk images as sparse files. */
export function createVolumes(folder: string = FOLDER): void {
    fs.mkdirSync(folder, { recursive: true });
    for (const { name, mebibytes } of VOLUMES) {
        const image = path.join(folder, `${name}.img`);
        fs.writeFileSync(image, "");
        fs.truncateSync(image, mebibytes * 2 ** 20);
    }
}

/** Returns the disk images with a loop device. The kernel detaches them asynchronously after the last unmount. */
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
        // Not a loop device, or detached meanwhile.
        return "";
    }
}

/** Renders the StorageClass and a PersistentVolume for each disk image. */
export function renderVolumeObjects(): readonly object[] {
    return [
        renderStorageClass(STORAGE_CLASS, { "storageclass.kubernetes.io/is-default-class": "true" }),
        ...VOLUMES.map(({ name, mebibytes }) =>
            renderLocalVolume({
                name,
                storage: `${mebibytes}Mi`,
                folder: path.join(FOLDER, name),
                storageClass: STORAGE_CLASS,
                nodes: [FIRST_NODE.name],
            }),
        ),
    ];
}

/** Renders a StorageClass whose volumes exist before their claims. */
export function renderStorageClass(name: string, annotations: Readonly<Record<string, string>> = {}): object {
    return {
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: { name, annotations },
        provisioner: "kubernetes.io/no-provisioner",
        volumeBindingMode: "WaitForFirstConsumer",
    };
}

/** A folder of this machine that pods on some nodes can mount. */
export interface LocalVolume {
    readonly name: string;
    /** A Kubernetes quantity. */
    readonly storage: string;
    readonly folder: string;
    readonly storageClass: string;
    readonly nodes: readonly string[];
}

export function renderLocalVolume({ name, storage, folder, storageClass, nodes }: LocalVolume): object {
    const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values: nodes }];
    return {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name },
        spec: {
            accessModes: ["ReadWriteOnce"],
            capacity: { storage },
            local: { path: folder },
            nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } },
            // Kubernetes supports only Retain for local volumes. sandbox/node/volumes.sh reclaims those of the sandbox.
            persistentVolumeReclaimPolicy: "Retain",
            storageClassName: storageClass,
        },
    };
}
