import type { ClusterSettings } from "../../config/cluster";
import { assertComplete } from "../collector/graph";
import { memoryLimiter } from "../collector/memory-limiter";
import { COLLECTOR_PORTS } from "../collector/ports";
import type { CollectorConfig, NoMetrics, ProcessorId } from "../collector/types";
import { everywhere } from "../shared/endpoint";
import { type ExporterArgs, TO_COLLECTOR, toCollector } from "./exporter";

export interface EventsConfigArgs extends ExporterArgs {
    readonly cluster: Pick<ClusterSettings, "resources">;
}

/** The service that events are found by. */
export const EVENTS_SERVICE = "kubernetes-events";

const NAMED = "resource/events" satisfies ProcessorId;

/** The configuration file of the one pod that hears of the cluster's events. */
export function eventsConfig(args: EventsConfigArgs): CollectorConfig<NoMetrics> {
    const config: CollectorConfig<NoMetrics> = {
        extensions: { health_check: { endpoint: everywhere(COLLECTOR_PORTS.health) } },
        receivers: { k8s_events: { auth_type: "serviceAccount" } },
        processors: {
            memory_limiter: memoryLimiter(args.cluster.resources),
            [NAMED]: { attributes: [{ key: "service.name", value: EVENTS_SERVICE, action: "insert" }] },
        },
        exporters: { [TO_COLLECTOR]: toCollector(args, undefined, "wait") },
        connectors: {},
        service: {
            extensions: ["health_check"],
            telemetry: { metrics: { level: "none" } },
            pipelines: {
                logs: {
                    receivers: ["k8s_events"],
                    processors: ["memory_limiter", NAMED],
                    exporters: [TO_COLLECTOR],
                },
            },
        },
    };
    assertComplete(config);
    return config;
}
