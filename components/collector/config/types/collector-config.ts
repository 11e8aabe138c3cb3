import type { PullReader } from "../../../telemetry/metrics-reader";
import type { ClusterProcessorTypes, ClusterReceiverTypes } from "./cluster-telemetry";
import type { Redaction, TailSampling } from "./processors";
import type { LoadBalancingExporter } from "./load-balancing";
import type { Address, ComponentId, Duration, Section } from "./common";
import type { AzureMonitorExporter, ClientTls, Compression, Headers } from "./destinations";
import type { ExtensionId, Extensions } from "./extensions";
import type { RetryOnFailure, SendingQueue } from "./sending-queue";

/**
 * The part of the Collector's configuration that the stack writes, with every key as Collector 0.161 spells it.
 *
 * The Collector ignores some unknown keys without an error (all top-level keys of `prometheus` and
 * `prometheus_remote_write`), so these types have to catch misspelt keys. To add a component, add a line to
 * `ReceiverTypes`, `ProcessorTypes`, `ExporterTypes` or `ExtensionTypes`.
 *
 * https://github.com/open-telemetry/opentelemetry-collector and -contrib, v0.161.0, each component's config.go.
 */

/** The server's certificate and, with `client_ca_file`, verification of client certificates. */
interface ServerTls {
    readonly cert_file: string;
    readonly key_file: string;
    readonly client_ca_file?: string;
    readonly client_ca_file_reload?: boolean;
    /** Without it, the certificate is read only once. */
    readonly reload_interval?: Duration;
}

/** TLS and authentication of a server. */
export interface ServerSecurity {
    readonly tls?: ServerTls;
    readonly auth?: { readonly authenticator: ExtensionId };
}

export interface HttpServer extends ServerSecurity {
    readonly endpoint: Address;
    /** Applies to the compressed and the decompressed body. */
    readonly max_request_body_size?: number;
    readonly compression_algorithms?: readonly ("" | "gzip")[];
    readonly read_timeout?: Duration;
    readonly read_header_timeout?: Duration;
    readonly write_timeout?: Duration;
    readonly keepalive?: { readonly idle_timeout: Duration };
}

export interface GrpcServer extends ServerSecurity {
    readonly endpoint: Address;
    /** Applies to the compressed and the decompressed message. */
    readonly max_recv_msg_size_mib?: number;
    /** Limit for each connection. */
    readonly max_concurrent_streams?: number;
    readonly keepalive?: {
        readonly server_parameters?: {
            readonly max_connection_age?: Duration;
            readonly max_connection_age_grace?: Duration;
            readonly max_connection_idle?: Duration;
            /** Pings a connection after this time without activity. */
            readonly time?: Duration;
            readonly timeout?: Duration;
        };
        readonly enforcement_policy?: {
            /** The server disconnects clients that ping more often. */
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
    /** Sets the attribute from the connection's metadata. */
    | { readonly key: string; readonly from_context: "client.address"; readonly action: "insert" }
    | { readonly key: string; readonly value: string; readonly action: "insert" | "upsert" }
    | { readonly key: string; readonly action: "delete" }
    | { readonly pattern: string; readonly action: "delete" };

export interface ProcessorTypes extends ClusterProcessorTypes {
    /** Acknowledges data immediately. The sending queues of the exporters create the batches. */
    readonly batch: { readonly timeout: "0s"; readonly send_batch_size: 0 };
    readonly delta_to_cumulative: { readonly max_streams: number; readonly max_stale: Duration };
    readonly filter: {
        readonly error_mode: "ignore";
        /** A metric for which one of the conditions is true is dropped. */
        readonly metric_conditions: readonly {
            readonly context: "metric";
            readonly conditions: readonly string[];
        }[];
    };
    readonly interval: { readonly interval: Duration };
    readonly memory_limiter: {
        readonly check_interval: Duration;
        readonly limit_mib: number;
        readonly spike_limit_mib: number;
        /** `10s` by default. During that time, the limiter also rejects data when garbage alone fills the memory. */
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
    readonly debug: {
        readonly verbosity: "basic" | "normal" | "detailed";
        readonly sending_queue?: SendingQueue;
    };
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
        /** Base URL. The exporter appends `/v1/logs` and the like. */
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

/** Counts items that have all attributes without a default value. */
interface SignalCount {
    readonly name: string;
    readonly description: string;
    readonly unit: string;
    readonly include_resource_attributes: readonly { readonly key: string; readonly optional: boolean }[];
    readonly attributes: readonly { readonly key: string; readonly default_value?: string }[];
    readonly sum: { readonly value: string; readonly monotonic: boolean };
}

/** A connector is the exporter of one pipeline and the receiver of another. */
export interface ConnectorTypes {
    readonly forward: Readonly<Record<string, never>>;
    readonly signal_to_metrics: {
        readonly error_mode: "ignore";
        readonly spans: readonly SignalCount[];
        readonly datapoints: readonly SignalCount[];
        readonly logs: readonly SignalCount[];
    };
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
        readonly database_name_attributes: readonly string[];
        readonly virtual_node_peer_attributes: readonly string[];
        readonly dimensions: readonly string[];
    };
}

/** A view: selects metrics of the Collector and their attributes. */
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

/** For a Collector whose metrics nothing scrapes. */
export interface MetricsDisabled {
    readonly level: "none";
}

export interface InternalMetrics {
    readonly readers: readonly PullReader[];
    /** `normal` by default. Views require `detailed`. */
    readonly level: "detailed";
    /** Replace the Collector's built-in views. */
    readonly views: readonly MetricView[];
}

export type Receivers = Section<ReceiverTypes>;
export type ReceiverId = ComponentId<ReceiverTypes>;
export type ProcessorId = ComponentId<ProcessorTypes>;
export type ExporterId = ComponentId<ExporterTypes>;
export type ConnectorId = ComponentId<ConnectorTypes>;
export type Exporters = Section<ExporterTypes>;
export type Connectors = Section<ConnectorTypes>;

type PipelineId = "traces" | "metrics" | "logs" | `${"traces" | "metrics" | "logs"}/${string}`;

export interface Pipeline {
    readonly receivers: readonly (ReceiverId | ConnectorId)[];
    readonly processors: readonly ProcessorId[];
    readonly exporters: readonly (ExporterId | ConnectorId)[];
}

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
