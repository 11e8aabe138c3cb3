import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { ROOT } from "../../sandbox/directories";
import type { GoModule } from "../../sandbox/go-modules";
import type { Dependency } from "./licenses";

/** `LICENSE`, `LICENSE-MIT`, `COPYING.md` and similar. Excludes licenses of documentation and logos. */
const LICENSE_FILE = /^(?:(?:un)?licen[cs]e|copying)(?:[.-](?!docs$|logo$|3rd-?party|go$).*)?$/i;

/** Prints the module, version, module folder and package folder of each compiled package, or its error. */
const FORMAT =
    "{{with .Error}}error\t{{.Err}}\n{{end}}" +
    "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}";

/** Error of a package that embeds files which the build adds later. */
const EMBEDS_LATER = /^pattern \S+: no matching files found$/;

/**
 * Lists the Go modules that are compiled into the programs of a module, with the license files of the compiled
 * packages. Excludes modules of the build list that are not compiled, and folders of this project.
 */
export async function listCompiledModules(
    { name, programs, tags = [], cgo = false }: GoModule,
    modules = path.join(ROOT, "sandbox/modules"),
): Promise<Dependency[]> {
    const cwd = path.join(modules, name);
    const { stdout } = await execa(
        "go",
        ["list", "-e", "-deps", "-tags", tags.join(","), "-f", FORMAT, ...Object.values(programs)],
        { cwd, env: { CGO_ENABLED: cgo ? "1" : "0", GOFLAGS: "-mod=readonly", GOWORK: "off" } },
    );
    const texts = new Map<string, Set<string>>();
    for (const line of stdout.split("\n").filter((text) => text !== "")) {
        const [module = "", version = "", root = "", folder = ""] = line.split("\t");
        if (module === "error") {
            if (!EMBEDS_LATER.test(version)) {
                throw new Error(`go list fails for module ${name}: ${version}`);
            }
            continue;
        }
        if (isBelow(root, cwd)) {
            continue;
        }
        const dependency = `${module}@${version}`;
        const known = texts.get(dependency) ?? new Set();
        texts.set(dependency, known);
        findLicenseFiles(folder, root).forEach((file) => known.add(file));
    }
    const usedBy = `sandbox/modules/${name}`;
    return [...texts].map(([dependency, files]) => ({ name: dependency, usedBy, texts: [...files] }));
}

/** Returns the license files of the nearest folder that has one, up to the root of the module or package. */
export function findLicenseFiles(folder: string, root: string): string[] {
    const here = fs
        .readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile() && LICENSE_FILE.test(entry.name))
        .map((entry) => path.join(folder, entry.name));
    return here.length > 0 || folder === root || !isBelow(folder, root)
        ? here
        : findLicenseFiles(path.dirname(folder), root);
}

function isBelow(folder: string, parent: string): boolean {
    return folder.startsWith(`${parent}${path.sep}`);
}
