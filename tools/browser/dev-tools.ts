import type { ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import type { Readable, Writable } from "node:stream";

const RESPONSE_TIMEOUT_MS = 60_000;

type Fields = Readonly<Record<string, unknown>>;

interface Message {
    readonly id?: number;
    readonly method?: string;
    readonly params?: Fields;
    readonly result?: Fields;
    readonly error?: { readonly message: string };
}

interface PendingCommand {
    resolve(result: Fields): void;
    reject(error: Error): void;
}

/**
 * Chromium's DevTools protocol over the pipe of `--remote-debugging-pipe`. It reads from file descriptor 3 and writes
 * to 4. Messages are JSON with a terminating zero byte. https://chromedevtools.github.io/devtools-protocol/
 */
export class DevTools {
    private readonly events = new EventEmitter();
    private readonly pending = new Map<number, PendingCommand>();
    private readonly to: Writable;
    private ids = 0;
    private unparsed = "";

    constructor(child: ChildProcess) {
        this.to = child.stdio[3] as Writable;
        const from = child.stdio[4] as Readable;
        from.setEncoding("utf8");
        from.on("data", (text: string) => {
            this.read(text);
        });
        const end = (): void => {
            this.fail(new Error("Chromium has ended"));
        };
        this.to.on("error", end);
        child.once("exit", end);
        child.once("error", (error) => {
            this.fail(error);
        });
    }

    /** Opens an empty tab and returns its session id for commands. */
    async openTab(): Promise<string> {
        const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
        const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
        return String(sessionId);
    }

    /** Sends a command to a tab or to the browser, and returns its result. */
    send(method: string, params: object, sessionId?: string): Promise<Fields> {
        const id = ++this.ids;
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => {
                this.pending.delete(id);
                reject(new Error(`${method}: no answer from Chromium`));
            }, RESPONSE_TIMEOUT_MS);
            this.pending.set(id, {
                resolve: (result) => {
                    clearTimeout(timer);
                    resolve(result);
                },
                reject: (error) => {
                    clearTimeout(timer);
                    reject(new Error(`${method}: ${error.message}`));
                },
            });
            this.to.write(
                `${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`,
            );
        });
    }

    on(event: string, listener: (fields: Fields) => void): void {
        this.events.on(event, listener);
    }

    /** The next event with the given name. */
    once(event: string, timeoutMs: number): Promise<Fields> {
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => {
                reject(new Error(`no ${event} from Chromium in ${timeoutMs / 1000} s`));
            }, timeoutMs).unref();
            this.events.once(event, (fields: Fields) => {
                clearTimeout(timer);
                resolve(fields);
            });
        });
    }

    private read(text: string): void {
        const messages = (this.unparsed + text).split("\0");
        this.unparsed = messages.pop() ?? "";
        for (const message of messages) {
            this.receive(JSON.parse(message) as Message);
        }
    }

    private receive({ id, method, params = {}, result = {}, error }: Message): void {
        if (id === undefined) {
            this.events.emit(method ?? "", params);
            return;
        }
        const waiting = this.pending.get(id);
        this.pending.delete(id);
        if (error === undefined) {
            waiting?.resolve(result);
        } else {
            waiting?.reject(new Error(error.message));
        }
    }

    private fail(error: Error): void {
        this.pending.forEach((waiting) => {
            waiting.reject(error);
        });
        this.pending.clear();
    }
}
