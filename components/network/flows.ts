import type { LabelSet } from "../../config/kinds";
import { onDisk } from "../../config/durability";
import { hasTraceTier } from "../../config/layout";
import { logStoresOf } from "../../config/log-stores";
import { generatedSignals, makesSpanMetrics, pushRouteOf, routesOf } from "../../config/routes";
import type { StackSettings } from "../../config/schema";
import { firstTier } from "../../config/tiers";
import { APP_PORT, appNames } from "../app";
import { clusterFlows } from "../cluster/flows";
import { COLLECTOR_PORTS } from "../collector/ports";
import { traceTierName } from "../collector/trace-tier";
import { GRAFANA_PORT } from "../grafana/config";
import { JAEGER_PORTS } from "../jaeger-config";
import { LOG_STORE_PORTS } from "../log-stores";
import type { ServiceNames } from "../outputs";
import { PROMETHEUS_PORT } from "../prometheus-config";
import { publishedBackends } from "../publish/backends";
import { jobName } from "../telemetrygen";
import { flowsToDns } from "./dns";
import { flowsFurther, pluginFlows } from "./further-flows";
import { type Peer, peersAt, peersIn } from "./peers";
import { tierFlows } from "./tier-flows";

/** Connections that one party of the stack opens to another. Replies need no flow of their own. */
export interface Flow {
    readonly from: Party;
    readonly to: Party;
    /** Port of the pods, behind whatever Service leads there. */
    readonly port: number;
    /** @default TCP alone */
    readonly protocols?: readonly Protocol[];
    /** What goes that way. */
    readonly why: string;
}

/** A workload of the stack by its name, or who is no part of it. */
export type Party = string | Outsider;
export type Protocol = "TCP" | "UDP";

/** Pods of other Namespaces, or addresses; what any one of the peers describes is meant. */
export interface Outsider {
    readonly name: string;
    readonly peers: readonly Peer[];
}

/** Names of the workloads; a backend that is off has none. */
export interface WorkloadNames extends ServiceNames {
    readonly telemetrygen: string;
}

/**
 * Who talks to whom in a stack with those settings: all that its NetworkPolicies allow, and they allow nothing else.
 *
 * A new connection between two workloads is one more entry in `ownFlows`; the way to DNS follows from it.
 */
export function stackFlows(names: WorkloadNames, settings: StackSettings): readonly Flow[] {
    const flows = [
        ...ownFlows(names, settings),
        ...tierFlows(names, settings),
        ...flowsFurther(names.collector, firstTier(settings)),
        ...pluginFlows(names.grafana, settings),
    ];
    return [
        ...flows,
        ...flowsFromOutside(names, settings),
        ...clusterFlows(names.collector, settings),
        ...flowsToDns(flows, settings.networkPolicies),
    ];
}

function ownFlows(names: WorkloadNames, settings: StackSettings): readonly Flow[] {
    const { collector, grafana, jaeger, prometheus } = names;
    const routes = routesOf(settings);
    const tiers = hasTraceTier(settings);
    const spanMetrics = makesSpanMetrics(settings);
    const scraped = settings.prometheus.enabled;
    const viewed = settings.grafana.enabled;
    return [
        ...generatedSignals(settings).map((signal) => ({
            from: jobName(names.telemetrygen, signal),
            to: collector,
            port: COLLECTOR_PORTS.otlpGrpc,
            why: `sample ${signal}`,
        })),
        ...(settings.app.enabled ? appFlows(names) : []),
        ...only(routes.traces.includes("jaeger"), {
            from: tiers ? traceTierName(collector) : collector,
            to: jaeger,
            port: onDisk(settings) ? JAEGER_PORTS.otlpHttp : JAEGER_PORTS.otlpGrpc,
            why: "traces",
        }),
        ...logStoresOf(settings).flatMap((store) => {
            const way = { to: names[store], port: LOG_STORE_PORTS[store] };
            return [
                { ...way, from: collector, why: "logs" },
                ...only(scraped, { ...way, from: prometheus, why: "its own metrics, scraped" }),
                ...only(viewed, { ...way, from: grafana, why: "queries" }),
            ];
        }),
        ...only((spanMetrics && !tiers) || routes.metrics.includes(pushRouteOf(settings)), {
            from: collector,
            to: prometheus,
            port: PROMETHEUS_PORT,
            why: "metrics, pushed",
        }),
        ...only(scraped && routes.metrics.includes("scrape"), {
            from: prometheus,
            to: collector,
            port: COLLECTOR_PORTS.metrics,
            why: "metrics received, scraped",
        }),
        ...only(scraped, {
            from: prometheus,
            to: collector,
            port: COLLECTOR_PORTS.telemetry,
            why: "its own metrics, scraped",
        }),
        ...only(scraped && settings.jaeger.enabled, {
            from: prometheus,
            to: jaeger,
            port: JAEGER_PORTS.telemetry,
            why: "its own metrics, scraped",
        }),
        ...only(spanMetrics && settings.jaeger.enabled, {
            from: jaeger,
            to: prometheus,
            port: PROMETHEUS_PORT,
            why: "queries of the Monitor tab",
        }),
        ...only(viewed && settings.prometheus.enabled, {
            from: grafana,
            to: prometheus,
            port: PROMETHEUS_PORT,
            why: "queries",
        }),
        ...only(viewed && settings.jaeger.enabled, {
            from: grafana,
            to: jaeger,
            port: JAEGER_PORTS.ui,
            why: "queries",
        }),
    ];
}

