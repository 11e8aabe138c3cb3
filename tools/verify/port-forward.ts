import { createInterface } from "node:readline";
import { execa } from "execa";
import type { Connection } from "./connection";
import { withTimeout } from "./deadline";

/** kubectl waits a minute for a pod to run; what is proven here runs already. */
const START_TIMEOUT_MS = 15_000;
const KILL_AFTER_MS = 2_000;
const PORT_PAIR = /^\d*:\w[\w-]*$/;

type Child = ReturnType<typeof startKubectl>;

interface Running {
    readonly child: Child;
    readonly url: Promise<string>;
    /** Set once it is up. */
    readyUrl?: string;
}

/**
 * The words of a `kubectl port-forward` command with its local port left for kubectl to choose, so that the command
 * people paste is proven without taking the port that it names. Throws when there is no port pair in it.
 */
export function useFreeLocalPort(command: string): [string, ...string[]] {
    const [program = "", ...args] = command.trim().split(/\s+/);
    const pairs = args.filter((word) => PORT_PAIR.test(word));
    if (!args.includes("port-forward") || pairs.length !== 1) {
        throw new Error(`not a port-forward command with one pair of ports: ${command}`);
    }
    return [program, ...args.map((word) => (PORT_PAIR.test(word) ? word.slice(word.indexOf(":")) : word))];
}

/** The URL that kubectl announces in a line of its output, such as `Forwarding from 127.0.0.1:40123 -> 16686`. */
export function parseForwardedUrl(line: string): string | undefined {
    const address = /^Forwarding from (127\.0\.0\.1:\d+|\[::1\]:\d+) -> /.exec(line)?.[1];
    return address === undefined ? undefined : `http://${address}`;
}

/** Runs a port-forward command when its URL is first asked for, and again when it ended; `close` ends it for good. */
export class PortForward implements Connection {
    private running: Running | undefined;
    private closed = false;

    /** @param env what kubectl needs beside this process's environment: KUBECONFIG, PATH */
    constructor(
        private readonly command: string,
        private readonly env: NodeJS.ProcessEnv,
    ) {}

    async url(): Promise<string> {
        if (this.closed) {
            throw new Error(`${this.command}: closed`);
        }
        this.running ??= this.start();
        return this.running.url;
    }

    async renew(failed: string): Promise<void> {
        const { running } = this;
        if (running?.readyUrl === failed) {
            this.running = undefined;
            await endChild(running.child);
        }
    }

    async close(): Promise<void> {
        this.closed = true;
        const { running } = this;
        this.running = undefined;
        if (running !== undefined) {
            await endChild(running.child);
        }
    }

    private start(): Running {
        const child = startKubectl(this.command, this.env);
        const running: Running = { child, url: this.waitForUrl(child) };
        running.url.then(
            (url) => (running.readyUrl = url),
            () => {
                this.forget(running);
            },
        );
        child.once("exit", () => {
            this.forget(running);
        });
        return running;
    }

    private forget(running: Running): void {
        if (this.running === running) {
            this.running = undefined;
        }
    }

    private async waitForUrl(child: Child): Promise<string> {
        try {
            return await withTimeout(START_TIMEOUT_MS, readFirstUrl(child, this.command), this.command);
        } catch (error) {
            await endChild(child);
            throw error;
        }
    }
}

function startKubectl(command: string, env: NodeJS.ProcessEnv) {
    const [program, ...args] = useFreeLocalPort(command);
    return execa(program, args, {
        env,
        stdin: "ignore",
        reject: false,
        buffer: { stdout: false, stderr: true },
        forceKillAfterDelay: KILL_AFTER_MS,
    });
}

/** The first URL that kubectl announces. Its later lines, one for each connection, are read too: a full pipe would stop it. */
function readFirstUrl(child: Child, command: string): Promise<string> {
    return new Promise((resolve, reject) => {
        const lines = createInterface({ input: child.stdout });
        lines.on("line", (line) => {
            const url = parseForwardedUrl(line);
            if (url !== undefined) {
                resolve(url);
            }
        });
        child.then(({ stderr, shortMessage = "ended without a word" }) => {
            const said = stderr.trim();
            reject(new Error(`${command}: ${said === "" ? shortMessage : said}`));
        }, reject);
    });
}

async function endChild(child: Child): Promise<void> {
    child.kill("SIGTERM");
    await child;
}
