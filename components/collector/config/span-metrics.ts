import type { SpanMetricsSettings } from "../../../config/schema/schema";
import { SPAN_METRICS_PREFIX } from "../../telemetry/names";
import { goDuration } from "../../telemetry/go-duration";
import type { ConnectorId, Connectors, ProcessorId, ProcessorTypes } from "./types/collector-config";

/** The connectors that make metrics from spans: both take all of them. */
export const SPAN_METRICS_CONNECTORS = ["span_metrics", "service_graph"] as const satisfies readonly ConnectorId[];

/** Name of the processor that `serviceAlone` configures. */
export const KEEP_SERVICE_NAME = "resource/span-metrics" satisfies ProcessorId;

/** The variable that says which pod counts, where several do. It has a default for who checks the file outside of a pod. */
export const POD_NAME_ENV = "POD_NAME";
const POD_INSTANCE_ID = `\${env:${POD_NAME_ENV}:-unknown}`;

/** Where the name stands while all others are deleted: a pattern cannot spare one. */
const TEMP_KEY = "=";

/**
 * Leaves nothing but `service.name` of the resource. The rest is of the instance that happened to come first: with it
 * as labels, all series were new after a restart. Without the name, what goes over the limit of two services would be
 * one series that both write.
 *
 * @param tier Of which tier the Collectors are. Of the second one each pod counts its own traces: its name becomes `instance`, or
 * all would write the same series, each with a part of the count.
 */
export function keepServiceNameOnly(tier?: "traces"): ProcessorTypes["resource"] {
    return {
        attributes: [
            { key: TEMP_KEY, from_attribute: "service.name", action: "upsert" },
            { pattern: `^[^${TEMP_KEY}]`, action: "delete" },
            { key: "service.name", from_attribute: TEMP_KEY, action: "upsert" },
            { key: TEMP_KEY, action: "delete" },
            ...(tier === "traces"
                ? [{ key: "service.instance.id", value: POD_INSTANCE_ID, action: "insert" } as const]
                : []),
        ],
    };
}

/** Requests, errors and durations of each operation, and those between two services, within bounds. */
export function renderSpanMetricsConnectors(settings: SpanMetricsSettings): Connectors {
    const flushInterval = goDuration(settings.flushInterval);
    return {
        span_metrics: {
            namespace: SPAN_METRICS_PREFIX,
            histogram: { unit: "s" },
            exemplars: { enabled: true, max_per_data_point: 5 },
            // A random number of the process: a new set of series at every restart.
            exclude_dimensions: ["collector.instance.id"],
            // Instances of a service are counted together: apart, they would write the same series by turns.
            resource_metrics_key_attributes: ["service.name"],
            aggregation_cardinality_limit: settings.maxSeries,
            metrics_flush_interval: flushInterval,
            // Of a service that has stopped to send; otherwise it would be pushed, and kept in memory, for good.
            metrics_expiration: "1h",
        },
        service_graph: {
            // How long a request waits for the span of its other side.
            store: { ttl: "2s", max_items: settings.maxPendingEdges },
            metrics_flush_interval: flushInterval,
        },
    };
}
