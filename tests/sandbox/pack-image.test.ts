import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { ProgramFolders } from "../../sandbox/build";
import { type Image, packImage } from "../../sandbox/pack-image";
import { isRecord } from "../../tools/render/program";
import {
    getRejectionMessage,
    removeDirectory,
    createTemporaryDirectory,
    withPath,
    writeCommands,
} from "../support/fake-commands";

const IMAGE: Image = {
    name: "localhost/otel-sandbox/jaeger:2.13.0",
    files: [{ from: "jaeger", to: "/cmd/jaeger/jaeger-linux", mode: 0o755 }],
    entrypoint: ["/cmd/jaeger/jaeger-linux"],
    links: { "/usr/bin/jaeger": "/cmd/jaeger/jaeger-linux" },
    args: ["--config", "/etc/jaeger.yaml"],
    user: 10001,
};

function hashSha256(content: Buffer): string {
    return createHash("sha256").update(content).digest("hex");
}

function runTar(...args: readonly string[]): string {
    return execFileSync("tar", args, { encoding: "utf8" });
}

function readJson(file: string): Record<string, unknown> {
    const content: unknown = JSON.parse(fs.readFileSync(file, "utf8"));
    assert.ok(isRecord(content));
    return content;
}

/** What a descriptor of an OCI layout points at, once its digest and size are proven. */
function findBlob(layout: string, descriptor: unknown): string {
    assert.ok(isRecord(descriptor));
    const digest = String(descriptor.digest).replace(/^sha256:/, "");
    const file = path.join(layout, "blobs/sha256", digest);
    const content = fs.readFileSync(file);
    assert.equal(hashSha256(content), digest);
    assert.equal(descriptor.size, content.length);
    return file;
}