function appFlows({ app, collector }: WorkloadNames): readonly Flow[] {
    const { frontend, load, payments } = appNames(app);
    return [
        { from: load, to: frontend, port: APP_PORT, why: "orders" },
        { from: frontend, to: payments, port: APP_PORT, why: "payments" },
        ...[frontend, load, payments].map((from) => ({
            from,
            to: collector,
            port: COLLECTOR_PORTS.otlpGrpc,
            why: "telemetry of the shop",
        })),
    ];
}

/** From the Namespaces that the settings name. */
function flowsFromOutside(names: WorkloadNames, settings: StackSettings): readonly Flow[] {
    const { networkPolicies, grafana, guard, jaeger } = settings;
    const senders = podsOf("senders", networkPolicies.senders);
    const viewers = podsOf("viewers", networkPolicies.viewers);
    const scrapers = podsOf("scrapers", networkPolicies.scrapers);
    const controller = controllerOf(settings);
    const received = routesOf(settings).metrics.includes("scrape");
    return [
        ...portsForSenders(guard).map((port) => ({ from: senders, to: names.collector, port, why: "OTLP" })),
        ...only(grafana.enabled, { from: viewers, to: names.grafana, port: GRAFANA_PORT, why: "dashboards" }),
        ...only(received, {
            from: scrapers,
            to: names.collector,
            port: COLLECTOR_PORTS.metrics,
            why: "metrics, scraped",
        }),
        ...[names.collector, ...(hasTraceTier(settings) ? [traceTierName(names.collector)] : [])].map((to) => ({
            from: scrapers,
            to,
            port: COLLECTOR_PORTS.telemetry,
            why: "metrics, scraped",
        })),
        ...only(jaeger.enabled, {
            from: scrapers,
            to: names.jaeger,
            port: JAEGER_PORTS.telemetry,
            why: "metrics, scraped",
        }),
        ...publishedBackends(names, settings).map(({ workload, port, host }) => ({
            from: controller,
            to: workload,
            port,
            why: host,
        })),
    ].filter(({ from }) => from.peers.length > 0);
}

/** Where the Collector listens for other Namespaces: with credentials, if it asks for them. */
function portsForSenders({ enabled, grpc }: StackSettings["guard"]): readonly number[] {
    if (!enabled) {
        return [COLLECTOR_PORTS.otlpGrpc, COLLECTOR_PORTS.otlpHttp];
    }
    return [...(grpc.enabled ? [COLLECTOR_PORTS.guardedGrpc] : []), COLLECTOR_PORTS.guardedHttp];
}

/** Who answers for the names that are reached from outside of the cluster. */
function controllerOf({ publish: { controller } }: StackSettings): Outsider {
    return { name: "controller", peers: [...peersIn(controller.namespaces), ...peersAt(controller.cidrs)] };
}

function podsOf(name: string, namespaces: readonly LabelSet[]): Outsider {
    return { name, peers: peersIn(namespaces) };
}

function only<F extends Flow>(condition: boolean, flow: F): readonly F[] {
    return condition ? [flow] : [];
}
