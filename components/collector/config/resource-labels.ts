import type { ProcessorId, ProcessorTypes } from "./types/collector-config";

export const ADD_RESOURCE_LABELS = "transform/resource-labels" as const satisfies ProcessorId;

const HAS_NO_SERVICE_NAME = 'resource.attributes["service.name"] == nil';

/**
 * Makes labels of a resource's attributes where it is no service. In Prometheus a series has the attributes of its
 * points alone, and the service as `job` and `instance`: without one, all pods and nodes would write the same series. The
 * uid is left out, as the pods of a StatefulSet keep their names, and their series.
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
