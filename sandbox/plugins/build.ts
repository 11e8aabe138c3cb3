import * as fs from "node:fs";
import * as path from "node:path";
import { build } from "esbuild";

export type PluginName = "kubernetes" | "random";

export interface BuiltPlugin {
    readonly name: PluginName;
    /** Of the npm package whose plugin it stands in for. */
    readonly version: string;
    readonly executable: string;
}

const ALL: readonly PluginName[] = ["kubernetes", "random"];

/**
 * Bundles the stand-ins as Pulumi looks for them: `resource-NAME-vVERSION/pulumi-resource-NAME`, run by node.
 *
 * @param outDir Becomes `$PULUMI_HOME/plugins`; made if it is not there. A folder of an older build is replaced whole.
 * @param names @default both
 */
export async function buildPlugins(
    outDir: string,
    names: readonly PluginName[] = ALL,
): Promise<readonly BuiltPlugin[]> {
    return await Promise.all(names.map((name) => buildPlugin(outDir, name)));
}

async function buildPlugin(outDir: string, name: PluginName): Promise<BuiltPlugin> {
    const version = versionOf(name);
    const folder = path.join(outDir, `resource-${name}-v${version}`);
    const file = `pulumi-resource-${name}`;
    const fresh = `${folder}.new-${process.pid}`;
    fs.rmSync(fresh, { recursive: true, force: true });
    await build({
        entryPoints: [path.join(__dirname, name, "main.ts")],
        outfile: path.join(fresh, file),
        bundle: true,
        platform: "node",
        target: "node22",
        format: "cjs",
        minify: true,
        keepNames: true,
        define: { PLUGIN_VERSION: JSON.stringify(version) },
        banner: { js: "#!/usr/bin/env node" },
        logLevel: "warning",
    });
    fs.chmodSync(path.join(fresh, file), 0o755);
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(fresh, folder);
    return { name, version, executable: path.join(folder, file) };
}

/** The engine takes only the version that the npm package asks for. */
export function versionOf(name: PluginName): string {
    const file = require.resolve(`@pulumi/${name}/package.json`);
    const manifest: unknown = JSON.parse(fs.readFileSync(file, "utf8"));
    if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) {
        throw new Error(`${file} names no version`);
    }
    return String(manifest.version).replace(/^v/, "");
}
