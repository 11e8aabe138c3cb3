import type * as pulumi from "@pulumi/pulumi";
import type { StoredData } from "../../config/model/stored-data";
import { type UiBackend, isUiBackend } from "../../config/model/expose";
import { type BackendQueue, destinationQueueBytes, secondsUntilFull } from "../../config/model/durability";
import { GRAFANA_SECRET_KEYS, TOKEN_SECRET_KEYS } from "../../config/model/existing-secrets";
import { LOG_ROUTES, type LogStore } from "../../config/model/log-stores";
import type { Plan, TierPlan } from "../../config/model/plan";
import type { WorkloadNames } from "../../config/model/workload-names";
import {
    type EnvVariables,
    OTLP_HTTP_PROTOCOL,
    resolveExportVariables,
    SERVICE_SHELL_VARIABLES,
} from "./application-env";
import type { StackEndpoints } from "./endpoints";
import type { Routes } from "../../config/model/routes";
import type { Signal } from "../../config/types/signal";
import type { DurabilityMode } from "../../config/schema/durability";
import { parseSeconds } from "../../config/types/units";
import { ALERTMANAGER_PORTS } from "../alertmanager/config";
import { SHOP_PORT, shopNames } from "../shop/shop";
import type { CollectorEndpoints } from "../collector/endpoints";
import { type BackendRoute, exporterId } from "../collector/config/exporters";
import { destinationExporterId } from "../collector/config/destination-exporters";
import { COLLECTOR_PORTS } from "../collector/config/ports";
import { tokenSecretName } from "../collector/tokens";
import { GRAFANA_ADMIN, GRAFANA_PORT } from "../grafana/config";
import { JAEGER_PORTS } from "../jaeger/config";
import { LOG_STORE_UI_PATHS, LOG_STORE_PORTS } from "./log-stores";
import { PROMETHEUS_PORT } from "../prometheus/config";
import {
    type Endpoint,
    type EndpointUrls,
    type PortForward,
    renderEndpointUrls,
    renderPortForward,
    renderQualifiedHost,
} from "../kubernetes/endpoint";

/** Outputs of the stack. A disabled feature has no output, because Pulumi warns about undefined outputs. */
export interface StackOutputs {
    readonly namespace: string;
    /** Addresses inside the cluster: a short one that resolves in every cluster, and one with `clusterDomain`. */
    readonly endpoints: EndpointOutputs;
    /** Environment variables for an application in the cluster that sends telemetry to the stack. */
    readonly applicationEnv: EnvVariables;
    /** The same with the variables of one service, as commands for a shell. */
    readonly applicationEnvShell: string;
    /** The same as `env` of a container. */
    readonly applicationEnvYaml: string;
    /** The same as `envFrom` and `env` of a container. The ConfigMap has the variables of all services. */
    readonly applicationEnvFromYaml: string;
    /** `applicationEnv` for the agent of the application's node, if agents accept OTLP. */
    readonly agentEnv?: EnvVariables;
    /** Port-forward commands, and the URL that each makes available. */
    readonly portForwards: PortForwardOutputs;
    /** Administrator of Grafana. */
    readonly grafanaAdmin?: GrafanaAdminOutput;
    /** What a client outside the Namespace needs for the secure OTLP listener. */
    readonly secureOtlp?: SecureOtlpOutput;
    /** External URL by target. */
    readonly externalUrls?: Readonly<Record<string, string>>;
    /** The backends in which verification finds each signal. */
    readonly verification: VerificationOutput;
    /** Data on volumes. The next update must not delete it. */
    readonly storedData: StoredData;
    /** The backend outage that the Collector tolerates. */
    readonly durability: DurabilityOutput;
}

export interface EndpointOutputs extends Readonly<Partial<Record<LogStore, EndpointUrls>>> {
    readonly otlp: { readonly grpc: EndpointUrls; readonly http: EndpointUrls };
    /** The agent on the application's node, if agents accept OTLP. */
    readonly otlpAgent?: { readonly grpc: EndpointUrls; readonly http: EndpointUrls };
    readonly alertmanager?: EndpointUrls;
    readonly grafana?: EndpointUrls;
    readonly jaeger?: EndpointUrls;
    readonly prometheus?: EndpointUrls;
    readonly shopFrontend?: EndpointUrls;
}

