import type { Duration } from "./common";

/**
 * The configuration of optional processors.
 *
 * https://github.com/open-telemetry/opentelemetry-collector-contrib, v0.161.0, each processor's config.go.
 */
export interface TailSampling {
    readonly decision_wait: Duration;
    /** Maximum number of traces in memory. */
    readonly num_traces: number;
    readonly decision_cache: { readonly sampled_cache_size: number; readonly non_sampled_cache_size: number };
    readonly policies: readonly SamplingPolicy[];
}

type SamplingPolicy = { readonly name: string } & (
    | {
          readonly type: "status_code";
          readonly status_code: { readonly status_codes: readonly ("ERROR" | "OK" | "UNSET")[] };
      }
    | { readonly type: "latency"; readonly latency: { readonly threshold_ms: number } }
    | { readonly type: "probabilistic"; readonly probabilistic: { readonly sampling_percentage: number } }
    | {
          readonly type: "string_attribute";
          readonly string_attribute: { readonly key: string; readonly values: readonly string[] };
      }
);

export interface Redaction {
    /** Otherwise all keys that are not listed are deleted. */
    readonly allow_all_keys: true;
    /** Exact keys whose attributes are not looked at. */
    readonly ignored_keys?: readonly string[];
    readonly blocked_key_patterns?: readonly string[];
    readonly blocked_values?: readonly string[];
    /** Whether value patterns are compared with numbers, too. Blocked keys mask values of every type. */
    readonly redact_all_types?: true;
    /** Which summary attributes the processor adds. */
    readonly summary: "debug" | "info" | "silent";
}
