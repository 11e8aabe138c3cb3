import { createInterface } from "node:readline";
import { execa, type Options } from "execa";

/** A running `kubectl port-forward`. */
export interface KubectlPortForward {
    readonly child: ReturnType<typeof startKubectl>;
    /** The local URL, when kubectl has opened it. Rejected with kubectl's message if kubectl ends before. */
    readonly url: Promise<string>;
}

type KubectlOptions = Pick<Options, "cancelSignal" | "env" | "forceKillAfterDelay">;

/** @param command Program and arguments. */
export function startPortForward(
    command: readonly [program: string, ...args: string[]],
    options: KubectlOptions,
): KubectlPortForward {
    const child = startKubectl(command, options);
    return { child, url: readFirstUrl(child) };
}

function startKubectl([program, ...args]: readonly [string, ...string[]], options: KubectlOptions) {
    return execa(program, args, {
        ...options,
        stdin: "ignore",
        reject: false,
        buffer: { stdout: false, stderr: true },
    });
}

/** Reads the lines after the URL as well, because a full pipe would block kubectl. */
function readFirstUrl(child: KubectlPortForward["child"]): Promise<string> {
    return new Promise((resolve, reject) => {
        createInterface({ input: child.stdout }).on("line", (line) => {
            const url = parseForwardedUrl(line);
            if (url !== undefined) {
                resolve(url);
            }
        });
        child.then(({ stderr, shortMessage = "ended without a message" }) => {
            const said = stderr.trim();
            reject(new Error(said === "" ? shortMessage : said));
        }, reject);
    });
}

/** Parses the URL in an output line of kubectl, for example `Forwarding from 127.0.0.1:40123 -> 16686`. */
export function parseForwardedUrl(line: string): string | undefined {
    const address = /^Forwarding from (127\.0\.0\.1:\d+|\[::1\]:\d+) -> /.exec(line)?.[1];
    return address === undefined ? undefined : `http://${address}`;
}
