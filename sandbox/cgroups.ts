import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { CGROUP, FIRST_NODE } from "./nodes";

const ROOT_CGROUP = "/sys/fs/cgroup";

/** Controllers that the kubelet requires. On cgroup v2, a parent must enable the controllers of its children. */
const CONTROLLERS = ["cpu", "cpuset", "hugetlb", "memory", "pids"];

/**
 * Creates the cgroup for the pods of a node.
 *
 * @param cgroup The cgroup of the sandbox, or a child of it.
 * @throws when the cgroups of this machine are not writable, for example in a container.
 */
export function createCgroups(root: string = ROOT_CGROUP, cgroup: string = FIRST_NODE.cgroup): void {
    const version2 = isVersion2(root);
    if (version2) {
        enableControllers(root);
    }
    for (const folder of findCgroups(root, cgroup)) {
        fs.mkdirSync(folder, { recursive: true });
        if (version2 && cgroup !== CGROUP) {
            enableControllers(path.dirname(folder));
        }
    }
}

/** Removes all empty cgroups of the sandbox, children first. Returns the remaining ones. */
export async function removeCgroups(root: string = ROOT_CGROUP): Promise<string[]> {
    const left = (): string[] => findCgroups(root).filter((folder) => fs.existsSync(folder));
    for (const folder of left()) {
        await execa("find", [folder, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";"], { reject: false });
    }
    return left();
}

function isVersion2(root: string): boolean {
    return fs.existsSync(path.join(root, "cgroup.controllers"));
}

/** https://docs.kernel.org/admin-guide/cgroup-v2.html#enabling-and-disabling */
function enableControllers(root: string): void {
    const here = fs.readFileSync(path.join(root, "cgroup.controllers"), "utf8").trim().split(" ");
    const wanted = CONTROLLERS.filter((controller) => here.includes(controller)).map((controller) => `+${controller}`);
    try {
        fs.writeFileSync(path.join(root, "cgroup.subtree_control"), wanted.join(" "));
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(
            `cannot configure the cgroups of this machine (${reason}); run the sandbox outside a container`,
            {
                cause: error,
            },
        );
    }
}

/** Returns the folder of the sandbox in the cgroup v2 hierarchy, or in each hierarchy of cgroup v1. */
function findCgroups(root: string, cgroup: string = CGROUP): string[] {
    if (isVersion2(root)) {
        return [path.join(root, cgroup)];
    }
    return fs
        .readdirSync(root, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => path.join(root, name, cgroup));
}
