import { type KubectlPortForward, startPortForward } from "../stack/kubectl-port-forward";
import type { Connection } from "./connection";
import { awaitWithTimeout } from "./deadline";

/** Shorter than kubectl's wait of one minute for a pod to run, because the pods run already. */
const START_TIMEOUT_MS = 15_000;
const KILL_AFTER_MS = 2_000;
const PORT_PAIR = /^\d*:\w[\w-]*$/;

interface Running {
    readonly child: KubectlPortForward["child"];
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
        const forward = startPortForward(useFreeLocalPort(this.command), {
            env: this.env,
            forceKillAfterDelay: KILL_AFTER_MS,
        });
        const { child } = forward;
        const running: Running = { child, url: this.waitForUrl(forward) };
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

    private async waitForUrl({ child, url }: KubectlPortForward): Promise<string> {
        try {
            return `${await awaitWithTimeout(START_TIMEOUT_MS, url, "kubectl")}${this.basePath}`;
        } catch (error) {
            await endChild(child);
            throw new Error(`${this.command}: ${error instanceof Error ? error.message : String(error)}`, {
                cause: error,
            });
        }
    }
}

async function endChild(child: KubectlPortForward["child"]): Promise<void> {
    child.kill("SIGTERM");
    await child;
}
