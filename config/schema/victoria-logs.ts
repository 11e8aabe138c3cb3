import * as z from "zod";
import { duration, byteSize } from "../types/quantities";
import { integer, booleanType, customListType } from "../types/values";
import { createPersistenceSchema } from "./durability";
import { createPodsSchema } from "./pods";
import { resources, setting } from "./setting";

/** Names of VictoriaLogs fields, which it reads from a header, separated by commas. */
const fieldNames = customListType(
    "list of field names",
    "a list of field names (letters, digits, _, ., - and /, at most 128 characters), such as [message]",
    (value): value is string => typeof value === "string" && /^[\w./-]{1,128}$/.test(value),
);

/** Settings of VictoriaLogs. */
export const victoriaLogs = z.strictObject({
    enabled: setting(
        booleanType.default(false),
        "Deploy VictoriaLogs as a backend for logs, in addition to Loki or instead of it.",
    ),
    retention: setting(
        duration("24h", "520w").default("1d"),
        "How long log records are kept. VictoriaLogs deletes them by the day (UTC), and drops a log record that is already older when it arrives.",
    ),
    volumeSize: setting(
        byteSize.optional(),
        "Disk space for log records, on the volume or in an emptyDir of the pod. When log records use three quarters of it, VictoriaLogs deletes the oldest days except the last two. When the disk is full, VictoriaLogs rejects log records and the Collector queues them.",
        {
            whenUnset:
                "with `durability.mode: disk` the size for the retention plus one day at `durability.itemsPerSecond`, else 1Gi",
        },
    ),
    persistence: createPersistenceSchema("log records"),
    flushInterval: setting(
        duration("1s", "1h").default("5s"),
        "Interval at which VictoriaLogs writes in-memory data to disk. It has no write-ahead log: a pod that is killed loses the log records of about twice this interval. A graceful shutdown loses none.",
        {
            rationale:
                "VictoriaLogs' default; a shorter interval writes more small files. With `durability.mode: disk` the default is 1s.",
        },
    ),
    messageFields: setting(
        fieldNames.default([]),
        "Fields to use as the message (`_msg`) of a log record whose body is a map, such as [message]; the first one with a value is used. For a log record with a text body, an attribute of that name is lost.",
    ),
    ingestion: z
        .strictObject({
            maxRequestSize: setting(
                byteSize.default("16Mi"),
                "Maximum uncompressed size of a request. Larger requests are permanently rejected.",
                {
                    rationale:
                        "Several of the Collector's largest batches; VictoriaLogs' default of 64Mi is a sixth of its memory.",
                },
            ),
            maxFields: setting(
                integer(50, 2000).default(1000),
                "Maximum number of fields of a log record. VictoriaLogs drops a log record with more fields and counts it.",
                { rationale: "VictoriaLogs' default." },
            ),
        })
        .prefault({}),
    pods: createPodsSchema("the pod of VictoriaLogs"),
    resources: resources(
        "VictoriaLogs",
        { cpu: "50m", memory: "64Mi" },
        { cpu: "1", memory: "384Mi" },
        "VictoriaLogs uses 33 MiB when idle; queries and data that is not on disk yet need the rest.",
    ),
});
