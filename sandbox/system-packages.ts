import { spawnSync } from "node:child_process";
import { execa } from "execa";
import { TOOLBOX_PACKAGES } from "./toolbox-image";

interface PackageRequirement {
    /** Succeeds where it is there. */
    readonly check: readonly [string, ...string[]];
    /** Debian's package. */
    readonly debian: string;
}

/** What the sandbox needs of the system beyond what a machine for Go and Node.js has. */
const REQUIRED_PACKAGES: readonly PackageRequirement[] = [
    { check: ["iptables", "--version"], debian: "iptables" },
    { check: ["pkg-config", "--version"], debian: "pkg-config" },
    { check: ["pkg-config", "--exists", "libseccomp"], debian: "libseccomp-dev" },
    { check: ["mkfs.ext4", "-V"], debian: "e2fsprogs" },
    ...TOOLBOX_PACKAGES,
];

/** What `make e2e` needs beside that: the web UIs are opened in a browser. */
export const E2E_PACKAGES: readonly PackageRequirement[] = [{ check: ["chromium", "--version"], debian: "chromium" }];

/** Names of Debian's packages that this machine lacks. */
export function findMissingPackages(packages: readonly PackageRequirement[] = REQUIRED_PACKAGES): string[] {
    return packages
        .filter(({ check: [command, ...args] }) => spawnSync(command, args).status !== 0)
        .map(({ debian }) => debian);
}

/**
 * Installs packages with apt-get.
 *
 * @throws where there is no apt-get, with what to install by hand.
 */
export async function installPackages(names: readonly string[]): Promise<void> {
    if (spawnSync("apt-get", ["--version"]).status !== 0) {
        throw new Error(`install what Debian calls ${names.join(", ")} with this system's package manager`);
    }
    const options = { env: { DEBIAN_FRONTEND: "noninteractive" }, all: true } as const;
    await execa("apt-get", ["update", "--quiet"], options);
    await execa("apt-get", ["install", "--quiet", "--yes", "--no-install-recommends", ...names], options);
}