export function endpointOutputs(endpoints: StackEndpoints, { logStores, settings }: Plan): EndpointOutputs {
    const { alertmanager, shop, clusterTelemetry, grafana, jaeger, prometheus } = settings;
    const urls = (endpoint: Endpoint) => renderEndpointUrls(endpoint, settings.clusterDomain);
    return {
        otlp: { grpc: urls(endpoints.collector.otlpGrpc), http: urls(endpoints.collector.otlpHttp) },
        ...(clusterTelemetry.agentOtlp.enabled
            ? { otlpAgent: { grpc: urls(endpoints.agent.otlpGrpc), http: urls(endpoints.agent.otlpHttp) } }
            : {}),
        ...(grafana.enabled ? { grafana: urls(endpoints.grafana.ui) } : {}),
        ...(jaeger.enabled ? { jaeger: urls(endpoints.jaeger.ui) } : {}),
        ...mapKeys(logStores, (store) => urls(endpoints[store].api)),
        ...(prometheus.enabled ? { prometheus: urls(endpoints.prometheus.api) } : {}),
        ...(alertmanager.enabled ? { alertmanager: urls(endpoints.alertmanager.api) } : {}),
        ...(shop.enabled ? { shopFrontend: urls(endpoints.shop.frontend) } : {}),
    };
}

/** Port-forward commands to the stack. */
export interface PortForwardOutputs extends Readonly<Partial<Record<LogStore, PortForward>>> {
    readonly otelCollectorGrpc: PortForward;
    readonly otelCollectorHttp: PortForward;
    readonly otelCollectorMetrics?: PortForward;
    readonly alertmanager?: PortForward;
    readonly grafana?: PortForward;
    readonly jaeger?: PortForward;
    readonly prometheus?: PortForward;
    readonly shopFrontend?: PortForward;
}

export function portForwardOutputs(
    services: WorkloadNames,
    { exposure, logStores, routes, settings }: Plan,
): PortForwardOutputs {
    const { alertmanager, shop, grafana, jaeger, localPorts: ports, namespace, prometheus } = settings;
    const to = (service: string, port: number, localPort: number, path?: string) =>
        renderPortForward({
            service,
            namespace: namespace.name,
            port,
            localPort,
            ...(path === undefined ? {} : { path }),
        });
    const toUi = (ui: UiBackend, port: number) =>
        renderPortForward({
            service: services[ui],
            namespace: namespace.name,
            port,
            localPort: ports[ui],
            basePath: exposure.basePaths[ui],
        });
    return {
        otelCollectorGrpc: to(services.collector, COLLECTOR_PORTS.otlpGrpc, ports.otlpGrpc),
        otelCollectorHttp: to(services.collector, COLLECTOR_PORTS.otlpHttp, ports.otlpHttp),
        ...(routes.metrics.includes("scrape")
            ? { otelCollectorMetrics: to(services.collector, COLLECTOR_PORTS.metrics, ports.metrics, "/metrics") }
            : {}),
        ...(grafana.enabled ? { grafana: toUi("grafana", GRAFANA_PORT) } : {}),
        ...(jaeger.enabled ? { jaeger: toUi("jaeger", JAEGER_PORTS.ui) } : {}),
        ...mapKeys(logStores, (store) =>
            to(services[store], LOG_STORE_PORTS[store], ports[store], LOG_STORE_UI_PATHS[store]),
        ),
        ...(prometheus.enabled ? { prometheus: toUi("prometheus", PROMETHEUS_PORT) } : {}),
        ...(alertmanager.enabled
            ? { alertmanager: to(services.alertmanager, ALERTMANAGER_PORTS.http, ports.alertmanager) }
            : {}),
        ...(shop.enabled
            ? { shopFrontend: to(shopNames(services.shop).frontend, SHOP_PORT, ports.shop, "/products") }
            : {}),
    };
}

