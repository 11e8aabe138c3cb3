import * as fs from "node:fs";
import * as path from "node:path";
import { build } from "esbuild";

export type PluginName = "kubernetes" | "random";

/**
 * Returns the folder name of a plugin in `$PULUMI_HOME/plugins`. The engine requires the version of the npm package.
 */
export function pluginFolder(name: PluginName): string {
    return `resource-${name}-v${readPackageVersion(name)}`;
}

/** Returns the path of a plugin's program in `$PULUMI_HOME/plugins`. */
export function pluginProgram(name: PluginName): string {
    return path.join(pluginFolder(name), `pulumi-resource-${name}`);
}

/**
 * Bundles the random provider into one Node.js program.
 *
 * @param plugins Folder that becomes `$PULUMI_HOME/plugins`. The folder of an earlier build is replaced.
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

/** Reads the version of a provider's npm package. */
export function readPackageVersion(name: PluginName): string {
    const file = require.resolve(`@pulumi/${name}/package.json`);
    const manifest: unknown = JSON.parse(fs.readFileSync(file, "utf8"));
    if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) {
        throw new Error(`${file} has no version`);
    }
    return String(manifest.version).replace(/^v/, "");
}
