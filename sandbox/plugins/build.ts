import * as fs from "node:fs";
import * as path from "node:path";
import { build } from "esbuild";

export type PluginName = "kubernetes" | "random";

/** Folder of a plugin below `$PULUMI_HOME/plugins`. The engine takes only the version that the npm package asks for. */
export function pluginFolder(name: PluginName): string {
    return `resource-${name}-v${readPackageVersion(name)}`;
}

/** Path of a plugin's program below `$PULUMI_HOME/plugins`. */
export function pluginProgram(name: PluginName): string {
    return path.join(pluginFolder(name), `pulumi-resource-${name}`);
}

/**
 * Bundles the random provider into one file that node runs.
 *
 * @param plugins Becomes `$PULUMI_HOME/plugins`. A folder of an older build is replaced whole.
 */
export async function bundleRandomProvider(plugins: string): Promise<void> {
    const folder = path.join(plugins, pluginFolder("random"));
    const fresh = `${folder}.new-${process.pid}`;
    const program = path.join(fresh, path.basename(pluginProgram("random")));
    fs.rmSync(fresh, { recursive: true, force: true });
    await build({
        entryPoints: [path.join(__dirname, "random/main.ts")],
        outfile: program,
        bundle: true,
        platform: "node",
        target: "node22",
        format: "cjs",
        minify: true,
        keepNames: true,
        define: { PLUGIN_VERSION: JSON.stringify(readPackageVersion("random")) },
        banner: { js: "#!/usr/bin/env node" },
        logLevel: "warning",
    });
    fs.chmodSync(program, 0o755);
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(fresh, folder);
}

/** Version of a provider's npm package. */
export function readPackageVersion(name: PluginName): string {
    const file = require.resolve(`@pulumi/${name}/package.json`);
    const manifest: unknown = JSON.parse(fs.readFileSync(file, "utf8"));
    if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) {
        throw new Error(`${file} names no version`);
    }
    return String(manifest.version).replace(/^v/, "");
}
