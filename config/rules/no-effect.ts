import { alertmanagerConditions } from "./alertmanager";
import { isClusterTelemetryEnabled } from "../model/cluster-telemetry";
import { listSecretHeaders, resolveDestinations } from "../model/destinations";
import { resolveBackendQueues, usesPersistentQueues } from "../model/durability";
import { UI_BACKENDS, isExposed, needsTlsSecret, resolveTlsMode } from "../model/expose";
import { hasVictoriaLogsDataSource } from "../model/grafana";
import {
    isSpanMetricsEnabled,
    resolveMetricsPushProtocol,
    resolveRoutes,
    resolveTelemetrygenSignals,
} from "../model/routes";
import { resolveIngestTier } from "../model/tiers";
import { hasTraceTier } from "../model/topology";
import { BACKENDS_WITH_VOLUME, SIZE_LIMITED_BACKENDS } from "../model/volumes";
import type { StackSettings } from "../schema/schema";
import { ANY_NAME } from "../schema/setting-keys";
import { type Condition, createConditionRules, requiresEnabled } from "./condition";
import type { Rule } from "./rule";

/**
 * Settings that describe the cluster or pin a version. They may be set while nothing uses them, so that enabling a
 * workload or NetworkPolicies needs no second change: a stack file for a cluster without access to public registries,
 * such as the sandbox's, sets all images.
 */
const ALWAYS_ACCEPTED = ["images", "networkPolicies.dns", "networkPolicies.apiServerPort"];

/** Sections whose `enabled` is not the only setting that decides. CONDITIONS has them. */
const OTHER_SWITCHES = ["collector.prometheusExporter", "collector.remoteWrite", "grafana.victoriaLogsPlugin"];

const LOCAL_PORT_WORKLOADS = [
    "alertmanager",
    "grafana",
    "jaeger",
    "loki",
    "prometheus",
    "shop",
    "victoriaLogs",
] as const;
const OTLP_HOSTS = ["httpHost", "grpcHost"] as const;

function requiresDisk(reason: string, ...keys: readonly string[]): Condition {
    return { keys, isMet: usesPersistentQueues, reason, fix: "durability.mode to disk" };
}

function hasOtlpHost({ expose }: StackSettings): boolean {
    return OTLP_HOSTS.some((host) => expose.otlp[host] !== undefined);
}

function hasUiHost({ expose }: StackSettings): boolean {
    return UI_BACKENDS.some((backend) => expose[backend].host !== undefined);
}

function isHttpsEndpoint({ destinations }: StackSettings, name: string): boolean {
    return destinations[name]?.endpoint?.startsWith("https:") ?? true;
}

const durabilityConditions: readonly Condition[] = [
    requiresDisk(
        "in-memory queues have the size collector.queue.size",
        "durability.maxOutage",
        "durability.itemsPerSecond",
    ),
    requiresDisk(
        "in-memory queues have no volume",
        "collector.queue.fsync",
        "collector.queue.volumeSize",
        "collector.queue.storageClass",
        "traceTier.queue.volumeSize",
    ),
    {
        keys: ["jaeger.maxSpansPerTrace"],
        isMet: ({ jaeger }) => !jaeger.persistence.enabled,
        reason: "with jaeger.persistence.enabled Jaeger stores spans before it acknowledges them, and does not hold them to count those of a trace",
    },
    ...BACKENDS_WITH_VOLUME.map((backend): Condition => ({
        keys: [
            ...["storageClass", "retainOnDelete"].map((key) => `${backend}.persistence.${key}`),
            // The other backends limit their data to this size.
            ...(SIZE_LIMITED_BACKENDS.includes(backend) ? [] : [`${backend}.volumeSize`]),
        ],
        isMet: (settings) => settings[backend].persistence.existingClaim === undefined,
        reason: `the stack does not change ${backend}.persistence.existingClaim`,
    })),
    ...BACKENDS_WITH_VOLUME.map((backend): Condition => ({
        keys: [`${backend}.persistence.retainOnDelete`],
        // It also keeps a Namespace that the stack created.
        isMet: (settings) =>
            settings.namespace.create || (settings[backend].enabled && settings[backend].persistence.enabled),
        reason: "there is no volume and no Namespace of the stack to keep",
        fix: `${backend}.persistence.enabled to true`,
    })),
];

