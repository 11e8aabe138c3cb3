import type { LokiConfig } from "../../components/loki/types";

/**
 * What must not compile: keys that keep Loki from starting. Checked by tsc (`make lint`), which fails at a
 * `@ts-expect-error` that expects in vain; nothing here runs.
 */

export const misspelt: Partial<LokiConfig>[] = [
    // @ts-expect-error it is spelt limits_config
    { limit_config: {} },
    // @ts-expect-error it is spelt scheduler_dns_lookup_period
    { frontend: { scheduler_dns_lookup_periode: "1s" } },
    // @ts-expect-error Go knows no days
    { frontend_worker: { dns_lookup_duration: "1d" } },
    // @ts-expect-error it is spelt reporting_enabled
    { analytics: { reporting_enable: false } },
];

export const limits: Partial<LokiConfig["limits_config"]>[] = [
    // @ts-expect-error it is spelt max_global_streams_per_user
    { max_streams_per_user: 1 },
    // @ts-expect-error it is a number of MB
    { ingestion_rate_mb: "4MB" },
];

export const storage: LokiConfig["common"]["storage"][] = [
    // @ts-expect-error its folders are chunks_directory and rules_directory
    { filesystem: { directory: "/loki", chunks_directory: "/loki/chunks", rules_directory: "/loki/rules" } },
];

const period = {
    from: "2024-01-01",
    store: "tsdb",
    object_store: "filesystem",
    index: { prefix: "index_", period: "24h" },
} as const;

// @ts-expect-error structured metadata needs v13
export const schema: LokiConfig["schema_config"] = { configs: [{ ...period, schema: "v12" }] };
