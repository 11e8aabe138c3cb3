export const SIGNALS = ["traces", "metrics", "logs"] as const;
export type Signal = (typeof SIGNALS)[number];

/**
 * `service.name` of the telemetry that `make verify` sends, and the label `job` of its pushed series. Tail sampling
 * keeps all its traces, so that verify finds them.
 */
export const VERIFY_SERVICE = "otel-stack-verify";
