import type { GroupVersionKind } from "../object";
import { DAEMON_SET } from "./daemon-set";
import { DEPLOYMENT } from "./deployment";
import { JOB } from "./job";
import { CUSTOM_RESOURCE_DEFINITION, INGRESS, VOLUME_CLAIM } from "./others";
import { POD } from "./pods";
import type { Rule } from "./readiness";
import { SERVICE } from "./service";
import { STATEFUL_SET } from "./stateful-set";

const RULES: ReadonlyMap<string, Rule> = new Map([
    ["apps/v1/Deployment", DEPLOYMENT],
    ["apps/v1/StatefulSet", STATEFUL_SET],
    ["apps/v1/DaemonSet", DAEMON_SET],
    ["batch/v1/Job", JOB],
    ["v1/Service", SERVICE],
    ["v1/Pod", POD],
    ["v1/PersistentVolumeClaim", VOLUME_CLAIM],
    ["networking.k8s.io/v1/Ingress", INGRESS],
    ["apiextensions.k8s.io/v1/CustomResourceDefinition", CUSTOM_RESOURCE_DEFINITION],
]);

/** When objects of that kind are ready; undefined: as soon as they exist. */
export function ruleFor({ apiVersion, kind }: GroupVersionKind): Rule | undefined {
    return RULES.get(`${apiVersion}/${kind}`);
}
