import * as z from "zod";
import { dnsSubdomains, objectNameOrEmpty } from "../types/dns";
import { annotations, nodeLabels, addedLabels } from "../types/labels";
import { affinity, tolerations, topologySpreadConstraints } from "../types/scheduling";
import { setting } from "./setting";

const NO_VALUE = { whenUnset: "none" };

const SHAPE = {
    nodeSelector: setting(
        nodeLabels.optional(),
        "Labels of the nodes on which pods run, in addition to `kubernetes.io/os: linux`. The agents of `clusterTelemetry` run on all nodes; only `clusterTelemetry.pods` limits them.",
        NO_VALUE,
    ),
    tolerations: setting(
        tolerations.optional(),
        "Taints of nodes that pods tolerate. The agents of `clusterTelemetry` tolerate all taints.",
        NO_VALUE,
    ),
    affinity: setting(
        affinity.optional(),
        "Rules for the nodes of pods. Of `nodeAffinity`, `podAffinity` and `podAntiAffinity`, each one replaces that of `pods` or of the stack as a whole. The stack prefers different nodes for the pods of one workload. The agents of `clusterTelemetry` run on all nodes; only `clusterTelemetry.pods` limits them.",
        NO_VALUE,
    ),
    topologySpreadConstraints: setting(
        topologySpreadConstraints.optional(),
        "How the pods of one workload are spread over zones or nodes. The stack sets the `labelSelector` of each workload.",
        NO_VALUE,
    ),
    priorityClassName: setting(
        objectNameOrEmpty.optional(),
        "Name of an existing PriorityClass. Empty for none, where `pods` has one.",
        { whenUnset: "the cluster's default" },
    ),
    runtimeClassName: setting(
        objectNameOrEmpty.optional(),
        "Name of an existing RuntimeClass. Empty for none, where `pods` has one.",
        { whenUnset: "the cluster's default" },
    ),
    labels: setting(addedLabels.optional(), "Labels of pods, in addition to those of the stack.", NO_VALUE),
    annotations: setting(annotations.optional(), "Annotations of pods.", NO_VALUE),
    envFrom: setting(
        dnsSubdomains.optional(),
        "Names of existing Secrets whose keys become environment variables of the container, such as `HTTPS_PROXY`. Variables that the stack sets take precedence. Pods start after the Secrets exist, and read a changed Secret when they start. `clusterTelemetry` has a Namespace of its own; only `clusterTelemetry.pods` names its Secrets.",
        NO_VALUE,
    ),
};

/** Settings of the pods of all workloads. */
export const pods = z.strictObject(SHAPE);

/** One schema for all workloads: `id` makes schemas/stack-file.json refer to it instead of repeating it. */
const workloadPods = z.strictObject(SHAPE).meta({ id: "pods", description: "map with keys of `pods`" });

type PodsSchema = z.ZodPrefault<typeof pods>;

/** The same settings for one workload. They are described once, for all workloads. */
export function createPodsSchema(subject: string): PodsSchema {
    return setting(
        workloadPods.prefault({}),
        `Settings of [\`pods\`](#pods) for ${subject} only. A label, annotation or node label is added to those of \`pods\`, or replaces the one of the same name. A list or a name replaces that of \`pods\`.`,
        { whenUnset: "the values of `pods`" },
    );
}
