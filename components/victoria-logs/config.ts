import type { VictoriaLogsSettings } from "../../config/schema/schema";
import { cacheBytes, maxDiskUsageMiB } from "../../config/model/memory";
import { parseBytes, parseSeconds } from "../../config/types/units";
import { STREAM_ATTRIBUTES } from "../telemetry/names";

export const VICTORIA_LOGS_PORT = 9428;

/** Where VictoriaLogs keeps its data. */
export const VICTORIA_LOGS_DATA_DIR = "/victoria-logs-data";

export interface VictoriaLogsFlagArgs extends Pick<
    VictoriaLogsSettings,
    "flushInterval" | "ingestion" | "resources" | "retention"
> {
    /** Size of its disk. */
    readonly volumeSize: string;
}

/** The flags of VictoriaLogs, which reads no file: https://docs.victoriametrics.com/victorialogs/#list-of-command-line-flags */
export function renderVictoriaLogsFlags(args: VictoriaLogsFlagArgs): readonly string[] {
    const { flushInterval, ingestion, resources, retention, volumeSize } = args;
    const flags = {
        httpListenAddr: `:${VICTORIA_LOGS_PORT}`,
        storageDataPath: VICTORIA_LOGS_DATA_DIR,
        retentionPeriod: `${parseSeconds(retention)}s`,
        "retention.maxDiskSpaceUsageBytes": `${maxDiskUsageMiB(volumeSize)}MiB`,
        inmemoryDataFlushInterval: `${parseSeconds(flushInterval)}s`,
        "opentelemetry.maxRequestSize": parseBytes(ingestion.maxRequestSize),
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
