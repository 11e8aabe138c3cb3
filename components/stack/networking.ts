import { WORKLOAD_NAMES as NAMES } from "../../config/model/workload-names";
import { Exposure } from "../exposure/exposure";
import { resolveExposureTargets } from "../exposure/targets";
import { NetworkPolicies } from "../network-policies/network-policies";
import { resolveFlows } from "./flows";
import type { StackContext } from "./stack-context";

export function createNetworkPolicies(stack: StackContext): void {
    const { settings } = stack.plan;
    if (settings.networkPolicies.enabled) {
        new NetworkPolicies(
            stack.childName("network"),
            {
                namespace: stack.namespace,
                flows: resolveFlows(NAMES, stack.plan),
                // An existing Namespace may contain other pods.
                ownsNamespace: settings.namespace.create,
            },
            stack.childOptions(),
        );
    }
}

export function createExposure(stack: StackContext): void {
    const { exposure, settings } = stack.plan;
    if (exposure.hosts.length > 0) {
        new Exposure(
            stack.childName("exposure"),
            {
                ...settings.expose,
                tlsMode: exposure.tlsMode,
                namespace: stack.namespace,
                targets: resolveExposureTargets(NAMES, stack.plan),
            },
            stack.childOptions({}, { name: "publish", type: "otel-stack:index:Publish" }),
        );
    }
}