/** Whether metrics are pushed to Prometheus, received ones or those from spans. */
function pushesMetrics(settings: StackSettings): boolean {
    return (
        isSpanMetricsEnabled(settings) || resolveRoutes(settings).metrics.includes(resolveMetricsPushProtocol(settings))
    );
}

/** Whether an exporter has a sending queue. That of remote write is another one. */
function hasSendingQueue(settings: StackSettings): boolean {
    return (
        resolveDestinations(settings).length > 0 ||
        resolveBackendQueues(resolveIngestTier(settings)).some(
            ({ signal }) => signal !== "metrics" || usesPersistentQueues(settings),
        )
    );
}

const collectorConditions: readonly Condition[] = [
    {
        keys: ["collector.replicas"],
        isMet: ({ collector }) => !collector.autoscaling.enabled,
        reason: "the autoscaler (collector.autoscaling.enabled) sets the number of pods, from collector.autoscaling.minReplicas to maxReplicas",
    },
    {
        keys: ["collector.autoscaling.memoryPercent"],
        isMet: (settings) => !usesPersistentQueues(settings),
        reason: "with durability.mode disk memory is not a scaling metric: during an outage the files of persistent queues count as memory",
    },
    {
        keys: ["collector.autoscaling.scaleDownWindow"],
        isMet: (settings) => !usesPersistentQueues(settings),
        reason: "with durability.mode disk the autoscaler never removes pods",
    },
    {
        keys: ["collector.queue.size", "collector.batch.flushTimeout", "collector.batch.minSize"],
        isMet: hasSendingQueue,
        reason: "no exporter has a sending queue",
        fix: "jaeger.enabled or another backend's to true",
    },
    {
        keys: ["collector.batch.maxSize"],
        isMet: (settings) => hasSendingQueue(settings) || pushesMetrics(settings),
        reason: "no exporter sends batches",
        fix: "jaeger.enabled or another backend's to true",
    },
    {
        keys: ["collector.maxSeriesPerService"],
        isMet: (settings) =>
            resolveRoutes(settings).metrics.some((route) => route !== "debug" && route !== "destinations"),
        reason: "no received metrics go to Prometheus",
        fix: "prometheus.enabled to true",
    },
    {
        keys: ["collector.prometheusExporter.metricExpiration"],
        isMet: (settings) => resolveRoutes(settings).metrics.includes("scrape"),
        reason: "the Prometheus exporter is disabled",
        fix: "collector.prometheusExporter.enabled to true",
    },
    {
        keys: ["collector.remoteWrite"],
        isMet: (settings) => !usesPersistentQueues(settings),
        reason: "with durability.mode disk the Collector pushes metrics by OTLP, because remote write has no persistent queue",
    },
    requiresEnabled("prometheus", "collector.remoteWrite"),
    {
        keys: ["collector.remoteWrite.queueSize"],
        isMet: pushesMetrics,
        reason: "collector.remoteWrite.enabled is false and no metrics are generated from spans",
        fix: "collector.remoteWrite.enabled to true",
    },
    {
        keys: ["traceTier"],
        isMet: hasTraceTier,
        reason: "a single-tier topology has no trace tier",
        fix: "topology to two-tier",
    },
];

