import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import type { ProgramFolders } from "./build";
import { CACHE } from "./directories";
import { VERSIONS } from "./go-modules";
import { PROMETHEUS_FOLDER, listPrometheusUiFiles } from "./prometheus-ui";
import { buildShopFiles, readShopVersion } from "./shop-image";
import { findToolboxFiles } from "./toolbox-image";

/** A container image for the containerd of the sandbox. */
export interface Image {
    readonly name: string;
    readonly files: readonly ImageFile[];
    /** Target of each symbolic link, by the path of the link. */
    readonly links?: Readonly<Record<string, string>>;
    readonly entrypoint: readonly string[];
    readonly args?: readonly string[];
    readonly user: number;
    /** @default "/tmp" */
    readonly workingDirectory?: string;
}

export interface ImageFile {
    /** Program in sandbox/go-modules.ts, or the absolute path of a file on this machine. */
    readonly from: string;
    /** Path in the image. */
    readonly to: string;
    readonly mode: number;
}

interface StaticProgram extends Pick<Image, "args" | "name" | "user" | "workingDirectory"> {
    /** Program in sandbox/go-modules.ts. */
    readonly program: string;
    /** Path of the program in the official image, so that pods run both images with the same arguments. */
    readonly path: string;
}

const REPOSITORY = "localhost/otel-sandbox";
const WORKING_DIRECTORY = "/tmp";

export const PAUSE_IMAGE = `${REPOSITORY}/pause:1`;
export const COREDNS_IMAGE = `${REPOSITORY}/coredns:${VERSIONS.coredns}`;
export const METRICS_SERVER_IMAGE = `${REPOSITORY}/metrics-server:${VERSIONS.metricsServer}`;
const PROMETHEUS_IMAGE = `${REPOSITORY}/prometheus:${VERSIONS.prometheus}`;
export const TOOLBOX_IMAGE = `${REPOSITORY}/toolbox:1`;

/** Image without an entrypoint, so that the arguments after `--` of `kubectl run` are the command. */
const TOOLBOX = { name: TOOLBOX_IMAGE, entrypoint: [], args: ["sh"], user: 65532 } as const;

/** Image of the application in shop/. */
export const SHOP_IMAGE = { name: `${REPOSITORY}/shop:${readShopVersion()}`, user: 10001 } as const;

const STATIC_PROGRAMS: readonly StaticProgram[] = [
    { name: PAUSE_IMAGE, program: "pause", path: "/pause", user: 65535 },
    { name: COREDNS_IMAGE, program: "coredns", path: "/coredns", user: 65532 },
    { name: METRICS_SERVER_IMAGE, program: "metrics-server", path: "/metrics-server", user: 65534 },
    {
        name: `${REPOSITORY}/otelcol-contrib:${VERSIONS.collector}`,
        program: "otelcol-contrib",
        path: "/otelcol-contrib",
        args: ["--config", "/etc/otelcol-contrib/config.yaml"],
        user: 10001,
    },
    {
        name: `${REPOSITORY}/otelcol-agent:${VERSIONS.collector}`,
        program: "otelcol-agent",
        path: "/otelcol-contrib",
        args: ["--config", "/etc/otelcol-contrib/config.yaml"],
        user: 10001,
    },
    {
        name: `${REPOSITORY}/telemetrygen:${VERSIONS.telemetrygen}`,
        program: "telemetrygen",
        path: "/telemetrygen",
        user: 10001,
    },
    {
        name: `${REPOSITORY}/jaeger:${VERSIONS.jaeger}`,
        program: "jaeger",
        path: "/cmd/jaeger/jaeger-linux",
        user: 10001,
    },
    {
        name: `${REPOSITORY}/victoria-logs:${VERSIONS.victoriaLogs}`,
        program: "victoria-logs",
        path: "/victoria-logs-prod",
        user: 65534,
    },
    {
        name: PROMETHEUS_IMAGE,
        program: "prometheus",
        path: "/bin/prometheus",
        user: 65534,
        workingDirectory: PROMETHEUS_FOLDER,
    },
];

/** Images that contain one built program each. */
export const IMAGES: readonly Image[] = STATIC_PROGRAMS.map(({ program, path: to, ...image }) => ({
    ...image,
    files: [{ from: program, to, mode: 0o755 }],
    entrypoint: [to],
}));

const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** Packs all images of the sandbox, and returns the paths of their archives. */
export async function packImages(folders: ProgramFolders): Promise<readonly string[]> {
    const shop = { ...SHOP_IMAGE, ...(await buildShopFiles()) };
    const ui = await listPrometheusUiFiles();
    const images = IMAGES.map((image) =>
        image.name === PROMETHEUS_IMAGE ? { ...image, files: [...image.files, ...ui] } : image,
    );
    const toolbox = { ...TOOLBOX, ...(await findToolboxFiles()) };
    return Promise.all([...images, shop, toolbox].map((image) => packImage(image, folders)));
}

