import type { LabelSet } from "../../config/types/labels";
import type { Plan } from "../../config/model/plan";
import type { WorkloadNames } from "../../config/model/workload-names";
import type { StackSettings } from "../../config/schema/schema";
import { SHOP_PORT, shopNames } from "../shop/shop";
import { clusterTelemetryFlows } from "../cluster-telemetry/flows";
import { COLLECTOR_PORTS } from "../collector/config/ports";
import { GRAFANA_PORT } from "../grafana/config";
import { JAEGER_PORTS } from "../jaeger/config";
import { LOG_STORE_PORTS } from "./log-stores";
import { PROMETHEUS_PORT } from "../prometheus/config";
import { resolveExposureTargets } from "../exposure/targets";
import { jobName } from "../telemetrygen/telemetrygen";
import { dnsFlows } from "../network-policies/dns-flows";
import { destinationFlows, pluginFlows } from "../network-policies/destination-flows";
import type { ExternalPeer, Flow } from "../network-policies/flow";
import { cidrPeers, namespacePeers } from "../network-policies/peers";
import { alertmanagerFlows } from "./alertmanager-flows";
import { traceTierFlows } from "./trace-tier-flows";

/**
 * Resolves all connections of a stack. Its NetworkPolicies allow these and no others.
 *
 * To allow a new connection between two workloads, add an entry to `internalFlows`. The flow to DNS follows from it.
 */
export function resolveFlows(names: WorkloadNames, plan: Plan): readonly Flow[] {
    const flows = [
        ...internalFlows(names, plan),
        ...traceTierFlows(names, plan),
        ...destinationFlows(names.collector, plan.ingestTier.destinations),
        ...pluginFlows(names.grafana, plan),
        ...alertmanagerFlows(names, plan),
    ];
    return [
        ...flows,
        ...externalFlows(names, plan),
        ...clusterTelemetryFlows(names.collector, plan),
        ...dnsFlows(flows, plan.settings.networkPolicies),
    ];
}

function internalFlows(names: WorkloadNames, plan: Plan): readonly Flow[] {
    const { collector, grafana, jaeger, prometheus } = names;
    const { logStores, routes, settings, spanMetrics } = plan;
    const prometheusEnabled = settings.prometheus.enabled;
    const grafanaEnabled = settings.grafana.enabled;
    return [
        ...plan.telemetrygenSignals.map((signal) => ({
            from: jobName(names.telemetrygen, signal),
            to: collector,
            port: COLLECTOR_PORTS.otlpGrpc,
            purpose: `sample ${signal}`,
        })),
        ...(settings.shop.enabled ? shopFlows(names) : []),
        ...when(routes.traces.includes("jaeger"), {
            from: plan.traceTier ? names.traceTier : collector,
            to: jaeger,
            port: plan.usesPersistentQueues ? JAEGER_PORTS.otlpHttp : JAEGER_PORTS.otlpGrpc,
            purpose: "traces",
        }),
        ...logStores.flatMap((store) => {
            const target = { to: names[store], port: LOG_STORE_PORTS[store] };
            return [
                { ...target, from: collector, purpose: "logs" },
                ...when(prometheusEnabled, { ...target, from: prometheus, purpose: "scrape of internal metrics" }),
                ...when(grafanaEnabled, { ...target, from: grafana, purpose: "queries" }),
            ];
        }),
        ...when(prometheusEnabled, {
            from: collector,
            to: prometheus,
            port: PROMETHEUS_PORT,
            purpose: "push of metrics",
        }),
        ...when(prometheusEnabled && routes.metrics.includes("scrape"), {
            from: prometheus,
            to: collector,
            port: COLLECTOR_PORTS.metrics,
            purpose: "scrape of received metrics",
        }),
        ...when(prometheusEnabled, {
            from: prometheus,
            to: collector,
            port: COLLECTOR_PORTS.telemetry,
            purpose: "scrape of internal metrics",
        }),
        ...when(prometheusEnabled && settings.jaeger.enabled, {
            from: prometheus,
            to: jaeger,
            port: JAEGER_PORTS.telemetry,
            purpose: "scrape of internal metrics",
        }),
        ...when(spanMetrics !== undefined && settings.jaeger.enabled, {
            from: jaeger,
            to: prometheus,
            port: PROMETHEUS_PORT,
            purpose: "span metrics queries",
        }),
        ...when(grafanaEnabled && settings.prometheus.enabled, {
            from: grafana,
            to: prometheus,
            port: PROMETHEUS_PORT,
            purpose: "queries",
        }),
        ...when(grafanaEnabled && settings.jaeger.enabled, {
            from: grafana,
            to: jaeger,
            port: JAEGER_PORTS.ui,
            purpose: "queries",
        }),
    ];
}

