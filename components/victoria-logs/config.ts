import type { VictoriaLogsSettings } from "../../config/schema/schema";
import { cacheBytes, maxDiskUsageMiB } from "../../config/model/memory";
import { parseBytes, parseSeconds } from "../../config/types/units";
import { BODY_PREFIX, STREAM_ATTRIBUTES } from "../telemetry/names";

export const VICTORIA_LOGS_PORT = 9428;

/** Mount path of the data. */
export const VICTORIA_LOGS_DATA_DIR = "/victoria-logs-data";

export interface VictoriaLogsFlagArgs extends Pick<
    VictoriaLogsSettings,
    "flushInterval" | "ingestion" | "resources" | "retention"
> {
    /** Size of the volume. */
    readonly volumeSize: string;
}

/**
 * Renders the flags of VictoriaLogs, which has no configuration file:
 * https://docs.victoriametrics.com/victorialogs/#list-of-command-line-flags
 */
export function renderVictoriaLogsFlags(args: VictoriaLogsFlagArgs): readonly string[] {
    const { flushInterval, ingestion, resources, retention, volumeSize } = args;
    const flags = {
        httpListenAddr: `:${VICTORIA_LOGS_PORT}`,
        // IPv6 as well, which the other programs do by default.
        enableTCP6: true,
        storageDataPath: VICTORIA_LOGS_DATA_DIR,
        retentionPeriod: `${parseSeconds(retention)}s`,
        "retention.maxDiskSpaceUsageBytes": `${maxDiskUsageMiB(volumeSize)}MiB`,
        inmemoryDataFlushInterval: `${parseSeconds(flushInterval)}s`,
        "opentelemetry.maxRequestSize": parseBytes(ingestion.maxRequestSize),
        "insert.maxFieldsPerLine": ingestion.maxFields,
        "memory.allowedBytes": cacheBytes(resources.limits.memory),
        // By default, a record without a body would get a message about a missing field.
        defaultMsgValue: "",
        // Otherwise any page in the same browser could read all records through a port-forward.
        "http.disableCORS": true,
        "http.header.disableServerHostname": true,
        // For the nodes of a VictoriaLogs cluster. This is a single node.
        "internalinsert.disable": true,
        "internalselect.disable": true,
        loggerLevel: "WARN",
    } as const;
    return Object.entries(flags).map(([name, value]) => `-${name}=${value}`);
}

/** The headers of the Collector's requests to VictoriaLogs: the stream fields and the message field. */
export function victoriaLogsHeaders({
    messageFields,
}: Pick<VictoriaLogsSettings, "messageFields">): Readonly<Record<string, string>> {
    const names = messageFields.flatMap((name) => [name, `${BODY_PREFIX}${name}`]);
    return {
        "VL-Stream-Fields": STREAM_ATTRIBUTES.join(","),
        ...(names.length === 0 ? {} : { "VL-Msg-Field": names.join(",") }),
    };
}
