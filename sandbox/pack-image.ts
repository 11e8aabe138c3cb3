import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import type { ProgramFolders } from "./build";
import { CACHE } from "./directories";

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

const WORKING_DIRECTORY = "/tmp";
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

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
