import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Makes a folder of the cache, unless it is there already, and returns it. It appears whole or not at all, also where
 * two processes make it.
 *
 * @param output The folder; its name ends in a hash of all that goes into it.
 * @param make Fills the folder that it is given. Where it fails, nothing is left.
 */
export async function makeOnce(output: string, make: (folder: string) => Promise<void>): Promise<string> {
    if (fs.existsSync(output)) {
        // What is used stays in the cache: removeUnused.
        const now = new Date();
        fs.utimesSync(output, now, now);
        return output;
    }
    removeUnfinished(output);
    const unfinished = `${output}.unfinished-${process.pid}`;
    fs.mkdirSync(unfinished, { recursive: true });
    try {
        await make(unfinished);
    } catch (error) {
        fs.rmSync(unfinished, { recursive: true });
        throw error;
    }
    moveIntoPlace(unfinished, output);
    return output;
}

/** Removes what processes that were killed have left of the folder, whatever its hash was then. */
function removeUnfinished(output: string): void {
    const parent = path.dirname(output);
    if (!fs.existsSync(parent)) {
        return;
    }
    const start = path.basename(output).replace(/[^-]*$/, "");
    for (const folder of fs.readdirSync(parent).filter((name) => name.startsWith(start))) {
        const pid = /\.unfinished-(\d+)$/.exec(folder)?.[1];
        if (pid !== undefined && !isAlive(Number(pid))) {
            fs.rmSync(path.join(parent, folder), { recursive: true, force: true });
        }
    }
}

function isAlive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return error instanceof Error && "code" in error && error.code === "EPERM";
    }
}

/** Where another process was faster, what it made is the same. */
function moveIntoPlace(unfinished: string, output: string): void {
    try {
        fs.renameSync(unfinished, output);
    } catch (error) {
        if (!fs.existsSync(output)) {
            throw error;
        }
        fs.rmSync(unfinished, { recursive: true });
    }
}
