import * as fs from "node:fs";
import * as path from "node:path";
import * as z from "zod";
import { ROOT } from "../../sandbox/directories";
import { findLicenseFiles } from "./go-modules";
import type { Dependency } from "./licenses";

const lockFileSchema = z.object({
    packages: z.record(z.string(), z.object({ version: z.string().optional(), license: z.string().optional() })),
});

/**
 * Lists the packages of a `package-lock.json` with their declared licenses.
 *
 * @param file Path of the lock file in the checkout.
 */
export function listLockedPackages(file: string, root: string = ROOT): Dependency[] {
    const { packages } = lockFileSchema.parse(JSON.parse(fs.readFileSync(path.join(root, file), "utf8")));
    return Object.entries(packages)
        .filter(([location]) => location !== "")
        .map(([location, { version = "", license }]) => {
            const folder = path.join(root, path.dirname(file), location);
            return {
                name: `${location.replace(/^.*node_modules\//, "")}@${version}`,
                usedBy: file,
                ...(license === undefined ? {} : { declared: license }),
                texts: fs.existsSync(folder) ? findLicenseFiles(folder, folder) : [],
            };
        });
}
