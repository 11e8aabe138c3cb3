import type { Signal } from "../../config/types/signal";
import type { ReadResult } from "./types";

/** The latest errors of one exporter of the Collector. */
export interface ExporterError {
    /** Component id in the configuration, for example `otlp_grpc/jaeger`. */
    readonly component: string;
    readonly signal: string;
    readonly text: string;
}

const SIGNAL_BY_WORD = { Traces: "traces", Metrics: "metrics", Logs: "logs", Spans: "traces", Log: "logs" } as const;

/** The debug exporter's line of counts, which every verbosity prints, in console or JSON encoding. */
const SUMMARY = /(?:\tinfo\t|"msg":\s*")(Traces|Metrics|Logs)(?:\t\{|")/;
/** First line of the data dump, which verbosity `basic` omits. */
const RECORDS = /Resource(Spans|Metrics|Log) #\d/;
/** One failure logs up to two different lines: the response of the backend, and the action of the queue. */
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
    // Not JSON.parse: a dumped log body may look like a field but not be valid JSON.
    return quoted
        ?.replace(/\\[nt]/g, " ")
        .replace(/\\(.)/g, "$1")
        .trim();
}

/** Collects ids and exporter errors from lines of the Collector's log. A line may be added more than once. */
export class CollectorLog {
    private readonly seen = new Set<string>();
    private readonly summaries = new Set<Signal>();
    private readonly records = new Set<Signal>();
    private readonly errors = new Map<string, ExporterError & { readonly texts: readonly string[] }>();

    /** @param ids Ids to search for. */
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

    /** Returns whether the debug exporter printed an id. */
    find(id: string, signal: Signal): ReadResult {
        if (this.seen.has(id)) {
            return { state: "found" };
        }
        if (this.summaries.has(signal) && !this.records.has(signal)) {
            return {
                state: "unprovable",
                why: "the debug exporter prints only counts (verbosity basic): data of this signal passed, but the id cannot be checked",
            };
        }
        return { state: "absent", why: "the id is not in the Collector's log" };
    }

    exporterErrors(): readonly ExporterError[] {
        return [...this.errors.values()];
    }

    /** Checks the error field and not the level, because the Collector logs retried exports as info. */
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
