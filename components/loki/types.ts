/**
 * The keys of Loki 3.7's configuration that the stack uses. Loki does not start with an unknown key, and these types
 * catch one before deployment.
 *
 * https://grafana.com/docs/loki/v3.7.x/configure/
 */
export interface LokiConfig {
    /** Whether requests need a tenant header. Default true. */
    readonly auth_enabled: boolean;
    readonly analytics: { readonly reporting_enabled: boolean };
    readonly server: Server;
    readonly common: Common;
    readonly schema_config: { readonly configs: readonly Period[] };
    readonly distributor: { readonly otlp_config: OtlpConfig };
    readonly limits_config: Limits;
    readonly compactor: Compactor;
    readonly ingester: Ingester;
    /** Default 10s. */
    readonly frontend: { readonly scheduler_dns_lookup_period: GoDuration };
    readonly querier: {
        /** Older than this, queries do not ask the ingesters for data that is not flushed. 0 always asks. Default 3h. */
        readonly query_ingesters_within: GoDuration;
    };
    /** Default 3s. */
    readonly frontend_worker: { readonly dns_lookup_duration: GoDuration };
    readonly query_range: { readonly results_cache: { readonly cache: Cache } };
}

/** Go durations have no days or weeks. */
type GoDuration = `${number}${"ms" | "s" | "m" | "h"}`;

interface Server {
    readonly http_listen_port: number;
    /** All addresses by default. */
    readonly grpc_listen_address: string;
    readonly grpc_listen_port: number;
    /** Bytes. Default 4 MiB. */
    readonly grpc_server_max_recv_msg_size: number;
    /** Bytes. Default 4 MiB. */
    readonly grpc_server_max_send_msg_size: number;
    readonly log_level: "debug" | "info" | "warn" | "error";
}

interface Common {
    /** Address that its components advertise to each other. */
    readonly instance_addr: string;
    readonly path_prefix: string;
    /** Default 3. */
    readonly replication_factor: number;
    readonly ring: { readonly kvstore: { readonly store: "inmemory" | "memberlist" } };
    readonly storage: {
        readonly filesystem: { readonly chunks_directory: string; readonly rules_directory: string };
    };
}

/** How records are indexed and stored from a date on. */
interface Period {
    readonly from: `${number}-${number}-${number}`;
    readonly store: "tsdb";
    readonly object_store: "filesystem";
    readonly schema: "v13";
    readonly index: { readonly prefix: string; readonly period: GoDuration };
}

interface OtlpConfig {
    readonly default_resource_attributes_as_index_labels: readonly string[];
}

/** Limits for each tenant. Without authentication there is one tenant. */
interface Limits {
    readonly allow_structured_metadata: boolean;
    /** How far in the future a record may be. Later ones are rejected. Default 10m. */
    readonly creation_grace_period: string;
    /** Default 6. */
    readonly ingestion_burst_size_mb: number;
    /** Per second. Default 4. */
    readonly ingestion_rate_mb: number;
    /** Default 5000. */
    readonly max_global_streams_per_user: number;
    /** Bytes. Default 256 KB. */
    readonly max_line_size: number;
    /** Whether to truncate longer lines. By default they are rejected. */
    readonly max_line_size_truncate: boolean;
    /** Ends a truncated line. Default none. */
    readonly max_line_size_truncate_identifier: string;
    /** Number of attributes of a record, its scope and its resource. 0 is no limit. Default 128. */
    readonly max_structured_metadata_entries_count: number;
    /** Bytes of these attributes. 0 is no limit. Default 64 KB. */
    readonly max_structured_metadata_size: number;
    /** Older records are rejected. Default 1w. */
    readonly reject_old_samples_max_age: string;
    /**
     * A Go duration, such as 36h30m. By default nothing is deleted. The compactor deletes only with
     * `retention_enabled`.
     */
    readonly retention_period: string;
    readonly shard_streams: {
        /**
         * Stores records that are older than 40 minutes in separate streams, so that they are never too far behind the
         * newest of their stream. Default false.
         */
        readonly time_sharding_enabled: boolean;
    };
    readonly volume_enabled: boolean;
}

interface Compactor {
    readonly working_directory: string;
    readonly retention_enabled: boolean;
    /** Required with `retention_enabled`. */
    readonly delete_request_store: "filesystem";
}

interface Ingester {
    readonly wal: { readonly dir: string; readonly flush_on_shutdown: boolean };
    /** Default 2h. Loki rejects records that are older than the newest of their stream by more than half of this. */
    readonly max_chunk_age?: GoDuration;
    readonly lifecycler: { readonly min_ready_duration: GoDuration; readonly final_sleep: GoDuration };
}

interface Cache {
    /** An in-memory cache of the process. */
    readonly embedded_cache: { readonly enabled: boolean; readonly max_size_mb: number };
}
