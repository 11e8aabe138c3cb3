import type { PullReader } from "../../../telemetry/metrics-reader";
import type { ClusterProcessorTypes, ClusterReceiverTypes } from "./cluster-telemetry";
import type { Redaction, TailSampling } from "./processors";
import type { LoadBalancingExporter } from "./load-balancing";
import type { AzureMonitorExporter, ClientTls, Compression, Headers } from "./destinations";

/**
 * The part of the Collector's configuration that the stack writes, with every key spelt as 0.161 reads it.
 *
 * The programs ignore some unknown keys without a word (all top-level ones of `prometheus` and
 * `prometheus_remote_write`), so that the types are what refuses a misspelt one. A component of another kind joins by
 * one more line in `ReceiverTypes`, `ProcessorTypes`, `ExporterTypes` or `ExtensionTypes`.
 *
 * https://github.com/open-telemetry/opentelemetry-collector and -contrib, v0.161.0, each component's config.go.
 */

/** A Go duration, such as `1s` or `5m`. */
export type Duration = string;
/** `host:port`. */
type Address = string;

export interface RetryOnFailure {
    readonly enabled: boolean;
    readonly initial_interval?: Duration;
    readonly max_interval?: Duration;
    /** `0s` never gives up. */
    readonly max_elapsed_time?: Duration;
}

type Sizer = "bytes" | "items" | "requests";

export interface SendingQueue {
    readonly enabled?: boolean;
    readonly sizer: Sizer;
    readonly queue_size: number;
    readonly num_consumers?: number;
    /** Whether who sends waits for room; refused by default. */
    readonly block_on_overflow?: boolean;
    /** The extension that keeps it; in memory without. */
    readonly storage?: ExtensionId;
    readonly batch?: {
        readonly flush_timeout: Duration;
        readonly sizer: Sizer;
        readonly min_size: number;
        readonly max_size: number;
    };
}

/** How a listener shows who it is and, with `client_ca_file`, asks its clients who they are. */
export interface ServerTls {
    readonly cert_file: string;
    readonly key_file: string;
    readonly client_ca_file?: string;
    readonly client_ca_file_reload?: boolean;
    /** Left out, a certificate is read once. */
    readonly reload_interval?: Duration;
}

/** What a listener may have beside its limits. */
export interface ServerSecurity {
    readonly tls?: ServerTls;
    readonly auth?: { readonly authenticator: ExtensionId };
}

export interface HttpServer extends ServerSecurity {
    readonly endpoint: Address;
    /** Before and after it is unpacked. */
    readonly max_request_body_size?: number;
    readonly compression_algorithms?: readonly ("" | "gzip")[];
    readonly read_timeout?: Duration;
    readonly read_header_timeout?: Duration;
    readonly write_timeout?: Duration;
    readonly keepalive?: { readonly idle_timeout: Duration };
}

export interface GrpcServer extends ServerSecurity {
    readonly endpoint: Address;
    /** Before and after it is unpacked. */
    readonly max_recv_msg_size_mib?: number;
    /** Of one connection. */
    readonly max_concurrent_streams?: number;
    readonly keepalive?: {
        readonly server_parameters?: {
            readonly max_connection_age?: Duration;
            readonly max_connection_age_grace?: Duration;
            readonly max_connection_idle?: Duration;
            /** A connection on which nothing came for so long is asked whether it is still there. */
            readonly time?: Duration;
            readonly timeout?: Duration;
        };
        readonly enforcement_policy?: {
            /** Clients that ask more often are disconnected. */
            readonly min_time?: Duration;
            readonly permit_without_stream?: boolean;
        };
    };
}

interface ReceiverTypes extends ClusterReceiverTypes<ExtensionId> {
    readonly otlp: { readonly protocols: { readonly grpc?: GrpcServer; readonly http?: HttpServer } };
}

type ResourceAction =
    | { readonly key: string; readonly from_attribute: string; readonly action: "upsert" }
    | { readonly key: string; readonly from_attribute: string; readonly action: "insert" }
    /** What is known of who sent it. */
    | { readonly key: string; readonly from_context: "client.address"; readonly action: "insert" }
    | { readonly key: string; readonly value: string; readonly action: "insert" | "upsert" }
    | { readonly key: string; readonly action: "delete" }
    | { readonly pattern: string; readonly action: "delete" };

export interface ProcessorTypes extends ClusterProcessorTypes {
    /** Only so that what follows cannot refuse: batches are for the exporters' queues to make. */
    readonly batch: { readonly timeout: "0s"; readonly send_batch_size: 0 };
    readonly memory_limiter: {
        readonly check_interval: Duration;
        readonly limit_mib: number;
        readonly spike_limit_mib: number;
        /** `10s` by default: for so long it refuses for what is only garbage. */
        readonly min_gc_interval_when_soft_limited?: Duration;
    };
    readonly redaction: Redaction;
    readonly tail_sampling: TailSampling;
    readonly resource: {
        readonly attributes: readonly ResourceAction[];
    };
}

