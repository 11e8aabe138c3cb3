import { MIB } from "../../config/types/units";
import type { Receivers } from "../collector/config/types/collector-config";
import type { ExtensionId, ExtensionTypes } from "../collector/config/types/extensions";
import type { LogOperator } from "../collector/config/types/cluster-telemetry";

/** The directory of all pod logs: `NAMESPACE_POD_UID/CONTAINER/RESTARTS.log`. */
export const POD_LOGS_DIR = "/var/log/pods";

/** Stores the read offsets of the files and the sending queues. */
export const CHECKPOINT_STORAGE = "file_storage" satisfies ExtensionId;
/** Mount path of the node's directory. */
export const CHECKPOINT_DIR = "/var/lib/otelcol";

/**
 * Sends lines before it stores the read offset. By default, lines are buffered after the offset is stored, and a crash
 * loses them.
 */
export const SYNC_LOG_EMITTER_GATE = "--feature-gates=stanza.synchronousLogEmitter";

/** Limit of the queue's file, which is larger than its content. */
const MAX_CHECKPOINT_FILE_MIB = 128;
/** Limit of a line after its parts are joined. The container runtime splits lines at 16 KiB. */
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
 * Reads the logs of all pods of the node, except those in the excluded Namespaces.
 *
 * Reads files from the beginning, so that logs written while no agent ran are not lost.
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
            // A partial line may end with a space.
            preserve_trailing_whitespaces: true,
            start_at: "beginning",
            storage: CHECKPOINT_STORAGE,
            retry_on_failure: { enabled: true, max_elapsed_time: "0s" },
            operators: OPERATORS,
        },
    };
}

/** The parts of the file's path, and the resource attribute for each. */
const PATH_ATTRIBUTES = {
    namespace: "k8s.namespace.name",
    pod: "k8s.pod.name",
    uid: "k8s.pod.uid",
    container: "k8s.container.name",
    restarts: "k8s.container.restart_count",
} as const;

/**
 * Parses the format of container runtimes, `TIME STREAM F|P TEXT`. P marks a partial line that the next one continues.
 *
 * The operator `container` does the same, but it joins partial lines of different streams, and buffers lines that a
 * crash then loses.
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
    // Lines of one stream can interleave with partial lines of the other.
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