/**
 * Packs an image into an OCI archive that containerd imports, and returns its path. Creates the file atomically.
 *
 * @param folders Folders of the built programs. The hash in a folder name identifies the content of the program.
 * @param images Output folder.
 */
export async function packImage(
    image: Image,
    folders: ProgramFolders,
    images: string = path.join(CACHE, "images"),
): Promise<string> {
    const sources = image.files.map((file) => resolveSource(file, folders));
    const key = sha256(JSON.stringify([image, sources.map(({ content }) => content)])).slice(0, 12);
    const [name] = path.basename(image.name).split(":");
    const file = path.join(images, `${name ?? ""}-${key}.tar`);
    if (fs.existsSync(file)) {
        return file;
    }
    // The path is fixed, so that the next run replaces the remains of an interrupted run.
    const work = `${file}.unfinished`;
    fs.rmSync(work, { recursive: true, force: true });
    fs.mkdirSync(work, { recursive: true });
    try {
        const layer = await createLayer(image, sources, work);
        const layout = path.join(work, "layout");
        writeLayout(image, layer, layout);
        const packed = path.join(work, "image.tar");
        await tar(layout, packed);
        fs.renameSync(packed, file);
    } finally {
        fs.rmSync(work, { recursive: true, force: true });
    }
    return file;
}

/** A file of an image, resolved to a file on this machine. */
interface Source extends ImageFile {
    /** Identifies the content: a hash, or the folder name of a built program. */
    readonly content: string;
}

function resolveSource(file: ImageFile, folders: ProgramFolders): Source {
    if (path.isAbsolute(file.from)) {
        return { ...file, content: sha256(fs.readFileSync(file.from)) };
    }
    const folder = folders.get(file.from);
    if (folder === undefined) {
        throw new Error(`no module in sandbox/go-modules.ts builds ${file.from}`);
    }
    return { ...file, from: path.join(folder, file.from), content: path.basename(folder) };
}

async function createLayer(image: Image, sources: readonly Source[], work: string): Promise<string> {
    const root = path.join(work, "root");
    const put = ({ from, to, mode }: ImageFile): void => {
        const file = path.join(root, to);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.copyFileSync(from, file);
        fs.chmodSync(file, mode);
    };
    sources.forEach(put);
    for (const [link, to] of Object.entries(image.links ?? {})) {
        fs.mkdirSync(path.dirname(path.join(root, link)), { recursive: true });
        fs.symlinkSync(to, path.join(root, link));
    }
    if (fs.existsSync(CERTIFICATES)) {
        put({ from: CERTIFICATES, to: CERTIFICATES, mode: 0o644 });
    }
    fs.mkdirSync(path.join(root, "tmp"));
    fs.chmodSync(path.join(root, "tmp"), 0o1777);
    fs.mkdirSync(path.join(root, "etc"), { recursive: true });
    fs.writeFileSync(path.join(root, "etc/passwd"), `nonroot:x:${image.user}:${image.user}::/tmp:/sbin/nologin\n`);
    const layer = path.join(work, "layer.tar");
    await tar(root, layer);
    return layer;
}

/** https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
function writeLayout(image: Image, layer: string, layout: string): void {
    const blobs = path.join(layout, "blobs/sha256");
    fs.mkdirSync(blobs, { recursive: true });
    const layerBytes = fs.readFileSync(layer);
    const layerDigest = sha256(layerBytes);
    fs.renameSync(layer, path.join(blobs, layerDigest));

    const addBlob = (mediaType: string, content: object): object => {
        const text = JSON.stringify(content);
        const digest = sha256(text);
        fs.writeFileSync(path.join(blobs, digest), text);
        return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(text) };
    };
    const config = addBlob("application/vnd.oci.image.config.v1+json", {
        architecture: process.arch === "x64" ? "amd64" : process.arch,
        os: "linux",
        config: {
            Entrypoint: image.entrypoint,
            Cmd: image.args ?? [],
            User: String(image.user),
            WorkingDir: image.workingDirectory ?? WORKING_DIRECTORY,
        },
        rootfs: { type: "layers", diff_ids: [`sha256:${layerDigest}`] },
    });
    const manifest = addBlob("application/vnd.oci.image.manifest.v1+json", {
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        config,
        layers: [
            {
                mediaType: "application/vnd.oci.image.layer.v1.tar",
                digest: `sha256:${layerDigest}`,
                size: layerBytes.length,
            },
        ],
    });
    fs.writeFileSync(path.join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    fs.writeFileSync(
        path.join(layout, "index.json"),
        JSON.stringify({
            schemaVersion: 2,
            manifests: [{ ...manifest, annotations: { "io.containerd.image.name": image.name } }],
        }),
    );
}

async function tar(folder: string, file: string): Promise<void> {
    const sameEveryTime = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];
    // Sets modes regardless of the umask, so that the user of the image can access the folders.
    await execa("tar", [...sameEveryTime, "--mode=a+rX", "-C", folder, "-cf", file, "."]);
}

function sha256(content: string | Buffer): string {
    return createHash("sha256").update(content).digest("hex");
}
