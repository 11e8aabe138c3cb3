import type { SpanMetricsSettings } from "../../../config/schema/schema";
import {
    ENVIRONMENT_ATTRIBUTE,
    IDENTITY_ATTRIBUTES,
    NAMESPACE_ATTRIBUTE,
    SERVICE_ATTRIBUTE,
    SPAN_METRICS_PREFIX,
} from "../../telemetry/names";
import { goDuration } from "../../telemetry/go-duration";
import type { ConnectorId, Connectors, ProcessorId, ProcessorTypes } from "./types/collector-config";

/** The connectors that create metrics from spans. Both receive all spans. */
export const SPAN_METRICS_CONNECTORS = ["span_metrics", "service_graph"] as const satisfies readonly ConnectorId[];

/** Gives the metrics of spans the identity of their service. */
export const IDENTIFY_SPAN_METRICS = "transform/span-metrics" as const satisfies ProcessorId;

/** The variable with the pod's name. It has a default, so that the file can be validated outside a pod. */
export const POD_NAME_ENV = "POD_NAME";
const POD_INSTANCE_ID = `\${env:${POD_NAME_ENV}:-unknown}`;

/**
 * A client span with one of these attributes is a call to a database, which sends no spans. The edge is complete at
 * once. The first attribute is the name of the database, the last ones are its product. The names before and after
 * version 1.26 of the semantic conventions are both in use.
 *
 * https://opentelemetry.io/docs/specs/semconv/database/database-spans/
 */
const DATABASE_NAME_ATTRIBUTES = ["db.namespace", "db.name", "db.system.name", "db.system"] as const;

/**
 * The name of the other side of a call if it sends no span. With none of these attributes, it is `unknown`.
 *
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/server/
 */
const PEER_NAME_ATTRIBUTES = ["peer.service", "service.peer.name", "server.address", "net.peer.name"] as const;

/**
 * What an edge has as labels of its client and server: attributes that distinguish services of one name, and databases
 * of two products.
 */
const EDGE_LABEL_ATTRIBUTES = [NAMESPACE_ATTRIBUTE, ENVIRONMENT_ATTRIBUTE, "db.system.name"] as const;

/**
 * Leaves the service's name and namespace in the resource, of which Prometheus makes `job`, as for the service's own
 * metrics. The connector copies the resource of the first instance that it sees: keeping it would start new series after
 * each restart, and a `target_info` of no instance.
 *
 * Namespace and environment become labels here and not in the connector, where an attribute of a span would replace them,
 * and the series above the limit would have neither.
 *
 * @param tier `traces` for the trace tier. Each of its pods counts only its own traces, so the pod's name becomes
 * `instance`. Otherwise all pods would write the same series.
 */
export function renderSpanMetricsIdentity(tier?: "traces"): ProcessorTypes["transform"] {
    const kept = [SERVICE_ATTRIBUTE, NAMESPACE_ATTRIBUTE].map((key) => `"${key}"`).join(", ");
    return {
        error_mode: "ignore",
        metric_statements: [
            {
                context: "datapoint",
                conditions: [],
                statements: [NAMESPACE_ATTRIBUTE, ENVIRONMENT_ATTRIBUTE].map(
                    (key) =>
                        `set(datapoint.attributes["${key}"], resource.attributes["${key}"]) where resource.attributes["${key}"] != nil`,
                ),
            },
            {
                context: "resource",
                conditions: [],
                statements: [
                    `keep_keys(resource.attributes, [${kept}])`,
                    ...(tier === "traces"
                        ? [`set(resource.attributes["service.instance.id"], "${POD_INSTANCE_ID}")`]
                        : []),
                ],
            },
        ],
    };
}

/**
 * Requests, errors and durations of each operation, and requests between services, with a limit on the number of
 * series.
 */
export function renderSpanMetricsConnectors(settings: SpanMetricsSettings): Connectors {
    const flushInterval = goDuration(settings.flushInterval);
    return {
        span_metrics: {
            namespace: SPAN_METRICS_PREFIX,
            histogram: { unit: "s" },
            exemplars: { enabled: true, max_per_data_point: 5 },
            // A random number for each process. Keeping it would start new series at every restart.
            exclude_dimensions: ["collector.instance.id"],
            // Counts all instances of a service together. Otherwise they would overwrite the same series.
            resource_metrics_key_attributes: IDENTITY_ATTRIBUTES,
            aggregation_cardinality_limit: settings.maxSeries,
            metrics_flush_interval: flushInterval,
            // Removes the series of a service that sends no spans. Otherwise they would be pushed and held in memory
            // forever.
            metrics_expiration: "1h",
        },
        service_graph: {
            store: { ttl: goDuration(settings.pendingEdgeTimeout), max_items: settings.maxPendingEdges },
            metrics_flush_interval: flushInterval,
            database_name_attributes: DATABASE_NAME_ATTRIBUTES,
            virtual_node_peer_attributes: PEER_NAME_ATTRIBUTES,
            dimensions: EDGE_LABEL_ATTRIBUTES,
        },
    };
}
