import * as z from "zod";
import { integer, duration, fieldNames, booleanType, byteSize } from "../types/values";
import { createPersistenceSchema } from "./durability";
import { resources, setting } from "./setting";

/** The settings of VictoriaLogs. */
export const victoriaLogs = z.strictObject({
    enabled: setting(
        booleanType.default(false),
        "Whether VictoriaLogs is deployed and takes the logs, beside Loki or in its place.",
        "Loki has the logs.",
    ),
    retention: setting(
        duration("24h", "520w").default("1d"),
        "How long records are kept; VictoriaLogs deletes by the day (UTC). It drops a record that is older when it comes.",
        "A playground's day.",
    ),
    volumeSize: setting(
        byteSize.optional(),
        "Disk for records, on its volume or in the pod's own empty folder. When records fill three quarters of it, VictoriaLogs deletes the oldest days, but never the last two; when it is full, VictoriaLogs refuses records and they wait in the Collector's queue.",
        "1Gi holds weeks of this stack's own records.",
        "with durability.mode disk what the retention and a day take at durability.itemsPerSecond, else 1Gi",
    ),
    persistence: createPersistenceSchema("the records"),
    flushInterval: setting(
        duration("1s", "1h").default("5s"),
        "How often VictoriaLogs writes what is in memory to disk. It has no write-ahead log: a pod that is killed loses what it took in about twice this time. A pod that ends in order loses none. 1s where durability.mode is disk.",
        "VictoriaLogs' default. A shorter interval writes more small files.",
    ),
    messageFields: setting(
        fieldNames.default([]),
        "Fields whose first one with a value becomes the message of a record (`_msg`) when the body is a map, such as [message]. An attribute of that name is lost where the body is text.",
        "A body that is text is the message without this, and no attribute is lost.",
    ),
    ingestion: z
        .strictObject({
            maxRequestSize: setting(
                byteSize.default("16Mi"),
                "Size of a request, uncompressed, above which it is refused for good.",
                "Some of the Collector's largest batches; VictoriaLogs' own 64Mi would be a sixth of its memory.",
            ),
            maxFields: setting(
                integer(50, 2000).default(1000),
                "Fields of a record above which VictoriaLogs drops it, and counts it.",
                "VictoriaLogs' default.",
            ),
        })
        .prefault({}),
    resources: resources(
        "VictoriaLogs",
        { cpu: "50m", memory: "64Mi" },
        { cpu: "1", memory: "384Mi" },
        "33 MiB measured at rest; queries and what is not on disk yet need room.",
    ),
});
