import * as fs from "node:fs";
import * as path from "node:path";
import { build } from "esbuild";
import type { Image, ImageFile } from "./pack-image";
import { findSharedLibraries } from "./shared-libraries";
import { CACHE, ROOT } from "./directories";

const SHOP_FOLDER = path.join(ROOT, "shop");
const BUNDLE = path.join(CACHE, "shop/main.js");
const MAIN = "/app/main.js";

/** Path of Node.js in the shop image. */
export const NODE_IN_IMAGE = "/usr/bin/node";

/** Reads the version of the shop from shop/package.json. */
export function readShopVersion(): string {
    const { version } = JSON.parse(fs.readFileSync(path.join(SHOP_FOLDER, "package.json"), "utf8")) as {
        version: string;
    };
    return version;
}

/**
 * Builds the files of the shop image without Docker: the Node.js of this process with its shared libraries, and the
 * program bundled into one file. Instrumentation works in a bundle, because it patches only built-in modules of
 * Node.js.
 */
export async function buildShopFiles(): Promise<Pick<Image, "entrypoint" | "files">> {
    await build({
        absWorkingDir: ROOT,
        entryPoints: [path.join(SHOP_FOLDER, "src/main.ts")],
        outfile: BUNDLE,
        bundle: true,
        platform: "node",
        target: "node22",
        format: "cjs",
        // Selects the CommonJS files of packages: their ES modules call a `require` function that they create, which
        // esbuild does not detect, so that the bundle would lack modules.
        conditions: ["require"],
        logLevel: "warning",
    });
    const node = process.execPath;
    const libraries = (await findSharedLibraries(node)).map((file): ImageFile => ({
        from: file,
        to: file,
        mode: 0o755,
    }));
    return {
        files: [{ from: node, to: NODE_IN_IMAGE, mode: 0o755 }, ...libraries, { from: BUNDLE, to: MAIN, mode: 0o644 }],
        entrypoint: [NODE_IN_IMAGE, MAIN],
    };
}
