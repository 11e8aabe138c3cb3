import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

export interface FakeKubectl {
    /** Puts it before every other kubectl. */
    readonly env: { readonly PATH: string };
    /** Process ids of the port-forwards it was started for. */
    pids(): number[];
    /** What every port-forward was called with. */
    calls(): string[];
    remove(): void;
}

/**
 * A kubectl on PATH whose port-forward announces the given local port for a remote one and then stays, and whose logs
 * prints that file.
 */
export function createFakeKubectl(ports: Readonly<Record<number, number>>, logFile: string): FakeKubectl {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "verify-test-"));
    const started = path.join(folder, "started");
    const calls = path.join(folder, "calls");
    fs.writeFileSync(started, "");
    fs.writeFileSync(calls, "");
    const cases = Object.entries(ports).map(([remote, local]) => `*":${remote}") local=${local} ;;`);
    const script = [
        "#!/bin/sh",
        `if [ "$1" = logs ]; then exec cat '${logFile}'; fi`,
        `echo "$*" >> '${calls}'`,
        'case "$*" in',
        ...cases,
        '*) echo "error: services \\"nobody\\" not found" >&2; exit 1 ;;',
        "esac",
        `echo $$ >> '${started}'`,
        'echo "Forwarding from 127.0.0.1:$local -> 1"',
        "exec sleep 60",
    ];
    fs.writeFileSync(path.join(folder, "kubectl"), script.join("\n"), { mode: 0o755 });
    const lines = (file: string): string[] => fs.readFileSync(file, "utf8").split("\n").filter(Boolean);
    return {
        env: { PATH: `${folder}:${process.env.PATH ?? ""}` },
        pids: () => lines(started).map(Number),
        calls: () => lines(calls),
        remove: () => {
            fs.rmSync(folder, { recursive: true });
        },
    };
}

export function isAlive(pid: number): boolean {
    try {
        return process.kill(pid, 0);
    } catch {
        return false;
    }
}
