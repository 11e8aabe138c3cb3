import { MIB } from "../../config/types/units";
import type { ExtensionId, ExtensionTypes, Receivers } from "../collector/config/types/collector-config";
import type { LogOperator } from "../collector/config/types/cluster-telemetry";

/** Where the kubelet has the runtime write the logs of all pods: `NAMESPACE_POD_UID/CONTAINER/RESTARTS.log`. */
export const POD_LOGS_DIR = "/var/log/pods";

/** Keeps how far each file was read, and what waits for the Collector. */
export const CHECKPOINT_STORAGE = "file_storage" satisfies ExtensionId;
/** Where the container finds the folder of the node. */
export const CHECKPOINT_DIR = "/var/lib/otelcol";

/**
 * It reads lines as they are sent: by default it gathers them in memory when it has noted that they were read, and a
 * kill loses them.
 */
export const SYNC_LOG_EMITTER_GATE = "--feature-gates=stanza.synchronousLogEmitter";

/** Of the file of what waits, which is a few times what is in it. */
const MAX_CHECKPOINT_FILE_MIB = 128;
/** Of a line whose parts are put together again: the runtime writes 16 KiB at a time. */
const MAX_LINE_MIB = 1;

export function renderCheckpointStorage(): ExtensionTypes["file_storage"] {
    return {
        directory: CHECKPOINT_DIR,
        create_directory: true,
        max_size: MAX_CHECKPOINT_FILE_MIB * MIB,
        fsync: false,
        recreate: true,
        compaction: {
            directory: CHECKPOINT_DIR,
            on_start: true,
            cleanup_on_start: true,
            on_rebound: true,
            rebound_needed_threshold_mib: 64,
            rebound_trigger_threshold_mib: 16,
        },
    };
}

/**
 * Reads the logs of all pods of the node but those of the Namespaces that are left out.
 *
 * From their beginning, as a pod that comes while no agent runs is as new to the next one as all others at first.
 */
export function renderPodLogsReceiver(excludedNamespaces: readonly string[]): Receivers {
    return {
        file_log: {
            include: [`${POD_LOGS_DIR}/*/*/*.log`],
            exclude: [...new Set(excludedNamespaces)]
                .sort()
                .map((namespace) => `${POD_LOGS_DIR}/${namespace}_*/*/*.log`),
            include_file_name: false,
            include_file_path: true,
            // A line that goes on may be cut at a space.
            preserve_trailing_whitespaces: true,
            start_at: "beginning",
            storage: CHECKPOINT_STORAGE,
            retry_on_failure: { enabled: true, max_elapsed_time: "0s" },
            operators: OPERATORS,
        },
    };
}

/** What is in the path, and the attribute of the resource for it. */
const PATH_ATTRIBUTES = {
    namespace: "k8s.namespace.name",
    pod: "k8s.pod.name",
    uid: "k8s.pod.uid",
    container: "k8s.container.name",
    restarts: "k8s.container.restart_count",
} as const;

/**
 * Takes apart what container runtimes write, `TIME STREAM F|P TEXT`, with a P for a line that goes on in the next one.
 *
 * The operator `container` does the same, but mixes the streams, and gathers lines of its own accord in between, which a
 * kill loses.
 */
const OPERATORS: readonly LogOperator[] = [
    {
        type: "regex_parser",
        id: "line",
        regex: "^(?P<time>[^ ]+) (?P<stream>stdout|stderr) (?P<part>[^ ]*) ?(?P<text>.*)$",
        timestamp: {
            parse_from: "attributes.time",
            layout_type: "gotime",
            layout: "2006-01-02T15:04:05.999999999Z07:00",
        },
    },
    // A line of one stream may come between the parts of one of the other.
    {
        type: "add",
        id: "source",
        field: "attributes.source",
        value: 'EXPR(attributes["log.file.path"] + attributes.stream)',
    },
    {
        type: "recombine",
        id: "whole",
        combine_field: "attributes.text",
        combine_with: "",
        is_last_entry: "attributes.part == 'F'",
        source_identifier: "attributes.source",
        overwrite_with: "oldest",
        max_log_size: MAX_LINE_MIB * MIB,
    },
    {
        type: "regex_parser",
        id: "path",
        parse_from: 'attributes["log.file.path"]',
        regex: "^.*/(?P<namespace>[^_/]+)_(?P<pod>[^_/]+)_(?P<uid>[^_/]+)/(?P<container>[^/]+)/(?P<restarts>\\d+)\\.log$",
        cache: { size: 256 },
    },
    ...Object.entries(PATH_ATTRIBUTES).map(([part, attribute]): LogOperator => ({
        type: "move",
        id: part,
        from: `attributes.${part}`,
        to: `resource["${attribute}"]`,
    })),
    { type: "move", id: "text", from: "attributes.text", to: "body" },
    { type: "move", id: "stream", from: "attributes.stream", to: 'attributes["log.iostream"]' },
    ...["attributes.time", "attributes.part", "attributes.source", 'attributes["log.file.path"]'].map(
        (field, index): LogOperator => ({ type: "remove", id: `rest-${index}`, field }),
    ),
];