const accessConditions: readonly Condition[] = [
    {
        keys: ["secureOtlp.tls.clientCaSecretName"],
        isMet: ({ secureOtlp }) => secureOtlp.auth === "mtls",
        reason: "clients need no certificate",
        fix: "secureOtlp.auth to mtls",
    },
    {
        keys: ["secureOtlp.token"],
        isMet: ({ secureOtlp }) => secureOtlp.auth === "token",
        reason: "clients need no token",
        fix: "secureOtlp.auth to token",
    },
    {
        keys: ["secureOtlp.token.version", "secureOtlp.token.acceptPrevious"],
        isMet: ({ secureOtlp }) => secureOtlp.token.secretName === undefined,
        reason: "the Secret secureOtlp.token.secretName contains the tokens",
    },
    {
        keys: ["grafana.adminPasswordVersion"],
        isMet: ({ grafana }) => grafana.secretName === undefined,
        reason: "the Secret grafana.secretName contains the password",
    },
    requiresEnabled("grafana", "networkPolicies.allowUiFrom"),
    requiresEnabled("networkPolicies", "expose.controller", `destinations.${ANY_NAME}.egress`, "azureMonitor.egress"),
    {
        keys: ["namespace.podSecurity"],
        isMet: ({ namespace }) => namespace.create,
        reason: "with namespace.create false the stack does not change the labels of the Namespace",
    },
];

const exposeConditions: readonly Condition[] = [
    ...UI_BACKENDS.map((backend) => requiresEnabled(backend, `expose.${backend}`)),
    {
        ...requiresEnabled("secureOtlp", "expose.otlp"),
        reason: "the plaintext OTLP ports, which have no authentication, are never exposed",
    },
    {
        ...requiresEnabled("secureOtlp.grpc", "expose.otlp.grpcHost"),
        reason: "the secure OTLP listener only serves HTTP",
    },
    {
        keys: [
            "expose.api",
            "expose.className",
            "expose.annotations",
            "expose.tls",
            "expose.gateway",
            "expose.controller",
        ],
        isMet: isExposed,
        reason: "no hostname is set",
        fix: "expose.grafana.host or the hostname of another workload",
    },
    ...UI_BACKENDS.map((backend): Condition => ({
        keys: [`expose.${backend}.path`, `expose.${backend}.annotations`, `expose.${backend}.allowUnauthenticated`],
        isMet: ({ expose }) => expose[backend].host !== undefined,
        reason: `expose.${backend}.host is not set`,
        fix: `expose.${backend}.host`,
    })),
    {
        keys: ["expose.otlp.annotations"],
        isMet: hasOtlpHost,
        reason: "no hostname of the secure OTLP listener is set",
        fix: "expose.otlp.httpHost",
    },
    {
        keys: ["expose.gateway"],
        isMet: ({ expose }) => expose.api === "gateway",
        reason: "an Ingress has no Gateway",
        fix: "expose.api to gateway",
    },
    {
        keys: ["expose.gateway.namespace", "expose.gateway.listener", "expose.gateway.passthroughListener"],
        isMet: ({ expose }) => expose.gateway.name !== undefined,
        reason: "only an existing Gateway uses it",
        fix: "expose.gateway.name",
    },
    {
        keys: ["expose.gateway.httpPort", "expose.gateway.httpsPort", "expose.gateway.annotations"],
        isMet: ({ expose }) => expose.gateway.name === undefined,
        reason: "only a Gateway that the stack creates uses it, and expose.gateway.name is set",
    },
    {
        keys: ["expose.tls.mode"],
        isMet: (settings) => settings.expose.api === "ingress" || hasUiHost(settings),
        reason: "with expose.api gateway the secure OTLP listener terminates TLS itself, and nothing else is exposed",
    },
    {
        keys: ["expose.tls.secretName"],
        isMet: needsTlsSecret,
        reason: "no object of the stack uses it with these values of expose.api, expose.tls.mode and expose.gateway.name (docs/how-to/expose-ingress.md)",
    },
    {
        keys: ["expose.gateway.listener"],
        isMet: hasUiHost,
        reason: "only Grafana, Jaeger and Prometheus use it",
        fix: "expose.grafana.host or the hostname of another UI",
    },
    {
        keys: ["expose.gateway.passthroughListener"],
        isMet: hasOtlpHost,
        reason: "no hostname of the secure OTLP listener is set",
        fix: "expose.otlp.httpHost",
    },
    {
        keys: ["expose.gateway.httpPort"],
        isMet: (settings) => hasUiHost(settings) && resolveTlsMode(settings) === "disabled",
        reason: "all listeners of the Gateway use TLS",
        fix: "expose.tls.mode to disabled",
    },
    {
        keys: ["expose.gateway.httpsPort"],
        isMet: (settings) => hasOtlpHost(settings) || resolveTlsMode(settings) !== "disabled",
        reason: "no listener of the Gateway uses TLS",
        fix: "expose.tls.mode to secret",
    },
];

