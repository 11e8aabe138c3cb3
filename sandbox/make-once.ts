import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Creates a cache folder unless it exists, and returns its path. The creation is atomic, also with concurrent
 * processes.
 *
 * @param output Path of the folder. Its name ends with a hash of its inputs.
 * @param make Fills a temporary folder, which is deleted when `make` fails.
 */
export async function makeOnce(output: string, make: (folder: string) => Promise<void>): Promise<string> {
    if (fs.existsSync(output)) {
        // Marks the folder as used, so that removeUnused keeps it.
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

/** Removes temporary folders of killed processes for the same name with any hash. */
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

/** If another process created the folder first, its content is the same. */
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
