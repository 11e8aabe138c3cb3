import { MAX_CLOCK_SKEW_SECONDS } from "../../config/model/log-stores";
import type { LokiSettings } from "../../config/schema/schema";
import { MIB, parseBytes, parseSeconds } from "../../config/types/units";
import type { LokiConfig } from "./types";
import { STREAM_ATTRIBUTES, TRUNCATION_MARKER } from "../telemetry/names";
import { goDuration } from "../telemetry/go-duration";

export const LOKI_PORT = 3100;
/** Between Loki's components in the same process. */
const GRPC_PORT = 9095;
export const LOKI_DATA_DIR = "/loki";

export interface LokiConfigArgs extends Pick<LokiSettings, "ingestion" | "retention"> {
    /**
     * How much older than the newest record of its stream a record may be, in seconds. Loki's default of one hour is
     * the minimum.
     */
    readonly maxReplayDelaySeconds: number;
}

/** Loki accepts records that are up to half of this older than the newest of their stream. */
const CHUNK_AGE_SECONDS = 7200;

/**
 * Loki copies the attributes of a resource to each record, so that a batch of the Collector grows. With the default of
 * 4 MiB, Loki would reject such a batch with an error that is not retried.
 */
const GRPC_MESSAGE_BYTES = 64 * MIB;
/** The Collector moves later records to the time of their arrival. Its clock may differ. */
const CREATION_GRACE_SECONDS = MAX_CLOCK_SKEW_SECONDS + 300;

/**
 * Renders Loki's configuration file for a single process with file system storage.
 *
 * https://grafana.com/docs/loki/latest/configure/
 */
export function renderLokiConfig({ ingestion, maxReplayDelaySeconds, retention }: LokiConfigArgs): LokiConfig {
    return {
        auth_enabled: false,
        analytics: { reporting_enabled: false },
        server: {
            http_listen_port: LOKI_PORT,
            grpc_listen_address: "127.0.0.1",
            grpc_listen_port: GRPC_PORT,
            grpc_server_max_recv_msg_size: GRPC_MESSAGE_BYTES,
            grpc_server_max_send_msg_size: GRPC_MESSAGE_BYTES,
            log_level: "warn",
        },
        common: {
            instance_addr: "127.0.0.1",
            path_prefix: LOKI_DATA_DIR,
            replication_factor: 1,
            ring: { kvstore: { store: "inmemory" } },
            storage: {
                filesystem: {
                    chunks_directory: `${LOKI_DATA_DIR}/chunks`,
                    // For the ruler, which has no rules but requires the directory to start.
                    rules_directory: `${LOKI_DATA_DIR}/rules`,
                },
            },
        },
        schema_config: {
            configs: [
                {
                    // Earlier than any record. A schema applies from a date on.
                    from: "2024-01-01",
                    store: "tsdb",
                    object_store: "filesystem",
                    schema: "v13",
                    index: { prefix: "index_", period: "24h" },
                },
            ],
        },
        distributor: { otlp_config: { default_resource_attributes_as_index_labels: [...STREAM_ATTRIBUTES] } },
        limits_config: {
            allow_structured_metadata: true,
            creation_grace_period: `${CREATION_GRACE_SECONDS}s`,
            ingestion_burst_size_mb: ingestion.burstMB,
            ingestion_rate_mb: ingestion.rateMBPerSecond,
            max_global_streams_per_user: ingestion.maxStreams,
            max_line_size: parseBytes(ingestion.maxLineSize),
            max_line_size_truncate: true,
            max_line_size_truncate_identifier: TRUNCATION_MARKER,
            // The size of a request limits both. A stack trace alone is larger than Loki's default.
            max_structured_metadata_entries_count: 0,
            max_structured_metadata_size: 0,
            // The Collector moves older records to the time of their arrival. They may then wait in a queue.
            reject_old_samples_max_age: `${parseSeconds(retention) + maxReplayDelaySeconds}s`,
            retention_period: goDuration(retention),
            shard_streams: { time_sharding_enabled: true },
            volume_enabled: true,
        },
        compactor: {
            working_directory: `${LOKI_DATA_DIR}/compactor`,
            retention_enabled: true,
            delete_request_store: "filesystem",
        },
        // Flushes to the volume, so that data survives the pod.
        ingester: {
            wal: { dir: `${LOKI_DATA_DIR}/wal`, flush_on_shutdown: true },
            ...(2 * maxReplayDelaySeconds > CHUNK_AGE_SECONDS
                ? { max_chunk_age: `${2 * maxReplayDelaySeconds}s` }
                : {}),
            // There are no other instances to wait for.
            lifecycler: { min_ready_duration: "0s", final_sleep: "0s" },
        },
        // Finds late records before their chunk is flushed.
        querier: { query_ingesters_within: "0s" },
        // Its components find each other in memory, after ten seconds by default. Loki is not ready before that.
        frontend: { scheduler_dns_lookup_period: "1s" },
        frontend_worker: { dns_lookup_duration: "1s" },
        // The default of 100 MB is a quarter of the pod's memory.
        query_range: { results_cache: { cache: { embedded_cache: { enabled: true, max_size_mb: 16 } } } },
    };
}
