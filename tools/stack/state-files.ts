import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { ROOT } from "../../sandbox/directories";

const FILE_SCHEME = "file://";
/** Suffix of the file with the attributes of a state file. */
const ATTRIBUTES_SUFFIX = ".attrs";

/**
 * Removes the empty attribute files of Pulumi's backend, if that is a folder of this machine. Returns their paths.
 *
 * Pulumi writes the attributes of a state file in place, before it replaces the state file. A Pulumi that is killed
 * between the two leaves an empty attribute file, and then every command ends with "failed to load checkpoint: EOF". The
 * state file is complete, and nothing needs its attributes.
 */
export async function removeEmptyAttributeFiles(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const { stdout } = await execa("pulumi", ["whoami", "--verbose", "--json"], { cwd: ROOT, env, reject: false });
    const folder = findStateFolder(stdout);
    if (folder === undefined || !fs.existsSync(folder)) {
        return [];
    }
    const empty = fs
        .readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(ATTRIBUTES_SUFFIX))
        .map((file) => path.join(folder, file))
        .filter((file) => fs.statSync(file).size === 0);
    empty.forEach((file) => {
        fs.rmSync(file);
    });
    return empty;
}

/** Undefined if the backend is not a folder, or if Pulumi does not name it. */
function findStateFolder(whoami: string): string | undefined {
    const url = /"url":\s*"([^"]+)"/.exec(whoami)?.[1];
    if (url?.startsWith(FILE_SCHEME) !== true) {
        return undefined;
    }
    const folder = url.slice(FILE_SCHEME.length).replace(/\?.*$/, "").replace(/^~/, os.homedir());
    return path.resolve(ROOT, folder, ".pulumi");
}
