import type { VictoriaLogsSettings } from "../config/schema";
import { cacheBytes, filledMiB } from "../config/sizing";
import { bytesOf, secondsOf } from "../config/units";
import { STREAM_ATTRIBUTES } from "./shared/correlation";

export const VICTORIA_LOGS_PORT = 9428;

/** Where VictoriaLogs keeps its data. */
export const VICTORIA_LOGS_FOLDER = "/victoria-logs-data";

export interface VictoriaLogsFlagArgs extends Pick<
    VictoriaLogsSettings,
    "flushInterval" | "ingestion" | "resources" | "retention"
> {
    /** Size of its disk. */
    readonly storage: string;
}

/** The flags of VictoriaLogs, which reads no file: https://docs.victoriametrics.com/victorialogs/#list-of-command-line-flags */
export function victoriaLogsFlags(args: VictoriaLogsFlagArgs): readonly string[] {
    const { flushInterval, ingestion, resources, retention, storage } = args;
    const flags = {
        httpListenAddr: `:${VICTORIA_LOGS_PORT}`,
        storageDataPath: VICTORIA_LOGS_FOLDER,
        retentionPeriod: `${secondsOf(retention)}s`,
        "retention.maxDiskSpaceUsageBytes": `${filledMiB(storage)}MiB`,
        inmemoryDataFlushInterval: `${secondsOf(flushInterval)}s`,
        "opentelemetry.maxRequestSize": bytesOf(ingestion.maxRequestSize),
        "insert.maxFieldsPerLine": ingestion.maxFields,
        "memory.allowedBytes": cacheBytes(resources.limits.memory),
        // A record without a body has no message: by default it would be a sentence about a missing field.
        defaultMsgValue: "",
        // A page that is open in the same browser would read all records by way of a port-forward.
        "http.disableCORS": true,
        "http.header.disableServerHostname": true,
        // Between the pods of a cluster of VictoriaLogs, which this is not.
        "internalinsert.disable": true,
        "internalselect.disable": true,
        loggerLevel: "WARN",
    } as const;
    return Object.entries(flags).map(([name, value]) => `-${name}=${value}`);
}

/** What the Collector says to VictoriaLogs with each request: what tells streams apart, and what the message is. */
export function victoriaLogsHeaders({
    messageFields,
}: Pick<VictoriaLogsSettings, "messageFields">): Readonly<Record<string, string>> {
    return {
        "VL-Stream-Fields": STREAM_ATTRIBUTES.join(","),
        ...(messageFields.length === 0 ? {} : { "VL-Msg-Field": messageFields.join(",") }),
    };
}
