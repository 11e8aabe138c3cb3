import type * as pulumi from "@pulumi/pulumi";
import { Shop, shopEndpoints } from "./components/shop/shop";
import { agentEndpoints } from "./components/cluster-telemetry/agent-otlp";
import { ClusterTelemetry } from "./components/cluster-telemetry/cluster-telemetry";
import { agentFlows } from "./components/cluster-telemetry/flows";
import { CLUSTER_TELEMETRY_NAMES } from "./components/cluster-telemetry/names";
import { Collector, collectorEndpoints } from "./components/collector/collector";
import {
    collectorScrapeTargets,
    internalMetricsJob,
    resolveScrapedPods,
    traceTierTargets,
} from "./components/collector/scrape-targets";
import { markDestinationSecrets } from "./components/collector/config/destination-exporters";
import { resolveTraceProcessingArgs, resolveTraceTierArgs } from "./components/collector/trace-tier-args";
import { TraceTier, traceTierHost, traceTierName } from "./components/collector/trace-tier";
import { GRAFANA_ADMIN } from "./components/grafana/config";
import {
    resolveDashboardContext,
    resolveDataSourceUrls,
    resolveGrafanaRootUrl,
} from "./components/grafana/from-settings";
import { Grafana, grafanaEndpoints } from "./components/grafana/grafana";
import { Jaeger, jaegerEndpoints } from "./components/jaeger/jaeger";
import { Loki, lokiEndpoints } from "./components/loki/loki";
import { getOrCreateNamespace } from "./components/stack/namespace";
import { resolveFlows } from "./components/stack/flows";
import { NetworkPolicies } from "./components/network-policies/network-policies";
import {
    applicationEnvOutput,
    durabilityOutput,
    endpointOutputs,
    verificationOutput,
    secureOtlpOutput,
    portForwardOutputs,
    externalUrlsOutput,
    type StackOutputs,
} from "./components/stack/outputs";
import { Prometheus, prometheusEndpoints } from "./components/prometheus/prometheus";
import { PROMETHEUS_JOB } from "./components/prometheus/config";
import { resolveExposureTargets } from "./components/exposure/targets";
import { Exposure } from "./components/exposure/exposure";
import { forcePatch } from "./components/kubernetes/force-patch";
import { assertNoDataLoss } from "./components/stack/stored-data";
import { resolveRuleGroups } from "./components/prometheus/rules/rules";
import { Telemetrygen } from "./components/telemetrygen/telemetrygen";
import { VictoriaLogs, victoriaLogsEndpoints } from "./components/victoria-logs/victoria-logs";
import { victoriaLogsHeaders } from "./components/victoria-logs/config";
import { type StoredData, resolveStoredData, retainsNamespace } from "./config/model/stored-data";
import { isClusterTelemetryEnabled, storesOnNodes, collectsNodeMetrics } from "./config/model/cluster-telemetry";
import { resolveQueues, maxReplayDelaySeconds, jaegerAcceptsHttp } from "./config/model/durability";
import { hasVictoriaLogsDataSource } from "./config/model/grafana";
import { hasTraceTier } from "./config/model/topology";
import { loadSettings } from "./config/load";
import { findLogStores } from "./config/model/log-stores";
import { isExposed, findExternalUrl } from "./config/model/expose";
import { resolveAutoscaling } from "./config/model/autoscaling";
import { resolveDestinations } from "./config/model/destinations";
import {
    resolveTelemetrygenSignals,
    isRedactionEnabled,
    isSpanMetricsEnabled,
    resolveMetricsPushProtocol,
    resolveRoutes,
} from "./config/model/routes";
import { resolveVolumeSize } from "./config/model/volumes";
import type { StackSettings } from "./config/schema/schema";
import { SIGNALS } from "./config/types/signal";
import { resolveIngestTier, resolveIngestTierRoutes } from "./config/model/trace-tier";

const names = {
    shop: "shop",
    collector: "otel-collector",
    grafana: "grafana",
    jaeger: "jaeger",
    loki: "loki",
    prometheus: "prometheus",
    telemetrygen: "telemetrygen",
    victoriaLogs: "victorialogs",
} as const;
const traceTier = traceTierName(names.collector);

/** Options of every resource at the top; their children inherit them. */
const OPTIONS = { transformations: [forcePatch] } satisfies pulumi.ComponentResourceOptions;

/** Reads the settings, makes sure that no stored data would be lost, and only then registers resources. */
async function main(): Promise<StackOutputs> {
    const settings = loadSettings();
    const storedData = resolveStoredData({ ...names, traceTier }, settings);
    await assertNoDataLoss(storedData, settings.allowDataLoss);
    return deployStack(settings, storedData);
}

