import type { ProcessorId, ProcessorTypes } from "./types/collector-config";

export const ADD_RESOURCE_LABELS = "transform/resource-labels" as const satisfies ProcessorId;

const HAS_NO_SERVICE_NAME = 'resource.attributes["service.name"] == nil';

/**
 * Adds resource attributes as labels to metrics without a service name. Prometheus series get only the data point's
 * attributes, and `job` and `instance` from the service. Without this, all pods and nodes would write the same series.
 * The pod's uid is excluded, so that the series of a StatefulSet's pods continue after a restart.
 */
export function renderResourceLabels(): ProcessorTypes["transform"] {
    return {
        error_mode: "propagate",
        metric_statements: [
            `merge_maps(datapoint.attributes, resource.attributes, "insert") where ${HAS_NO_SERVICE_NAME}`,
            `delete_key(datapoint.attributes, "k8s.pod.uid") where ${HAS_NO_SERVICE_NAME}`,
        ],
    };
}
