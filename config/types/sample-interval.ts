/** How far Prometheus looks back for the last sample of a series: the default of `--query.lookback-delta`. */
export const LOOKBACK_SECONDS = 300;

/** Two intervals fit into Prometheus' lookback, so that a series continues when one sample is missing. */
export const MAX_SAMPLE_INTERVAL = "2m";

/** Why {@link MAX_SAMPLE_INTERVAL} is the maximum, for messages. */
export const MAX_SAMPLE_INTERVAL_REASON =
    "Prometheus looks back 5m for the last sample, so at longer intervals one missing sample makes series disappear and alerts fire";