function mapKeys<Key extends string, T>(keys: readonly Key[], value: (key: Key) => T): Partial<Record<Key, T>> {
    return Object.fromEntries(keys.map((key) => [key, value(key)])) as Partial<Record<Key, T>>;
}

export interface GrafanaAdminOutput {
    readonly user: string;
    /** A secret. Undefined with `grafana.secretName`. */
    readonly password?: pulumi.Output<string>;
    /** Prints the password that is in the Secret `grafana.secretName`. */
    readonly passwordCommand?: string;
}

export function grafanaAdminOutput(
    password: pulumi.Output<string> | undefined,
    { settings: { grafana, namespace } }: Plan,
): GrafanaAdminOutput {
    return {
        user: GRAFANA_ADMIN,
        ...(password === undefined ? {} : { password }),
        ...(grafana.secretName === undefined
            ? {}
            : { passwordCommand: renderReadSecret(namespace.name, grafana.secretName, GRAFANA_SECRET_KEYS.password) }),
    };
}

/** Renders a command that prints the value of a key of a Secret. */
function renderReadSecret(namespace: string, secretName: string, key: string): string {
    return `kubectl get secret -n ${namespace} ${secretName} -o jsonpath={.data.${key}} | base64 -d`;
}

/** The backends of each signal, and the links between signals. */
export interface VerificationOutput {
    /** `exemplar`: span metrics have exemplars with the ids of their traces. */
    readonly traces: readonly (ReadableRoute<"traces"> | "exemplar")[];
    readonly metrics: readonly ReadableRoute<"metrics">[];
    readonly logs: readonly ReadableRoute<"logs">[];
    /** Seconds until the tail sampling decision. Undefined without tail sampling. */
    readonly tailSamplingWaitSeconds?: number;
}

/** Excludes external destinations, from which the stack cannot read. */
type ReadableRoute<S extends Signal> = Exclude<Routes[S][number], IntermediateRoute>;
/** Routes that do not end in a backend of the stack. */
type IntermediateRoute = "destinations" | "trace_tier";

export function verificationOutput({ routes, settings, spanMetrics }: Plan): VerificationOutput {
    const { enabled: isSampling, decisionWait } = settings.tailSampling;
    return {
        traces: [...routes.traces.filter(isReadable), ...(spanMetrics ? (["exemplar"] as const) : [])],
        metrics: routes.metrics.filter(isReadable),
        logs: routes.logs.filter(isReadable),
        ...(isSampling ? { tailSamplingWaitSeconds: parseSeconds(decisionWait) } : {}),
    };
}

function isReadable<R extends string>(route: R): route is Exclude<R, IntermediateRoute> {
    return route !== "destinations" && route !== "trace_tier";
}

export interface DurabilityOutput extends QueuesOutput {
    readonly mode: DurabilityMode;
    /** The items per second of each signal that the times below assume. */
    readonly itemsPerSecond: number;
    /** The same for the trace tier, if there is one. Its queues are in addition to those of the ingest tier. */
    readonly traceTier?: QueuesOutput;
}

interface QueuesOutput {
    /**
     * The sending queue of each exporter, for each Collector pod. The queue of remote write counts requests instead of
     * bytes.
     */
    readonly queues: Readonly<Record<string, { readonly bytes: number; readonly secondsUntilFull: number }>>;
    /** Size of the volume of each Collector pod. */
    readonly volume?: string;
}

export function durabilityOutput(plan: Plan): DurabilityOutput {
    const { mode, itemsPerSecond } = plan.settings.durability;
    return {
        mode,
        itemsPerSecond,
        ...queuesOutput(plan.ingestTier, plan),
        ...(plan.traceTier ? { traceTier: queuesOutput(plan.traceTier, plan) } : {}),
    };
}

