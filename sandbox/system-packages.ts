import { spawnSync } from "node:child_process";
import { execa } from "execa";
import { TOOLBOX_PACKAGES } from "./toolbox-image";

interface PackageRequirement {
    /** Command that succeeds if the package is installed. */
    readonly check: readonly [string, ...string[]];
    /** Name of the Debian package. */
    readonly debian: string;
}

/** System packages that the sandbox requires in addition to Go and Node.js. */
const REQUIRED_PACKAGES: readonly PackageRequirement[] = [
    { check: ["iptables", "--version"], debian: "iptables" },
    { check: ["pkg-config", "--version"], debian: "pkg-config" },
    { check: ["pkg-config", "--exists", "libseccomp"], debian: "libseccomp-dev" },
    { check: ["mkfs.ext4", "-V"], debian: "e2fsprogs" },
    ...TOOLBOX_PACKAGES,
];

/** Additional packages for `make e2e`, which opens the web UIs in a browser. */
export const E2E_PACKAGES: readonly PackageRequirement[] = [{ check: ["chromium", "--version"], debian: "chromium" }];

/** Returns the names of missing Debian packages. */
export function findMissingPackages(packages: readonly PackageRequirement[] = REQUIRED_PACKAGES): string[] {
    return packages
        .filter(({ check: [command, ...args] }) => spawnSync(command, args).status !== 0)
        .map(({ debian }) => debian);
}

/**
 * Installs packages with apt-get.
 *
 * @throws when apt-get is missing, with the names of the packages to install.
 */
export async function installPackages(names: readonly string[]): Promise<void> {
    if (spawnSync("apt-get", ["--version"]).status !== 0) {
        throw new Error(
            `the command 'apt-get' is missing. Install the equivalents of the Debian packages ${names.join(", ")}.`,
        );
    }
    const options = { env: { DEBIAN_FRONTEND: "noninteractive" }, all: true } as const;
    await execa("apt-get", ["update", "--quiet"], options);
    await execa("apt-get", ["install", "--quiet", "--yes", "--no-install-recommends", ...names], options);
}
