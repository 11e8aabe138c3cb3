import { WORKLOAD_NAMES as NAMES } from "../../config/model/workload-names";
import { ClusterTelemetry } from "../cluster-telemetry/cluster-telemetry";
import { agentFlows } from "../cluster-telemetry/flows";
import type { Collector } from "../collector/collector";
import { Shop } from "../shop/shop";
import { Telemetrygen } from "../telemetrygen/telemetrygen";
import { AGENT_ENV_NAME, APPLICATION_ENV_NAME, createEnvConfigMap } from "./application-env";
import type { StackContext } from "./stack-context";

/** Creates the Collectors on the nodes and the one for events, which send to the Collector of the stack. */
export function createClusterTelemetry(stack: StackContext, collector: Collector): void {
    const { clusterTelemetry, images, pods, routedSignals, settings } = stack.plan;
    if (!clusterTelemetry.enabled) {
        return;
    }
    new ClusterTelemetry(
        stack.childName("cluster-telemetry"),
        {
            clusterTelemetry: settings.clusterTelemetry,
            plan: clusterTelemetry,
            image: images.agent,
            agentPods: pods.agent,
            eventsPods: pods.clusterTelemetry,
            pullSecrets: stack.pullSecrets,
            rolloutTimeout: settings.rolloutTimeout,
            stackNamespace: settings.namespace.name,
            otlpEndpoint: stack.endpoints.collector.otlpGrpc.address,
            batch: settings.collector.batch,
            receiver: settings.collector.receiver,
            signals: routedSignals,
            ...(settings.networkPolicies.enabled ? { flows: agentFlows(NAMES.collector, stack.plan) } : {}),
        },
        // On destroy, the Collector accepts their last data.
        stack.childOptions({ dependsOn: collector }, { name: "cluster", type: "otel-stack:index:ClusterCollection" }),
    );
}

/** Creates the ConfigMaps with the environment of applications, in each Namespace that the settings name. */
export function createEnvConfigMaps(stack: StackContext): void {
    const { images, settings } = stack.plan;
    const sets = [
        { objectName: APPLICATION_ENV_NAME, variables: stack.applicationEnv, image: images.collector },
        ...(stack.agentEnv ? [{ objectName: AGENT_ENV_NAME, variables: stack.agentEnv, image: images.agent }] : []),
    ];
    for (const set of sets) {
        createEnvConfigMap(
            stack.childName(set.objectName),
            { ...set, namespace: stack.namespace },
            stack.childOptions(),
        );
        for (const namespace of settings.applicationEnv.namespaces) {
            const name = stack.childName(`${set.objectName}-${namespace}`);
            createEnvConfigMap(name, { ...set, namespace }, stack.childOptions());
        }
    }
}

/** Creates the applications that send to the Collector. */
export function createClients(stack: StackContext, collector: Collector): void {
    const { images, settings, telemetrygenSignals } = stack.plan;
    const { shop, telemetrygen } = settings;
    new Telemetrygen(
        stack.childName(NAMES.telemetrygen),
        {
            ...telemetrygen,
            ...stack.sharedArgs("telemetrygen"),
            image: images.telemetrygen,
            signals: telemetrygenSignals,
            otlpEndpoint: stack.endpoints.collector.otlpGrpc.address,
        },
        // It fails if the Collector is not listening.
        stack.childOptions({ dependsOn: collector }),
    );
    if (shop.enabled && images.shop !== undefined) {
        new Shop(
            stack.childName(NAMES.shop),
            {
                ...shop,
                ...stack.sharedArgs("shop"),
                image: images.shop,
                endpoints: stack.endpoints.shop,
                telemetry: stack.applicationEnv,
            },
            // On destroy, the Collector accepts its last data.
            stack.childOptions({ dependsOn: collector }, { type: "otel-stack:index:App" }),
        );
    }
}
