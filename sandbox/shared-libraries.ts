import { execa } from "execa";

/**
 * Lists the shared libraries of a program, including the loader. Empty for a static program.
 *
 * @throws when a library is not installed.
 */
export async function findSharedLibraries(program: string): Promise<string[]> {
    const { stdout, stderr, failed } = await execa("ldd", [program], { reject: false });
    if (failed && !(stdout + stderr).includes("not a dynamic executable")) {
        throw new Error(`ldd ${program} failed: ${stderr}`);
    }
    const missing = /^\s*(\S+) => not found$/m.exec(stdout)?.[1];
    if (missing !== undefined) {
        throw new Error(`${program} requires the library ${missing}, which is not installed`);
    }
    return [...stdout.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/gm)].flatMap(([, file]) => file ?? []);
}