function deployStack(settings: StackSettings, storedData: StoredData): StackOutputs {
    const { images, rolloutTimeout } = settings;
    const routes = resolveRoutes(settings);
    const hasSpanMetrics = isSpanMetricsEnabled(settings);
    const metricsPushProtocol = resolveMetricsPushProtocol(settings);
    const ingestTier = resolveIngestTier(settings);
    const queues = resolveQueues(ingestTier);

    const endpoints = {
        agent: agentEndpoints(CLUSTER_TELEMETRY_NAMES.agent, settings.clusterTelemetry.namespace),
        shop: shopEndpoints(names.shop, settings.namespace.name),
        collector: collectorEndpoints(names.collector, settings.namespace.name),
        grafana: grafanaEndpoints(names.grafana, settings.namespace.name),
        jaeger: jaegerEndpoints(names.jaeger, settings.namespace.name),
        loki: lokiEndpoints(names.loki, settings.namespace.name),
        prometheus: prometheusEndpoints(names.prometheus, settings.namespace.name),
        traceTier: traceTierHost(names.collector, settings.namespace.name),
        victoriaLogs: victoriaLogsEndpoints(names.victoriaLogs, settings.namespace.name),
    };

    // An output of the Namespace: what uses it is created after it and deleted before it.
    const inNamespace = getOrCreateNamespace(settings.namespace, {
        ...OPTIONS,
        retainOnDelete: retainsNamespace(settings),
    }).metadata.name;

    if (settings.networkPolicies.enabled) {
        new NetworkPolicies(
            "network",
            {
                namespace: inNamespace,
                flows: resolveFlows(names, settings),
                // A Namespace that was there has pods of others.
                ownsNamespace: settings.namespace.create,
            },
            OPTIONS,
        );
    }

    /** Ready before the Collector, and there until it has left: what it still holds then would go nowhere. */
    const backends: pulumi.Resource[] = [];

    if (settings.jaeger.enabled) {
        backends.push(
            new Jaeger(
                names.jaeger,
                {
                    ...settings.jaeger,
                    volumeSize: resolveVolumeSize("jaeger", settings),
                    acceptsOtlpHttp: jaegerAcceptsHttp(settings),
                    namespace: inNamespace,
                    image: images.jaeger,
                    rolloutTimeout,
                    ...(hasSpanMetrics ? { spanMetricsUrl: endpoints.prometheus.api.urls.short } : {}),
                },
                OPTIONS,
            ),
        );
    }

    if (settings.loki.enabled) {
        backends.push(
            new Loki(
                names.loki,
                {
                    ...settings.loki,
                    volumeSize: resolveVolumeSize("loki", settings),
                    maxReplayDelaySeconds: maxReplayDelaySeconds(settings),
                    namespace: inNamespace,
                    image: images.loki,
                    rolloutTimeout,
                },
                OPTIONS,
            ),
        );
    }

    if (settings.victoriaLogs.enabled) {
        backends.push(
            new VictoriaLogs(
                names.victoriaLogs,
                {
                    ...settings.victoriaLogs,
                    volumeSize: resolveVolumeSize("victoriaLogs", settings),
                    namespace: inNamespace,
                    image: images.victoriaLogs,
                    rolloutTimeout,
                },
                OPTIONS,
            ),
        );
    }

    if (settings.prometheus.enabled) {
        backends.push(
            new Prometheus(
                names.prometheus,
                {
                    ...settings.prometheus,
                    volumeSize: resolveVolumeSize("prometheus", settings),
                    namespace: inNamespace,
                    image: images.prometheus,
                    rolloutTimeout,
                    targets: [
                        ...collectorScrapeTargets(
                            names.collector,
                            endpoints.collector,
                            routes,
                            resolveScrapedPods(settings),
                        ),
                        ...traceTierTargets(traceTier, settings),
                        ...(settings.jaeger.enabled
                            ? [{ job: names.jaeger, addresses: [endpoints.jaeger.telemetry.address] }]
                            : []),
                        ...findLogStores(settings).map((logStore) => ({
                            job: names[logStore],
                            addresses: [endpoints[logStore].api.address],
                        })),
                    ],
                    ruleGroups: resolveRuleGroups(settings, {
                        ...names,
                        collector: internalMetricsJob(names.collector),
                        traceTier: internalMetricsJob(traceTier),
                        prometheus: PROMETHEUS_JOB,
                    }),
                    maxReplayDelaySeconds: maxReplayDelaySeconds(settings),
                    externalUrl: findExternalUrl(settings, "prometheus"),
                    pushProtocol:
                        hasSpanMetrics || routes.metrics.includes(metricsPushProtocol)
                            ? metricsPushProtocol
                            : undefined,
                },
                OPTIONS,
            ),
        );
    }

    const collectorBackends = {
        jaeger: endpoints.jaeger.otlp.address,
        jaegerOtlp: endpoints.jaeger.otlpHttp.urls.short,
        lokiOtlp: endpoints.loki.otlpUrl,
        victoriaLogs: { otlp: endpoints.victoriaLogs.otlpUrl, headers: victoriaLogsHeaders(settings.victoriaLogs) },
        prometheusOtlp: endpoints.prometheus.otlpUrl,
        prometheusRemoteWrite: endpoints.prometheus.remoteWriteUrl,
        traceTier: endpoints.traceTier,
    };

    /** What the Collectors send to. */
    const collectorDependencies = hasTraceTier(settings)
        ? [
              ...backends,
              new TraceTier(
                  traceTier,
                  {
                      ...resolveTraceTierArgs(settings),
                      namespace: inNamespace,
                      image: images.collector,
                      rolloutTimeout,
                      backends: collectorBackends,
                  },
                  { ...OPTIONS, dependsOn: backends },
              ),
          ]
        : backends;

    const collector = new Collector(
        names.collector,
        {
            ...settings.collector,
            namespace: inNamespace,
            image: images.collector,
            rolloutTimeout,
            routes: resolveIngestTierRoutes(settings),
            pushProtocol: metricsPushProtocol,
            queues,
            scaling: resolveAutoscaling(settings),
            destinations: markDestinationSecrets(resolveDestinations(ingestTier)),
            backends: collectorBackends,
            ...(settings.secureOtlp.enabled ? { secureOtlp: settings.secureOtlp } : {}),
            ...(isRedactionEnabled(settings) ? { redaction: settings.redaction } : {}),
            ...(hasTraceTier(settings) ? {} : resolveTraceProcessingArgs(settings)),
            ...(settings.clusterTelemetry.kubernetesAttributes.enabled
                ? {
                      podAttributes: {
                          clusterRoleName: `${settings.namespace.name}-pods`,
                          agentNames: Object.values(CLUSTER_TELEMETRY_NAMES),
                          viaAgent: settings.clusterTelemetry.agentOtlp.enabled,
                      },
                  }
                : {}),
            labelsByResource: collectsNodeMetrics(settings.clusterTelemetry),
        },
        { ...OPTIONS, dependsOn: collectorDependencies },
    );

    if (isClusterTelemetryEnabled(settings.clusterTelemetry)) {
        new ClusterTelemetry(
            "cluster",
            {
                clusterTelemetry: settings.clusterTelemetry,
                image: images.agent ?? images.collector,
                rolloutTimeout,
                stackNamespace: settings.namespace.name,
                otlpEndpoint: endpoints.collector.otlpGrpc.address,
                batch: settings.collector.batch,
                receiver: settings.collector.receiver,
                storesOnNode: storesOnNodes(settings),
                signals: SIGNALS.filter((signal) => routes[signal].length > 0),
                ...(settings.networkPolicies.enabled ? { flows: agentFlows(names.collector, settings) } : {}),
            },
            // What they send last, when all is destroyed, is taken.
            { ...OPTIONS, dependsOn: collector },
        );
    }

    const grafana = settings.grafana.enabled
        ? new Grafana(
              names.grafana,
              {
                  ...settings.grafana,
                  namespace: inNamespace,
                  image: images.grafana,
                  rolloutTimeout,
                  rootUrl: resolveGrafanaRootUrl(settings),
                  urls: resolveDataSourceUrls(endpoints, settings),
                  scrapeInterval: settings.prometheus.scrapeInterval,
                  plugin: hasVictoriaLogsDataSource(settings) ? settings.grafana.victoriaLogsPlugin : undefined,
                  dashboards: resolveDashboardContext(settings),
              },
              OPTIONS,
          )
        : undefined;

    new Telemetrygen(
        names.telemetrygen,
        {
            ...settings.telemetrygen,
            namespace: inNamespace,
            image: images.telemetrygen,
            signals: resolveTelemetrygenSignals(settings),
            otlpEndpoint: endpoints.collector.otlpGrpc.address,
        },
        // It gives up when nobody listens.
        { ...OPTIONS, dependsOn: collector },
    );

    /** What an application in the cluster sets to send to the stack. */
    const applicationEnv = applicationEnvOutput(endpoints.collector, routes);

    if (settings.shop.enabled && images.shop !== undefined) {
        new Shop(
            names.shop,
            {
                ...settings.shop,
                namespace: inNamespace,
                image: images.shop,
                rolloutTimeout,
                endpoints: endpoints.shop,
                telemetry: applicationEnv,
            },
            // What it sends last, when all is destroyed, is taken.
            { ...OPTIONS, dependsOn: collector },
        );
    }

    if (isExposed(settings)) {
        new Exposure(
            "publish",
            {
                ...settings.expose,
                namespace: inNamespace,
                targets: resolveExposureTargets(names, settings),
            },
            OPTIONS,
        );
    }

    const secureOtlp = secureOtlpOutput(names.collector, endpoints.collector, routes, settings);
    const externalUrls = externalUrlsOutput(settings);

    return {
        namespace: settings.namespace.name,
        endpoints: endpointOutputs(endpoints, settings),
        applicationEnv,
        portForwards: portForwardOutputs(names, settings.namespace.name, settings.localPorts, routes, settings),
        ...(grafana ? { grafanaAdmin: { user: GRAFANA_ADMIN, password: grafana.adminPassword } } : {}),
        ...(secureOtlp ? { secureOtlp } : {}),
        ...(externalUrls ? { externalUrls } : {}),
        verification: verificationOutput(routes, hasSpanMetrics, settings.tailSampling),
        storedData,
        durability: durabilityOutput(settings),
    };
}

export = main;
