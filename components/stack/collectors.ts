import type * as pulumi from "@pulumi/pulumi";
import { WORKLOAD_NAMES as NAMES } from "../../config/model/workload-names";
import { CLUSTER_TELEMETRY_NAMES } from "../cluster-telemetry/names";
import { Collector } from "../collector/collector";
import { markDestinationSecrets } from "../collector/config/destination-exporters";
import type { BackendEndpoints } from "../collector/config/exporters";
import { TraceTier } from "../collector/trace-tier";
import { victoriaLogsHeaders } from "../victoria-logs/config";
import type { StackContext } from "./stack-context";

/** @returns the Collector that receives all telemetry. With two tiers, the trace tier is ready before it. */
export function createCollectors(stack: StackContext, backends: readonly pulumi.Resource[]): Collector {
    const { images, ingestTier, metricsPushProtocol, settings, traceTier } = stack.plan;
    const { clusterTelemetry } = settings;
    const shared = {
        ...settings.collector,
        image: images.collector,
        pushProtocol: metricsPushProtocol,
        backends: resolveCollectorBackends(stack),
    };
    const dependsOn = [...backends];
    if (traceTier) {
        dependsOn.push(
            new TraceTier(
                stack.childName(NAMES.traceTier),
                {
                    ...shared,
                    ...stack.sharedArgs("traceTier"),
                    ...traceTier,
                    destinations: markDestinationSecrets(traceTier.destinations),
                },
                stack.childOptions({ dependsOn: [...backends] }),
            ),
        );
    }
    return new Collector(
        stack.childName(NAMES.collector),
        {
            ...shared,
            ...stack.sharedArgs("collector"),
            ...ingestTier,
            destinations: markDestinationSecrets(ingestTier.destinations),
            podAttributes: clusterTelemetry.kubernetesAttributes.enabled
                ? {
                      clusterRoleName: `${settings.namespace.name}-pods`,
                      agentNames: Object.values(CLUSTER_TELEMETRY_NAMES),
                      viaAgent: clusterTelemetry.agentOtlp.enabled,
                  }
                : undefined,
            labelsByResource: stack.plan.clusterTelemetry.collectsNodeMetrics,
        },
        stack.childOptions({ dependsOn }),
    );
}

function resolveCollectorBackends(stack: StackContext): BackendEndpoints {
    const { jaeger, loki, prometheus, traceTier, victoriaLogs } = stack.endpoints;
    return {
        jaeger: jaeger.otlp.address,
        jaegerOtlp: jaeger.otlpHttp.url,
        lokiOtlp: loki.otlpUrl,
        victoriaLogs: {
            otlp: victoriaLogs.otlpUrl,
            headers: victoriaLogsHeaders(stack.plan.settings.victoriaLogs),
        },
        prometheusOtlp: prometheus.otlpUrl,
        prometheusRemoteWrite: prometheus.remoteWriteUrl,
        traceTier: traceTier.host,
    };
}