describe("packImage", () => {
    let work: string;
    let built: string;
    let images: string;

    beforeEach(() => {
        work = createTemporaryDirectory();
        built = path.join(work, "jaeger-0123456789ab");
        images = path.join(work, "cache/images");
        fs.mkdirSync(built);
        fs.writeFileSync(path.join(built, "jaeger"), "program", { mode: 0o700 });
    });

    const folders = (folder: string = built): ProgramFolders => new Map([["jaeger", folder]]);

    afterEach(() => {
        removeDirectory(work);
    });

    const unpack = (
        file: string,
    ): { layout: string; config: Record<string, unknown>; layer: string; name: unknown } => {
        const layout = path.join(work, "layout");
        fs.mkdirSync(layout);
        runTar("-xf", file, "-C", layout);
        const [manifestAt] = readJson(path.join(layout, "index.json")).manifests as readonly Record<string, unknown>[];
        const name = isRecord(manifestAt?.annotations) && manifestAt.annotations["io.containerd.image.name"];
        const manifest = readJson(findBlob(layout, manifestAt));
        const [layerAt] = manifest.layers as readonly unknown[];
        return { layout, config: readJson(findBlob(layout, manifest.config)), layer: findBlob(layout, layerAt), name };
    };

    it("writes a valid OCI layout with correct digests and the image's name", async () => {
        const { layout, config, layer, name } = unpack(await packImage(IMAGE, folders(), images));
        assert.deepEqual(readJson(path.join(layout, "oci-layout")), { imageLayoutVersion: "1.0.0" });
        assert.equal(name, IMAGE.name);
        assert.deepEqual(config.rootfs, { type: "layers", diff_ids: [`sha256:${path.basename(layer)}`] });
        assert.equal(fs.readdirSync(path.join(layout, "blobs/sha256")).length, 3);
    });

    it("runs the program as the image's user at the official image's path", async () => {
        const { config } = unpack(await packImage(IMAGE, folders(), images));
        assert.deepEqual(config.config, {
            Entrypoint: ["/cmd/jaeger/jaeger-linux"],
            Cmd: ["--config", "/etc/jaeger.yaml"],
            User: "10001",
            WorkingDir: "/tmp",
        });
        assert.equal(config.os, "linux");
    });

    it("starts the program in the image's working directory", async () => {
        const image = { ...IMAGE, workingDirectory: "/usr/share/jaeger" };
        const { config } = unpack(await packImage(image, folders(), images));
        assert.ok(isRecord(config.config));
        assert.equal(config.config.WorkingDir, "/usr/share/jaeger");
    });

    for (const [node, oci] of [
        ["x64", "amd64"],
        ["arm64", "arm64"],
    ]) {
        it(`names the architecture ${String(oci)} when Node.js reports ${String(node)}`, async () => {
            const original = Object.getOwnPropertyDescriptor(process, "arch");
            assert.ok(original);
            Object.defineProperty(process, "arch", { ...original, value: node });
            try {
                assert.equal(unpack(await packImage(IMAGE, folders(), images)).config.architecture, oci);
            } finally {
                Object.defineProperty(process, "arch", original);
            }
        });
    }

    for (const umask of [0o022, 0o077]) {
        it(`makes files readable by the image's user when umask is ${umask.toString(8)}`, async () => {
            const before = process.umask(umask);
            try {
                const { layer } = unpack(await packImage(IMAGE, folders(), images));
                const lines = runTar("-tvf", layer).trim().split("\n");
                const modes = new Map(lines.map((line) => [line.split(" ").at(-1), line.split(" ")[0]]));
                assert.equal(modes.get("./tmp/"), "drwxrwxrwt");
                assert.equal(modes.get("./cmd/jaeger/jaeger-linux"), "-rwxr-xr-x");
                assert.equal(modes.get("./etc/passwd"), "-rw-r--r--");
                for (const folder of ["./", "./cmd/", "./cmd/jaeger/", "./etc/"]) {
                    assert.equal(modes.get(folder), "drwxr-xr-x", folder);
                }
                assert.ok(lines.every((line) => line.includes(" 0/0 ")));
                assert.match(runTar("-xOf", layer, "./etc/passwd"), /^nonroot:x:10001:10001:/);
                assert.equal(runTar("-xOf", layer, "./cmd/jaeger/jaeger-linux"), "program");
                assert.match(runTar("-tvf", layer), / \.\/usr\/bin\/jaeger -> \/cmd\/jaeger\/jaeger-linux$/m);
            } finally {
                process.umask(before);
            }
        });
    }

    it("is reproducible", async () => {
        const one = fs.readFileSync(await packImage(IMAGE, folders(), images));
        fs.utimesSync(path.join(built, "jaeger"), 1, 1);
        const other = fs.readFileSync(await packImage(IMAGE, folders(), path.join(work, "elsewhere")));
        assert.equal(hashSha256(one), hashSha256(other));
    });

    it("repacks only when the program or the image changes", async () => {
        const file = await packImage(IMAGE, folders(), images);
        await withPath(work, async () => {
            assert.equal(await packImage(IMAGE, folders(), images), file);
        });
        const rebuilt = path.join(work, "jaeger-ba9876543210");
        fs.cpSync(built, rebuilt, { recursive: true });
        const all = [
            file,
            await packImage(IMAGE, folders(rebuilt), images),
            await packImage({ ...IMAGE, user: 1 }, folders(), images),
        ];
        assert.equal(new Set(all).size, 3);
    });

    it("packs files of the machine, and repacks when their content changes", async () => {
        const library = path.join(work, "libc.so.6");
        const image = { ...IMAGE, files: [...IMAGE.files, { from: library, to: "/lib/libc.so.6", mode: 0o644 }] };
        const pack = async (content: string): Promise<string> => {
            fs.writeFileSync(library, content);
            return packImage(image, folders(), images);
        };
        const file = await pack("one");
        assert.notEqual(await pack("another"), file);
        assert.equal(await pack("one"), file);
        const { layer } = unpack(file);
        assert.equal(runTar("-xOf", layer, "./lib/libc.so.6"), "one");
        assert.equal(runTar("-xOf", layer, "./cmd/jaeger/jaeger-linux"), "program");
    });

    it("reports a program that no module builds", async () => {
        const message = await getRejectionMessage(packImage(IMAGE, new Map(), images));
        assert.equal(message, "no module in sandbox/go-modules.ts builds jaeger");
    });

    it("leaves no temporary files", async () => {
        const file = await packImage(IMAGE, folders(), images);
        assert.deepEqual(fs.readdirSync(images), [path.basename(file)]);
    });

    it("leaves nothing after a failure", async () => {
        const bin = path.join(work, "bin");
        writeCommands(bin, { tar: "echo 'tar: No space left on device' >&2; exit 2" });
        const message = await getRejectionMessage(withPath(bin, () => packImage(IMAGE, folders(), images)));
        assert.match(message, /No space left on device/);
        assert.deepEqual(fs.readdirSync(images), []);
    });

    it("replaces the leftovers of an interrupted run", async () => {
        const file = await packImage(IMAGE, folders(), images);
        const whole = fs.readFileSync(file);
        fs.rmSync(file);
        fs.mkdirSync(path.join(`${file}.unfinished`, "root/tmp"), { recursive: true });
        fs.writeFileSync(path.join(`${file}.unfinished`, "root/stray"), "stray");
        assert.ok(fs.readFileSync(await packImage(IMAGE, folders(), images)).equals(whole));
        assert.deepEqual(fs.readdirSync(images), [path.basename(file)]);
    });
});
