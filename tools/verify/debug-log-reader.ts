import { createInterface } from "node:readline";
import { kubectl } from "../stack/kubectl";
import { CollectorLog, type ExporterError } from "./collector-log";
import { messageOf } from "./json-client";
import type { ReadResult, Probe } from "./types";
import { startClock } from "./deadline";

const READ_TIMEOUT_MS = 10_000;
/** Log lines from this long before the start count too: the clocks of kubelet and kubectl meet in whole seconds. */
const MARGIN_SECONDS = 5;

export interface DebugLogReaderOptions {
    readonly namespace: string;
    /** What kubectl needs beside this process's environment. */
    readonly env: NodeJS.ProcessEnv;
    /** The ids to watch for. */
    readonly ids: readonly string[];
}

/** The arguments that read the log of every pod of the collector; by label, since a Deployment's name gives one pod. */
export function logsArgs(namespace: string, sinceSeconds: number): string[] {
    const selector = "app.kubernetes.io/name=otel-collector";
    return ["logs", "-n", namespace, "-l", selector, "--tail=-1", "--ignore-errors", `--since=${sinceSeconds}s`];
}

/** Reads the debug exporter's output by `kubectl logs`, once for all that wait for it. */
export class DebugLogReader {
    private readonly log: CollectorLog;
    private readonly elapsed = startClock();
    private reading: Promise<void> | undefined;

    constructor(private readonly options: DebugLogReaderOptions) {
        this.log = new CollectorLog(options.ids);
    }

    async find({ id, signal }: Probe): Promise<ReadResult> {
        const before = this.log.find(id, signal);
        if (before.state === "found") {
            return before;
        }
        try {
            await this.readFromNow();
        } catch (error) {
            return { state: "unreachable", why: messageOf(error) };
        }
        const after = this.log.find(id, signal);
        // The counts come just before the data: believe that there is no data only when it was so a second time.
        const early = after.state === "unprovable" && before.state !== "unprovable";
        return early ? { state: "absent", why: after.why } : after;
    }

    /** What the collector's exporters complain of in the log read last; reads it again. */
    async exporterErrors(): Promise<readonly ExporterError[]> {
        await this.readFromNow();
        return this.log.exporterErrors();
    }

    /** A reading that others began may have passed the end of the log before: it alone says nothing of now. */
    private async readFromNow(): Promise<void> {
        await this.reading;
        await this.read();
    }

    private async read(): Promise<void> {
        this.reading ??= this.readOnce().finally(() => {
            this.reading = undefined;
        });
        await this.reading;
    }

    private async readOnce(): Promise<void> {
        const { namespace, env } = this.options;
        const since = Math.ceil(this.elapsed()) + MARGIN_SECONDS;
        const child = kubectl({ env }, logsArgs(namespace, since), {
            stdin: "ignore",
            reject: false,
            timeout: READ_TIMEOUT_MS,
            // A busy collector's log is long: line by line, never whole.
            buffer: { stdout: false, stderr: true },
        });
        for await (const line of createInterface({ input: child.stdout })) {
            this.log.add(line);
        }
        const { failed, stderr, shortMessage } = await child;
        if (failed) {
            throw new Error(stderr.trim() === "" ? shortMessage : stderr.trim());
        }
    }
}
