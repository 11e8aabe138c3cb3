import { createInterface } from "node:readline";
import { kubectl } from "../stack/kubectl";
import { CollectorLog, type ExporterError } from "./collector-log";
import { describeError } from "./json-client";
import type { ReadResult, Probe } from "./types";
import { startClock } from "./deadline";

const READ_TIMEOUT_MS = 10_000;
/** Reads log lines from this long before the start, because `--since` is in whole seconds and clocks differ. */
const MARGIN_SECONDS = 5;

export interface DebugLogReaderOptions {
    readonly namespace: string;
    /** Environment of kubectl, in addition to that of this process. */
    readonly env: NodeJS.ProcessEnv;
    /** Ids to search for. */
    readonly ids: readonly string[];
}

/** Returns kubectl arguments that read the logs of all Collector pods. `logs deployment/NAME` reads only one pod. */
export function logsArgs(namespace: string, sinceSeconds: number): string[] {
    const selector = "app.kubernetes.io/name=otel-collector";
    return ["logs", "-n", namespace, "-l", selector, "--tail=-1", "--ignore-errors", `--since=${sinceSeconds}s`];
}

/** Reads the output of the debug exporter with `kubectl logs`. Concurrent callers share one read. */
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
            return { state: "unreachable", why: describeError(error) };
        }
        const after = this.log.find(id, signal);
        // The counts are logged before the data, so a read may end between them: `unprovable` requires two reads.
        const early = after.state === "unprovable" && before.state !== "unprovable";
        return early ? { state: "absent", why: after.why } : after;
    }

    /** Reads the log again, and returns the errors of the Collector's exporters. */
    async exporterErrors(): Promise<readonly ExporterError[]> {
        await this.readFromNow();
        return this.log.exporterErrors();
    }

    /** Starts a new read after a running one, which may have passed the current end of the log already. */
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
            // The log may be large: it is read line by line and not buffered.
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