export interface ExporterTypes {
    readonly azure_monitor: AzureMonitorExporter;
    readonly debug: { readonly verbosity: "basic" | "normal" | "detailed" };
    readonly load_balancing: LoadBalancingExporter;
    readonly otlp_grpc: {
        readonly endpoint: Address;
        readonly tls: ClientTls;
        readonly headers?: Headers;
        readonly compression?: Compression;
        readonly timeout?: Duration;
        readonly retry_on_failure: RetryOnFailure;
        readonly sending_queue: SendingQueue;
    };
    readonly otlp_http: {
        /** Base URL: `/v1/logs` and the like come behind it. */
        readonly endpoint: string;
        readonly tls?: ClientTls;
        readonly headers?: Headers;
        readonly compression?: Compression;
        readonly timeout?: Duration;
        readonly retry_on_failure: RetryOnFailure;
        readonly sending_queue: SendingQueue;
    };
    readonly prometheus: HttpServer & {
        readonly metric_expiration?: Duration;
        readonly send_timestamps?: boolean;
        readonly enable_open_metrics?: boolean;
    };
    readonly prometheus_remote_write: {
        readonly http: { readonly endpoint: string; readonly timeout?: Duration; readonly tls?: ClientTls };
        readonly timeout?: Duration;
        readonly retry_on_failure: RetryOnFailure;
        readonly remote_write_queue: {
            readonly enabled: boolean;
            readonly queue_size: number;
            readonly num_consumers: number;
        };
        readonly max_batch_size_bytes?: number;
    };
}

/** What ends one pipeline and starts another. */
export interface ConnectorTypes {
    readonly forward: Readonly<Record<string, never>>;
    readonly span_metrics: {
        readonly namespace: string;
        readonly histogram: { readonly unit: "ms" | "s" };
        readonly exemplars: { readonly enabled: boolean; readonly max_per_data_point: number };
        readonly exclude_dimensions: readonly string[];
        readonly resource_metrics_key_attributes: readonly string[];
        readonly aggregation_cardinality_limit: number;
        readonly metrics_flush_interval: Duration;
        readonly metrics_expiration: Duration;
    };
    readonly service_graph: {
        readonly store: { readonly ttl: Duration; readonly max_items: number };
        readonly metrics_flush_interval: Duration;
    };
}

export interface ExtensionTypes {
    readonly bearertokenauth: {
        /** One valid token a line. */
        readonly filename: string;
        readonly wait_for_token_file?: boolean;
        readonly retry_on_failure?: {
            readonly enabled: boolean;
            readonly max_retries: number;
            readonly interval: Duration;
        };
    };
    readonly health_check: { readonly endpoint: Address };
    readonly file_storage: {
        readonly directory: string;
        readonly create_directory: boolean;
        /** Bytes of each file. */
        readonly max_size: number;
        readonly fsync: boolean;
        /** Whether a corrupt file is set aside, and a new one begun. */
        readonly recreate: boolean;
        readonly compaction: {
            readonly directory: string;
            readonly on_start: boolean;
            readonly cleanup_on_start: boolean;
            readonly on_rebound: boolean;
            readonly rebound_needed_threshold_mib: number;
            readonly rebound_trigger_threshold_mib: number;
        };
    };
}

/** Which of the Collector's own metrics are kept, and by what. */
export interface MetricView {
    readonly selector: { readonly instrument_name: string };
    readonly stream: {
        readonly attribute_keys?: {
            readonly included?: readonly string[];
            readonly excluded?: readonly string[];
        };
        readonly aggregation?: {
            readonly drop?: Readonly<Record<string, never>>;
            readonly explicit_bucket_histogram?: { readonly boundaries: readonly number[] };
        };
    };
}

/** Of a Collector that nobody asks for its metrics. */
export interface MetricsDisabled {
    readonly level: "none";
}

export interface InternalMetrics {
    readonly readers: readonly PullReader[];
    /** `normal` by default. Only `detailed` may have views. */
    readonly level: "detailed";
    /** In place of all those that the Collector has of its own. */
    readonly views: readonly MetricView[];
}

/** The name of a component: its type, or `type/name` where there are several of one type. */
type ComponentId<Types> = (keyof Types & string) | `${keyof Types & string}/${string}`;

/** A section of the file: each entry has the keys of its type. */
type Section<Types> = {
    readonly [Id in keyof Types & string as Id | `${Id}/${string}`]?: Types[Id];
};

export type Receivers = Section<ReceiverTypes>;
export type Extensions = Section<ExtensionTypes>;
export type ReceiverId = ComponentId<ReceiverTypes>;
export type ProcessorId = ComponentId<ProcessorTypes>;
export type ExporterId = ComponentId<ExporterTypes>;
export type ExtensionId = ComponentId<ExtensionTypes>;
export type ConnectorId = ComponentId<ConnectorTypes>;
export type Exporters = Section<ExporterTypes>;
export type Connectors = Section<ConnectorTypes>;

export type PipelineId = "traces" | "metrics" | "logs" | `${"traces" | "metrics" | "logs"}/${string}`;

export interface Pipeline {
    readonly receivers: readonly (ReceiverId | ConnectorId)[];
    readonly processors: readonly ProcessorId[];
    readonly exporters: readonly (ExporterId | ConnectorId)[];
}

/** The whole file. */
export interface CollectorConfig<Own = InternalMetrics> {
    readonly extensions: Extensions;
    readonly receivers: Receivers;
    readonly processors: Section<ProcessorTypes>;
    readonly exporters: Exporters;
    readonly connectors: Connectors;
    readonly service: {
        readonly extensions: readonly ExtensionId[];
        readonly telemetry: {
            readonly logs?: { readonly sampling: { readonly enabled: boolean } };
            readonly metrics: Own;
        };
        readonly pipelines: Readonly<Partial<Record<PipelineId, Pipeline>>>;
    };
}
