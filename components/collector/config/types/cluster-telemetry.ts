/**
 * The configuration of the components for cluster telemetry, as Collector 0.161 reads it:
 * https://github.com/open-telemetry/opentelemetry-collector-contrib, v0.161.0, each component's config.go.
 */

/** A Go duration, such as `1s` or `5m`. */
type Duration = string;

/** An operator for the lines of a log file. */
export type LogOperator =
    | {
          readonly type: "regex_parser";
          readonly id: string;
          readonly regex: string;
          /** Defaults to the body. */
          readonly parse_from?: string;
          readonly cache?: { readonly size: number };
          readonly timestamp?: {
              readonly parse_from: string;
              readonly layout_type: "gotime";
              readonly layout: string;
          };
      }
    | {
          readonly type: "recombine";
          readonly id: string;
          readonly combine_field: string;
          readonly combine_with: string;
          readonly is_last_entry: string;
          readonly source_identifier: string;
          readonly overwrite_with: "newest" | "oldest";
          readonly max_log_size: number;
      }
    | { readonly type: "add"; readonly id: string; readonly field: string; readonly value: string }
    | { readonly type: "move"; readonly id: string; readonly from: string; readonly to: string }
    | { readonly type: "remove"; readonly id: string; readonly field: string };

type HostScraper = "cpu" | "disk" | "load" | "memory" | "paging";

export interface ClusterReceiverTypes<Storage extends string> {
    readonly file_log: {
        readonly include: readonly string[];
        readonly exclude?: readonly string[];
        readonly include_file_name: boolean;
        readonly include_file_path: boolean;
        /** Trailing whitespace is trimmed by default. */
        readonly preserve_trailing_whitespaces: boolean;
        readonly start_at: "beginning" | "end";
        readonly storage: Storage;
        readonly max_log_size?: number;
        /** Retries data that the pipeline rejects. By default it is dropped. */
        readonly retry_on_failure: { readonly enabled: boolean; readonly max_elapsed_time: Duration };
        readonly operators: readonly LogOperator[];
    };
    readonly host_metrics: {
        readonly collection_interval: Duration;
        readonly scrapers: Readonly<Partial<Record<HostScraper, Readonly<Record<string, never>>>>>;
    };
    readonly k8s_events: { readonly auth_type: "serviceAccount" };
    readonly kubelet_stats: {
        readonly auth_type: "serviceAccount";
        readonly collection_interval: Duration;
        /** Without the scheme `https://`. */
        readonly endpoint: string;
        readonly insecure_skip_verify: boolean;
        readonly metric_groups: readonly ("container" | "node" | "pod" | "volume")[];
    };
}

interface PodAssociation {
    readonly sources: readonly (
        { readonly from: "resource_attribute"; readonly name: string } | { readonly from: "connection" }
    )[];
}

type StatementContext = "datapoint" | "exemplar" | "log" | "metric" | "resource" | "scope" | "span" | "spanevent";

/**
 * Statements that run for each item of a context for which one of the conditions is true, or for all items if there are
 * no conditions.
 */
export interface StatementGroup<Context extends StatementContext = StatementContext> {
    readonly context: Context;
    readonly conditions: readonly string[];
    readonly statements: readonly string[];
}

export interface ClusterProcessorTypes {
    readonly k8s_attributes: {
        readonly auth_type: "serviceAccount";
        readonly extract: { readonly metadata: readonly string[] };
        readonly pod_association: readonly PodAssociation[];
        readonly exclude: { readonly pods: readonly { readonly name: string }[] };
    };
    readonly transform: {
        readonly error_mode: "ignore" | "propagate" | "silent";
        readonly log_statements?: readonly string[] | readonly StatementGroup[];
        readonly metric_statements?: readonly string[] | readonly StatementGroup[];
        readonly trace_statements?: readonly string[] | readonly StatementGroup[];
    };
}
