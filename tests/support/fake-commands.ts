import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A folder that a test has to itself. Its name has a space, as a user's may. */
export function createTemporaryDirectory(): string {
    return fs.mkdtempSync(path.join(os.tmpdir(), "otel stack test-"));
}

export function removeDirectory(folder: string): void {
    fs.rmSync(folder, { recursive: true, force: true });
}

/** Puts shell scripts into a folder under the names of the commands that they replace. */
export function writeCommands(folder: string, commands: Readonly<Record<string, string>>): void {
    fs.mkdirSync(folder, { recursive: true });
    for (const [name, script] of Object.entries(commands)) {
        fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
}

/** Runs something with another PATH of this process. */
export async function runWithPath<T>(value: string, work: () => Promise<T>): Promise<T> {
    const before = process.env.PATH;
    process.env.PATH = value;
    try {
        return await work();
    } finally {
        process.env.PATH = before;
    }
}

/** What a promise is rejected with. */
export async function getRejectionMessage(promise: Promise<unknown>): Promise<string> {
    try {
        await promise;
    } catch (error) {
        return error instanceof Error ? error.message : String(error);
    }
    throw new Error("nothing failed");
}