function shopFlows({ shop, collector }: WorkloadNames): readonly Flow[] {
    const { frontend, load, payments } = shopNames(shop);
    return [
        { from: load, to: frontend, port: SHOP_PORT, purpose: "orders" },
        { from: frontend, to: payments, port: SHOP_PORT, purpose: "payments" },
        ...[frontend, load, payments].map((from) => ({
            from,
            to: collector,
            port: COLLECTOR_PORTS.otlpHttp,
            purpose: "shop telemetry",
        })),
    ];
}

/** From the Namespaces in the settings. */
function externalFlows(names: WorkloadNames, plan: Plan): readonly Flow[] {
    const { routes, settings } = plan;
    const { networkPolicies, grafana, secureOtlp, jaeger } = settings;
    const otlpClients = namespacesPeer("senders", networkPolicies.allowOtlpFrom);
    const uiClients = namespacesPeer("viewers", networkPolicies.allowUiFrom);
    const scrapers = namespacesPeer("scrapers", networkPolicies.allowScrapeFrom);
    const controller = controllerPeer(settings);
    const metricsScrapeable = routes.metrics.includes("scrape");
    return [
        ...otlpListenerPorts(secureOtlp).map((port) => ({
            from: otlpClients,
            to: names.collector,
            port,
            purpose: "OTLP",
        })),
        ...when(grafana.enabled, { from: uiClients, to: names.grafana, port: GRAFANA_PORT, purpose: "dashboards" }),
        ...when(metricsScrapeable, {
            from: scrapers,
            to: names.collector,
            port: COLLECTOR_PORTS.metrics,
            purpose: "scrape of metrics",
        }),
        ...[names.collector, ...(plan.traceTier ? [names.traceTier] : [])].map((to) => ({
            from: scrapers,
            to,
            port: COLLECTOR_PORTS.telemetry,
            purpose: "scrape of metrics",
        })),
        ...when(jaeger.enabled, {
            from: scrapers,
            to: names.jaeger,
            port: JAEGER_PORTS.telemetry,
            purpose: "scrape of metrics",
        }),
        ...resolveExposureTargets(names, plan).map(({ workload, port, host }) => ({
            from: controller,
            to: workload,
            port,
            purpose: host,
        })),
    ].filter(({ from }) => from.peers.length > 0);
}

/** The OTLP ports for other Namespaces: the secure ones if the secure OTLP listener is enabled. */
function otlpListenerPorts({ enabled, grpc }: StackSettings["secureOtlp"]): readonly number[] {
    if (!enabled) {
        return [COLLECTOR_PORTS.otlpGrpc, COLLECTOR_PORTS.otlpHttp];
    }
    return [...(grpc.enabled ? [COLLECTOR_PORTS.secureGrpc] : []), COLLECTOR_PORTS.secureHttp];
}

/** The controller that serves the external hostnames. */
function controllerPeer({ expose: { controller } }: StackSettings): ExternalPeer {
    return {
        name: "controller",
        peers: [...namespacePeers(controller.namespaceSelectors), ...cidrPeers(controller.cidrs)],
    };
}

function namespacesPeer(name: string, namespaces: readonly LabelSet[]): ExternalPeer {
    return { name, peers: namespacePeers(namespaces) };
}

function when<F extends Flow>(condition: boolean, flow: F): readonly F[] {
    return condition ? [flow] : [];
}
