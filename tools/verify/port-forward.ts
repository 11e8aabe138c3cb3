import { createInterface } from "node:readline";
import { execa } from "execa";
import type { Connection } from "./connection";
import { awaitWithTimeout } from "./deadline";

/** Shorter than kubectl's wait of one minute for a pod to run, because the pods run already. */
const START_TIMEOUT_MS = 15_000;
const KILL_AFTER_MS = 2_000;
const PORT_PAIR = /^\d*:\w[\w-]*$/;

type Child = ReturnType<typeof startKubectl>;

interface Running {
    readonly child: Child;
    readonly url: Promise<string>;
    /** The URL. Set when the port-forward is ready. */
    readyUrl?: string;
}

/**
 * Splits a `kubectl port-forward` command into words, and removes its local port. kubectl then chooses a free port, so
 * that the printed command is tested without using its local port.
 *
 * @throws when the command does not have exactly one pair of ports.
 */
export function useFreeLocalPort(command: string): [string, ...string[]] {
    const [program = "", ...args] = command.trim().split(/\s+/);
    const pairs = args.filter((word) => PORT_PAIR.test(word));
    if (!args.includes("port-forward") || pairs.length !== 1) {
        throw new Error(`expected a port-forward command with one pair of ports, got: ${command}`);
    }
    return [program, ...args.map((word) => (PORT_PAIR.test(word) ? word.slice(word.indexOf(":")) : word))];
}

/** Parses the URL in an output line of kubectl, for example `Forwarding from 127.0.0.1:40123 -> 16686`. */
export function parseForwardedUrl(line: string): string | undefined {
    const address = /^Forwarding from (127\.0\.0\.1:\d+|\[::1\]:\d+) -> /.exec(line)?.[1];
    return address === undefined ? undefined : `http://${address}`;
}

/** Starts a port-forward when its URL is first requested, and again after it ended. `close` ends it permanently. */
export class PortForward implements Connection {
    private running: Running | undefined;
    private closed = false;

    /**
     * @param env Environment of kubectl, in addition to that of this process: KUBECONFIG, PATH.
     * @param basePath Path below which the Service has its API. {@link url} ends with it.
     */
    constructor(
        private readonly command: string,
        private readonly env: NodeJS.ProcessEnv,
        private readonly basePath = "",
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
            const url = await awaitWithTimeout(START_TIMEOUT_MS, readFirstUrl(child, this.command), this.command);
            return `${url}${this.basePath}`;
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

/** Returns the first URL that kubectl prints. Reads its later lines too, because a full pipe would block kubectl. */
function readFirstUrl(child: Child, command: string): Promise<string> {
    return new Promise((resolve, reject) => {
        const lines = createInterface({ input: child.stdout });
        lines.on("line", (line) => {
            const url = parseForwardedUrl(line);
            if (url !== undefined) {
                resolve(url);
            }
        });
        child.then(({ stderr, shortMessage = "ended without a message" }) => {
            const said = stderr.trim();
            reject(new Error(`${command}: ${said === "" ? shortMessage : said}`));
        }, reject);
    });
}

async function endChild(child: Child): Promise<void> {
    child.kill("SIGTERM");
    await child;
}