function queuesOutput(tier: TierPlan, { settings, usesPersistentQueues }: Plan): QueuesOutput {
    const { queues } = tier;
    const renderQueue = (signal: Signal, bytes: number) => ({
        bytes,
        secondsUntilFull: secondsUntilFull(bytes, signal, settings.durability),
    });
    const backendQueues = tier.backendQueues.filter(({ signal }) => usesPersistentQueues || signal !== "metrics");
    return {
        queues: Object.fromEntries([
            ...backendQueues.map(
                ({ signal, backend }) =>
                    [
                        exporterId(BACKEND_ROUTES[backend], usesPersistentQueues),
                        renderQueue(signal, queues.bytes[signal]),
                    ] as const,
            ),
            // Azure Monitor's exporter removes data from its queue even if Azure Monitor does not accept it.
            ...tier.destinations
                .filter(({ kind }) => kind === "otlp")
                .flatMap((destination) =>
                    destination.signals.map(
                        (signal) =>
                            [
                                `${destinationExporterId(destination)} ${signal}`,
                                renderQueue(signal, destinationQueueBytes(queues)),
                            ] as const,
                    ),
                ),
        ]),
        ...(queues.volume ? { volume: queues.volume.size } : {}),
    };
}

/** The route to each backend whose exporter has a queue of bytes. */
const BACKEND_ROUTES = {
    jaeger: "jaeger",
    prometheus: "otlp",
    traceTier: "trace_tier",
    ...LOG_ROUTES,
} as const satisfies Record<BackendQueue["backend"], BackendRoute>;

/** What a client outside the Namespace needs for the secure OTLP listener. */
export interface SecureOtlpOutput {
    readonly endpoints: { readonly grpc?: EndpointUrls; readonly http: EndpointUrls };
    /** Hostnames that the listener's certificate must contain. */
    readonly hosts: readonly string[];
    /**
     * Environment variables for the client's shell, with files in its working directory. The shell reads the token from
     * the cluster when it runs, so no output contains it.
     */
    readonly environment: Readonly<Record<string, string>>;
}

export function secureOtlpOutput(
    name: string,
    { secureGrpc, secureHttp }: CollectorEndpoints,
    plan: Plan,
): SecureOtlpOutput | undefined {
    const {
        exposure,
        ingestTier: { secureOtlp },
        settings: { clusterDomain, namespace },
    } = plan;
    if (secureOtlp === undefined) {
        return undefined;
    }
    const exposedHosts = exposure.hosts.filter(({ target: of }) => !isUiBackend(of));
    const readToken = renderReadSecret(
        namespace.name,
        tokenSecretName(name, secureOtlp.token),
        TOKEN_SECRET_KEYS.current,
    );
    return {
        endpoints: {
            ...(secureOtlp.grpc.enabled ? { grpc: renderEndpointUrls(secureGrpc, clusterDomain) } : {}),
            http: renderEndpointUrls(secureHttp, clusterDomain),
        },
        hosts: [
            secureHttp.host,
            renderQualifiedHost(secureHttp, clusterDomain),
            ...exposedHosts.map(({ host }) => host),
        ],
        environment: {
            // HTTP, because it verifies the token before it reads the request.
            OTEL_EXPORTER_OTLP_ENDPOINT: secureHttp.url,
            OTEL_EXPORTER_OTLP_PROTOCOL: OTLP_HTTP_PROTOCOL,
            OTEL_EXPORTER_OTLP_CERTIFICATE: "ca.crt",
            ...(secureOtlp.auth === "token"
                ? // A space is URL-encoded in this variable.
                  { OTEL_EXPORTER_OTLP_HEADERS: `"Authorization=Bearer%20$(${readToken})"` }
                : {
                      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: "tls.crt",
                      OTEL_EXPORTER_OTLP_CLIENT_KEY: "tls.key",
                  }),
            ...resolveExportVariables(plan),
            ...SERVICE_SHELL_VARIABLES,
        },
    };
}

/** The external URLs of the stack. Undefined without any. */
export function externalUrlsOutput({ exposure: { hosts, urls } }: Plan): Readonly<Record<string, string>> | undefined {
    return hosts.length === 0 ? undefined : urls;
}
