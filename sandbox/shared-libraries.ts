import { execa } from "execa";

/** The shared libraries, the loader included, that a program needs; none where it is static. */
export async function findSharedLibraries(program: string): Promise<string[]> {
    const { stdout, stderr, failed } = await execa("ldd", [program], { reject: false });
    if (failed && !(stdout + stderr).includes("not a dynamic executable")) {
        throw new Error(`ldd ${program} failed: ${stderr}`);
    }
    const missing = /^\s*(\S+) => not found$/m.exec(stdout)?.[1];
    if (missing !== undefined) {
        throw new Error(`${program} needs ${missing}, which this machine has not`);
    }
    return [...stdout.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/gm)].flatMap(([, file]) => file ?? []);
}
