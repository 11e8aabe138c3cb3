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
import { TraceTier, traceTierHost } from "./components/collector/trace-tier";
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
import { loadSettings } from "./config/load";
import { type Plan, resolvePlan } from "./config/model/plan";
import { WORKLOAD_NAMES } from "./config/model/workload-names";

const names = WORKLOAD_NAMES;

/** Options of every resource at the top; their children inherit them. */
const OPTIONS = { transformations: [forcePatch] } satisfies pulumi.ComponentResourceOptions;

/** Reads the settings, makes sure that no stored data would be lost, and only then registers resources. */
async function main(): Promise<StackOutputs> {
    const plan = resolvePlan(loadSettings());
    await assertNoDataLoss(plan.storedData, plan.settings.allowDataLoss);
    return deployStack(plan);
}

function deployStack(plan: Plan): StackOutputs {
    const { ingestTier, routes, settings, traceTier, volumeSizes } = plan;
    const { images, rolloutTimeout } = settings;

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
        retainOnDelete: plan.retainsNamespace,
    }).metadata.name;

    if (settings.networkPolicies.enabled) {
        new NetworkPolicies(
            "network",
            {
                namespace: inNamespace,
                flows: resolveFlows(names, plan),
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
                    volumeSize: volumeSizes.jaeger,
                    acceptsOtlpHttp: plan.jaegerAcceptsHttp,
                    namespace: inNamespace,
                    image: images.jaeger,
                    rolloutTimeout,
                    ...(plan.spanMetrics ? { spanMetricsUrl: endpoints.prometheus.api.urls.short } : {}),
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
                    volumeSize: volumeSizes.loki,
                    maxReplayDelaySeconds: plan.maxReplayDelaySeconds,
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
                    volumeSize: volumeSizes.victoriaLogs,
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
                    volumeSize: volumeSizes.prometheus,
                    namespace: inNamespace,
                    image: images.prometheus,
                    rolloutTimeout,
                    targets: [
                        ...collectorScrapeTargets(
                            names.collector,
                            endpoints.collector,
                            routes,
                            resolveScrapedPods(plan),
                        ),
                        ...traceTierTargets(names.traceTier, plan),
                        ...(settings.jaeger.enabled
                            ? [{ job: names.jaeger, addresses: [endpoints.jaeger.telemetry.address] }]
                            : []),
                        ...plan.logStores.map((logStore) => ({
                            job: names[logStore],
                            addresses: [endpoints[logStore].api.address],
                        })),
                    ],
                    ruleGroups: resolveRuleGroups(plan, {
                        ...names,
                        collector: internalMetricsJob(names.collector),
                        traceTier: internalMetricsJob(names.traceTier),
                        prometheus: PROMETHEUS_JOB,
                    }),
                    maxReplayDelaySeconds: plan.maxReplayDelaySeconds,
                    externalUrl: plan.exposure.urls.prometheus,
                    pushProtocol: plan.spanMetrics || plan.pushesReceivedMetrics ? plan.metricsPushProtocol : undefined,
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
    const collectorDependencies = traceTier
        ? [
              ...backends,
              new TraceTier(
                  names.traceTier,
                  {
                      ...settings.collector,
                      ...traceTier,
                      pushProtocol: plan.metricsPushProtocol,
                      destinations: markDestinationSecrets(traceTier.destinations),
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
            ...ingestTier,
            namespace: inNamespace,
            image: images.collector,
            rolloutTimeout,
            pushProtocol: plan.metricsPushProtocol,
            destinations: markDestinationSecrets(ingestTier.destinations),
            backends: collectorBackends,
            ...(settings.clusterTelemetry.kubernetesAttributes.enabled
                ? {
                      podAttributes: {
                          clusterRoleName: `${settings.namespace.name}-pods`,
                          agentNames: Object.values(CLUSTER_TELEMETRY_NAMES),
                          viaAgent: settings.clusterTelemetry.agentOtlp.enabled,
                      },
                  }
                : {}),
            labelsByResource: plan.clusterTelemetry.collectsNodeMetrics,
        },
        { ...OPTIONS, dependsOn: collectorDependencies },
    );

    if (plan.clusterTelemetry.enabled) {
        new ClusterTelemetry(
            "cluster",
            {
                clusterTelemetry: settings.clusterTelemetry,
                plan: plan.clusterTelemetry,
                image: images.agent ?? images.collector,
                rolloutTimeout,
                stackNamespace: settings.namespace.name,
                otlpEndpoint: endpoints.collector.otlpGrpc.address,
                batch: settings.collector.batch,
                receiver: settings.collector.receiver,
                signals: plan.routedSignals,
                ...(settings.networkPolicies.enabled ? { flows: agentFlows(names.collector, plan) } : {}),
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
                  rootUrl: resolveGrafanaRootUrl(plan),
                  urls: resolveDataSourceUrls(endpoints, plan),
                  scrapeInterval: settings.prometheus.scrapeInterval,
                  plugin: plan.grafanaReadsVictoriaLogs ? settings.grafana.victoriaLogsPlugin : undefined,
                  dashboards: resolveDashboardContext(plan),
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
            signals: plan.telemetrygenSignals,
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

    if (plan.exposure.hosts.length > 0) {
        new Exposure(
            "publish",
            {
                ...settings.expose,
                tlsMode: plan.exposure.tlsMode,
                namespace: inNamespace,
                targets: resolveExposureTargets(names, plan),
            },
            OPTIONS,
        );
    }

    const secureOtlp = secureOtlpOutput(names.collector, endpoints.collector, plan);
    const externalUrls = externalUrlsOutput(plan);

    return {
        namespace: settings.namespace.name,
        endpoints: endpointOutputs(endpoints, plan),
        applicationEnv,
        portForwards: portForwardOutputs(names, plan),
        ...(grafana ? { grafanaAdmin: { user: GRAFANA_ADMIN, password: grafana.adminPassword } } : {}),
        ...(secureOtlp ? { secureOtlp } : {}),
        ...(externalUrls ? { externalUrls } : {}),
        verification: verificationOutput(plan),
        storedData: plan.storedData,
        durability: durabilityOutput(plan),
    };
}

export = main;
