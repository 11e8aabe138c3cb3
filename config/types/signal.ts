/** Alone here, as both the settings' kinds and what follows from settings know them. */
export const SIGNALS = ["traces", "metrics", "logs"] as const;
export type Signal = (typeof SIGNALS)[number];

/**
 * `service.name` of the telemetry that `make verify` sends; a pushed series carries it as `job`. Tail sampling keeps every
 * trace of it, so that verify finds its own.
 */
export const VERIFY_SERVICE = "otel-stack-verify";
