import { type Queues, onDisk, queuedSignals, secondsToFill } from "../config/durability";
import { type Routes, SIGNALS, type Signal } from "../config/routes";
import type { LocalPorts, StackSettings } from "../config/schema";
import type { CollectorEndpoints } from "./collector/collector";
import { exporterOf } from "./collector/destinations";
import { COLLECTOR_PORTS } from "./collector/ports";
import { GRAFANA_PORT } from "./grafana/config";
import { JAEGER_PORTS } from "./jaeger-config";
import { LOKI_PORT } from "./loki-config";
import { PROMETHEUS_PORT } from "./prometheus-config";
import { type Endpoint, type EndpointUrls, type PortForward, portForwardTo } from "./shared/endpoint";

/** Names of the Services; a backend that is off has none. */
export interface ServiceNames {
    readonly collector: string;
    readonly grafana: string;
    readonly jaeger: string;
    readonly loki: string;
    readonly prometheus: string;
}

export interface StackEndpoints {
    readonly collector: CollectorEndpoints;
    readonly grafana: { readonly ui: Endpoint };
    readonly jaeger: { readonly ui: Endpoint };
    readonly loki: { readonly api: Endpoint };
    readonly prometheus: { readonly api: Endpoint };
}

type Backends = Pick<StackSettings, "grafana" | "jaeger" | "loki" | "prometheus">;

/** The addresses inside the cluster. */
export interface EndpointOutputs {
    readonly otlp: { readonly grpc: EndpointUrls; readonly http: EndpointUrls };
    readonly grafana?: EndpointUrls;
    readonly jaeger?: EndpointUrls;
    readonly loki?: EndpointUrls;
    readonly prometheus?: EndpointUrls;
}

export function endpointOutputs(at: StackEndpoints, { grafana, jaeger, loki, prometheus }: Backends): EndpointOutputs {
    return {
        otlp: { grpc: at.collector.otlpGrpc.urls, http: at.collector.otlpHttp.urls },
        ...(grafana.enabled ? { grafana: at.grafana.ui.urls } : {}),
        ...(jaeger.enabled ? { jaeger: at.jaeger.ui.urls } : {}),
        ...(loki.enabled ? { loki: at.loki.api.urls } : {}),
        ...(prometheus.enabled ? { prometheus: at.prometheus.api.urls } : {}),
    };
}

/** Commands that make the stack reachable from one's own machine. */
export interface PortForwardOutputs {
    readonly otelCollectorGrpc: PortForward;
    readonly otelCollectorHttp: PortForward;
    readonly otelCollectorMetrics?: PortForward;
    readonly grafana?: PortForward;
    readonly jaeger?: PortForward;
    readonly loki?: PortForward;
    readonly prometheus?: PortForward;
}

export function portForwardOutputs(
    services: ServiceNames,
    namespace: string,
    ports: LocalPorts,
    routes: Routes,
    { grafana, jaeger, loki, prometheus }: Backends,
): PortForwardOutputs {
    const to = (service: string, port: number, localPort: number, path?: string) =>
        portForwardTo({ service, namespace, port, localPort, ...(path === undefined ? {} : { path }) });
    return {
        otelCollectorGrpc: to(services.collector, COLLECTOR_PORTS.otlpGrpc, ports.otlpGrpc),
        otelCollectorHttp: to(services.collector, COLLECTOR_PORTS.otlpHttp, ports.otlpHttp),
        ...(routes.metrics.includes("scrape")
            ? { otelCollectorMetrics: to(services.collector, COLLECTOR_PORTS.metrics, ports.metrics, "/metrics") }
            : {}),
        ...(grafana.enabled ? { grafana: to(services.grafana, GRAFANA_PORT, ports.grafana) } : {}),
        ...(jaeger.enabled ? { jaeger: to(services.jaeger, JAEGER_PORTS.ui, ports.jaeger) } : {}),
        ...(loki.enabled ? { loki: to(services.loki, LOKI_PORT, ports.loki) } : {}),
        ...(prometheus.enabled ? { prometheus: to(services.prometheus, PROMETHEUS_PORT, ports.prometheus) } : {}),
    };
}

/** Where each signal can be read back, and by what one gets from one to another. */
export interface Expectations extends Omit<Routes, "traces"> {
    /** `exemplar`: the metrics made from spans lead to their traces. */
    readonly traces: readonly (Routes["traces"][number] | "exemplar")[];
}

export function expectationsOf(routes: Routes, spanMetrics: boolean): Expectations {
    return { ...routes, traces: [...routes.traces, ...(spanMetrics ? (["exemplar"] as const) : [])] };
}

/** What the Collector rides out while backends are away. */
export interface DurabilityOutput {
    readonly keptIn: StackSettings["durability"];
    /** Items of each signal a second that the times below are for. */
    readonly itemsPerSecond: number;
    /** The sending queue of each exporter, in each Collector pod; that of remote write counts requests. */
    readonly queues: Readonly<Record<string, { readonly bytes: number; readonly fullAfterSeconds: number }>>;
    /** Size of the volume of each Collector pod. */
    readonly volume?: string;
}

export function durabilityOutput(settings: StackSettings, queues: Queues): DurabilityOutput {
    const disk = onDisk(settings);
    const counted = queuedSignals(settings).filter((signal) => disk || signal !== "metrics");
    return {
        keptIn: settings.durability,
        itemsPerSecond: settings.outage.itemsPerSecond,
        queues: Object.fromEntries(
            counted.map((signal) => [
                exporterOf(BACKEND_ROUTES[signal], disk),
                { bytes: queues.bytes[signal], fullAfterSeconds: secondsToFill(queues, signal, settings.outage) },
            ]),
        ),
        ...(queues.volume ? { volume: queues.volume.storage } : {}),
    };
}

/** The route of each signal whose exporter has a queue of bytes. */
const BACKEND_ROUTES = { traces: "jaeger", metrics: "otlp", logs: "loki" } as const satisfies Record<
    Signal,
    Routes[Signal][number]
>;

/**
 * The environment of an application in the cluster that sends to the stack, in OpenTelemetry's own variables. A signal
 * without a destination is switched off there too, instead of being refused again and again.
 *
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
export function applicationEnvironment(
    { otlpGrpc }: CollectorEndpoints,
    routes: Routes,
): Readonly<Record<string, string>> {
    return {
        OTEL_EXPORTER_OTLP_ENDPOINT: otlpGrpc.urls.short,
        OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
        ...Object.fromEntries(
            SIGNALS.filter((signal) => routes[signal].length === 0).map((signal) => [
                `OTEL_${signal.toUpperCase()}_EXPORTER`,
                "none",
            ]),
        ),
    };
}