const destinationConditions: readonly Condition[] = [
    {
        keys: [`destinations.${ANY_NAME}.tls`],
        isMet: isHttpsEndpoint,
        reason: "an http:// endpoint has no certificate",
        fix: "an https:// endpoint",
    },
    {
        keys: [`destinations.${ANY_NAME}.allowSecretsOverHttp`],
        isMet: ({ destinations }, name) => {
            const destination = destinations[name];
            return destination !== undefined && listSecretHeaders(destination).length > 0;
        },
        reason: "the destination has no secret headers",
        fix: "secretHeaders",
    },
    {
        keys: [`destinations.${ANY_NAME}.allowSecretsOverHttp`],
        isMet: (settings, name) => !isHttpsEndpoint(settings, name),
        reason: "the endpoint is not an http:// endpoint",
    },
    {
        keys: [`destinations.${ANY_NAME}.onQueueFull`],
        isMet: ({ destinations, tailSampling }, name) =>
            !tailSampling.enabled || (destinations[name]?.signals ?? []).some((signal) => signal !== "traces"),
        reason: "with tailSampling.enabled traces are always dropped, and the destination has no other signal",
    },
];

const workloadConditions: readonly Condition[] = [
    {
        keys: ["applicationEnv.metricExportInterval"],
        isMet: (settings) => resolveRoutes(settings).metrics.length > 0,
        reason: "metrics have no destination, and the environment of the stack disables their exporter",
        fix: "prometheus.enabled to true",
    },
    ...LOCAL_PORT_WORKLOADS.map((workload) => requiresEnabled(workload, `localPorts.${workload}`)),
    {
        keys: ["localPorts.metrics"],
        isMet: (settings) => resolveRoutes(settings).metrics.includes("scrape"),
        reason: "the Prometheus exporter is disabled",
        fix: "collector.prometheusExporter.enabled to true",
    },
    requiresEnabled("victoriaLogs", "grafana.victoriaLogsPlugin"),
    {
        keys: ["grafana.victoriaLogsPlugin.version", "grafana.victoriaLogsPlugin.url"],
        isMet: hasVictoriaLogsDataSource,
        reason: "Grafana does not install the plugin",
        fix: "grafana.victoriaLogsPlugin.enabled to true",
    },
    {
        keys: ["grafana.victoriaLogsPlugin.version"],
        isMet: ({ grafana }) => grafana.victoriaLogsPlugin.url === undefined,
        reason: "grafana.victoriaLogsPlugin.url selects the version",
    },
    {
        keys: ["telemetrygen.duration", "telemetrygen.pods", "telemetrygen.rate", "telemetrygen.resources"],
        isMet: (settings) => resolveTelemetrygenSignals(settings).length > 0,
        reason: "telemetrygen sends no signal",
        fix: "telemetrygen.traces.enabled to true",
    },
    {
        keys: ["clusterTelemetry.namespace", "clusterTelemetry.pods", "clusterTelemetry.resources"],
        isMet: ({ clusterTelemetry }) => isClusterTelemetryEnabled(clusterTelemetry),
        reason: "neither agents nor the events Collector are enabled",
        fix: "clusterTelemetry.podLogs.enabled, or another source that runs there, to true",
    },
];

const CONDITIONS: readonly Condition[] = [
    ...durabilityConditions,
    ...collectorConditions,
    ...exposeConditions,
    ...accessConditions,
    ...destinationConditions,
    ...alertmanagerConditions,
    ...workloadConditions,
];

/** One rule for each setting that may have no effect: a setting in the stack file must change something. */
export const noEffectRules: readonly Rule[] = createConditionRules({
    conditions: CONDITIONS,
    alwaysAccepted: ALWAYS_ACCEPTED,
    otherSwitches: OTHER_SWITCHES,
});
