import * as fs from "node:fs";
import * as path from "node:path";
import { build } from "esbuild";
import type { Image, ImageFile } from "./images";
import { findSharedLibraries } from "./shared-libraries";
import { CACHE, ROOT } from "./directories";

const SHOP_FOLDER = path.join(ROOT, "shop");
const BUNDLE = path.join(CACHE, "shop/main.js");
const MAIN = "/app/main.js";

/** Node.js in the shop's image. */
export const NODE_IN_IMAGE = "/usr/bin/node";

/** Of shop/package.json, the one place that names it. */
export function readShopVersion(): string {
    const { version } = JSON.parse(fs.readFileSync(path.join(SHOP_FOLDER, "package.json"), "utf8")) as {
        version: string;
    };
    return version;
}

/**
 * The shop as an image without Docker: the Node.js of this process, the libraries that it links to where they are here, and
 * the program bundled into one file. What instrumentation changes is Node.js' own, which a bundle leaves out.
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
        // Of packages that come as both, the CommonJS files: their ES modules load others by a `require` that they make
        // themselves, which esbuild does not see, so that a bundle lacks what they load.
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
