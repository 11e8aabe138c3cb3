import type { Signal } from "../../config/types/signal";
import type { ReadResult } from "./types";

/** The last complaints of one exporter of the collector. */
export interface ExporterError {
    /** As the configuration names it: `otlp_grpc/jaeger`. */
    readonly component: string;
    readonly signal: string;
    readonly text: string;
}

const SIGNAL_BY_WORD = { Traces: "traces", Metrics: "metrics", Logs: "logs", Spans: "traces", Log: "logs" } as const;

/** The debug exporter's line of counts, which every verbosity prints; console and JSON encoding. */
const SUMMARY = /(?:\tinfo\t|"msg":\s*")(Traces|Metrics|Logs)(?:\t\{|")/;
/** Starts the dump of the data, which `basic` leaves out. */
const RECORDS = /Resource(Spans|Metrics|Log) #\d/;
/** One failure makes up to two different lines: what the backend said, and what the queue does about it. */
const MAX_ERRORS_PER_EXPORTER = 2;

function isSignalWord(word: string | undefined): word is keyof typeof SIGNAL_BY_WORD {
    return word !== undefined && word in SIGNAL_BY_WORD;
}

function parseSignal(line: string, pattern: RegExp): Signal | undefined {
    const word = pattern.exec(line)?.[1];
    return isSignalWord(word) ? SIGNAL_BY_WORD[word] : undefined;
}

function parseField(line: string, key: string): string | undefined {
    const quoted = new RegExp(`"${key}":\\s*"((?:[^"\\\\]|\\\\.)*)"`).exec(line)?.[1];
    // Not JSON.parse: a dumped log body may look like a field and be no JSON.
    return quoted
        ?.replace(/\\[nt]/g, " ")
        .replace(/\\(.)/g, "$1")
        .trim();
}

/** What the lines of the collector's log show so far. Lines may be shown to it again. */
export class CollectorLog {
    private readonly seen = new Set<string>();
    private readonly summaries = new Set<Signal>();
    private readonly records = new Set<Signal>();
    private readonly errors = new Map<string, ExporterError & { readonly texts: readonly string[] }>();

    /** @param ids what to watch for */
    constructor(private readonly ids: readonly string[]) {}

    add(line: string): void {
        for (const id of this.ids) {
            if (line.includes(id)) {
                this.seen.add(id);
            }
        }
        const summary = parseSignal(line, SUMMARY);
        if (summary !== undefined) {
            this.summaries.add(summary);
        }
        const records = parseSignal(line, RECORDS);
        if (records !== undefined) {
            this.records.add(records);
        }
        this.addExporterError(line);
    }

    /** What the debug exporter's output says of that id. */
    find(id: string, signal: Signal): ReadResult {
        if (this.seen.has(id)) {
            return { state: "found" };
        }
        if (this.summaries.has(signal) && !this.records.has(signal)) {
            return {
                state: "unprovable",
                why: "the debug exporter prints counts only (verbosity basic): some of this signal passed, not provably this id",
            };
        }
        return { state: "absent", why: "the id is not in the collector's log" };
    }

    exporterErrors(): readonly ExporterError[] {
        return [...this.errors.values()];
    }

    /** By the error it names, not by its level: an export that will be tried again is logged as info. */
    private addExporterError(line: string): void {
        const error = parseField(line, "error");
        if (error === undefined || parseField(line, "otelcol.component.kind") !== "exporter") {
            return;
        }
        const component = parseField(line, "otelcol.component.id") ?? "exporter";
        const signal = parseField(line, "otelcol.signal") ?? "";
        const message = parseField(line, "msg") ?? line.split("\t").at(3) ?? "";
        const text = `${message} (${error})`;
        const key = `${component} ${signal}`;
        const before = this.errors.get(key)?.texts.filter((earlier) => earlier !== text) ?? [];
        const texts = [...before, text].slice(-MAX_ERRORS_PER_EXPORTER);
        this.errors.set(key, { component, signal, texts, text: texts.join("; ") });
    }
}
