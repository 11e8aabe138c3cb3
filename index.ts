import type * as pulumi from "@pulumi/pulumi";
import { App, appEndpoints } from "./components/app";
import { agentEndpoints } from "./components/cluster/applications";
import { ClusterCollection } from "./components/cluster/cluster";
import { collectionFlows } from "./components/cluster/flows";
import { CLUSTER_NAMES } from "./components/cluster/names";
import { Collector, collectorEndpoints } from "./components/collector/collector";
import { collectorScrapeTargets, ownMetricsJob, scrapedPods, traceTierTargets } from "./components/collector/targets";
import { sealed } from "./components/collector/further";
import { ofWholeTraces, secondTierArgs } from "./components/collector/tier-args";
import { TraceTier, traceTierHost, traceTierName } from "./components/collector/trace-tier";
import { GRAFANA_ADMIN } from "./components/grafana/config";
import { dashboardContext, dataSourceUrls, grafanaRootUrl } from "./components/grafana/settings";
import { Grafana, grafanaEndpoints } from "./components/grafana/grafana";
import { Jaeger, jaegerEndpoints } from "./components/jaeger";
import { Loki, lokiEndpoints } from "./components/loki";
import { stackNamespace } from "./components/namespace";
import { stackFlows } from "./components/network/flows";
import { NetworkPolicies } from "./components/network/network-policies";
import {
    applicationEnvironment,
    durabilityOutput,
    endpointOutputs,
    expectationsOf,
    guardOutputs,
    portForwardOutputs,
    publishedOutput,
    type StackOutputs,
} from "./components/outputs";
import { Prometheus, prometheusEndpoints } from "./components/prometheus";
import { PROMETHEUS_JOB } from "./components/prometheus-config";
import { publishedBackends } from "./components/publish/backends";
import { Publish } from "./components/publish/publish";
import { forcePatch } from "./components/shared/force-patch";
import { requireDataKept } from "./components/shared/stored-data";
import { stackRules } from "./components/rules/rules";
import { Telemetrygen } from "./components/telemetrygen";
import { VictoriaLogs, victoriaLogsEndpoints } from "./components/victoria-logs";
import { victoriaLogsHeaders } from "./components/victoria-logs-config";
import { type StoredData, resolveStoredData, retainsNamespace } from "./config/data-volumes";
import { collectsFromCluster, keepsOnNodes, measuresCluster } from "./config/cluster";
import { queuesOf, replaySeconds, takesTracesByHttp } from "./config/durability";
import { readsVictoriaLogs } from "./config/grafana-plugins";
import { hasTraceTier } from "./config/layout";
import { loadSettings } from "./config/load";
import { logStoresOf } from "./config/log-stores";
import { isPublished, publishedUrl } from "./config/publish";
import { autoscalingOf } from "./config/scaling";
import { destinationsOf } from "./config/destinations";
import { generatedSignals, isRedacted, makesSpanMetrics, pushRouteOf, routesOf } from "./config/routes";
import { storageOf } from "./config/storage";
import type { StackSettings } from "./config/schema";
import { SIGNALS } from "./config/signals";
import { firstTier, firstTierRoutes } from "./config/tiers";

const names = {
    app: "shop",
    collector: "otel-collector",
    grafana: "grafana",
    jaeger: "jaeger",
    loki: "loki",
    prometheus: "prometheus",
    telemetrygen: "telemetrygen",
    victoriaLogs: "victorialogs",
} as const;
const traces = traceTierName(names.collector);

/** Options of every resource at the top; their children inherit them. */
const OPTIONS = { transformations: [forcePatch] } satisfies pulumi.ComponentResourceOptions;

/** Reads the settings, makes sure that no stored data would be lost, and only then registers resources. */
async function main(): Promise<StackOutputs> {
    const settings = loadSettings();
    const storedData = resolveStoredData({ ...names, traceTier: traces }, settings);
    await requireDataKept(storedData, settings.allowDataLoss);
    return deployStack(settings, storedData);
}

function deployStack(settings: StackSettings, storedData: StoredData): StackOutputs {
    const { images, rolloutTimeout } = settings;
    const routes = routesOf(settings);
    const spanMetrics = makesSpanMetrics(settings);
    const pushRoute = pushRouteOf(settings);
    const first = firstTier(settings);
    const queues = queuesOf(first);

    const at = {
        agent: agentEndpoints(CLUSTER_NAMES.agent, settings.cluster.namespace),
        app: appEndpoints(names.app, settings.namespace.name),
        collector: collectorEndpoints(names.collector, settings.namespace.name),
        grafana: grafanaEndpoints(names.grafana, settings.namespace.name),
        jaeger: jaegerEndpoints(names.jaeger, settings.namespace.name),
        loki: lokiEndpoints(names.loki, settings.namespace.name),
        prometheus: prometheusEndpoints(names.prometheus, settings.namespace.name),
        traces: traceTierHost(names.collector, settings.namespace.name),
        victoriaLogs: victoriaLogsEndpoints(names.victoriaLogs, settings.namespace.name),
    };

    // An output of the Namespace: what uses it is created after it and deleted before it.
    const inNamespace = stackNamespace(settings.namespace, {
        ...OPTIONS,
        retainOnDelete: retainsNamespace(settings),
    }).metadata.name;

    if (settings.networkPolicies.enabled) {
        new NetworkPolicies(
            "network",
            {
                namespace: inNamespace,
                flows: stackFlows(names, settings),
                // A Namespace that was there has pods of others.
                wholeNamespace: settings.namespace.create,
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
                    storage: storageOf("jaeger", settings),
                    otlpHttp: takesTracesByHttp(settings),
                    namespace: inNamespace,
                    image: images.jaeger,
                    rolloutTimeout,
                    ...(spanMetrics ? { spanMetricsUrl: at.prometheus.api.urls.short } : {}),
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
                    storage: storageOf("loki", settings),
                    replaySeconds: replaySeconds(settings),
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
                    storage: storageOf("victoriaLogs", settings),
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
                    storage: storageOf("prometheus", settings),
                    namespace: inNamespace,
                    image: images.prometheus,
                    rolloutTimeout,
                    targets: [
                        ...collectorScrapeTargets(names.collector, at.collector, routes, scrapedPods(settings)),
                        ...traceTierTargets(traces, settings),
                        ...(settings.jaeger.enabled
                            ? [{ job: names.jaeger, addresses: [at.jaeger.telemetry.address] }]
                            : []),
                        ...logStoresOf(settings).map((store) => ({
                            job: names[store],
                            addresses: [at[store].api.address],
                        })),
                    ],
                    ruleGroups: stackRules(settings, {
                        ...names,
                        collector: ownMetricsJob(names.collector),
                        traceTier: ownMetricsJob(traces),
                        prometheus: PROMETHEUS_JOB,
                    }),
                    replaySeconds: replaySeconds(settings),
                    externalUrl: publishedUrl(settings, "prometheus"),
                    pushed: spanMetrics || routes.metrics.includes(pushRoute) ? pushRoute : undefined,
                },
                OPTIONS,
            ),
        );
    }

    const collectorBackends = {
        jaeger: at.jaeger.otlp.address,
        jaegerOtlp: at.jaeger.otlpHttp.urls.short,
        lokiOtlp: at.loki.otlpUrl,
        victoriaLogs: { otlp: at.victoriaLogs.otlpUrl, headers: victoriaLogsHeaders(settings.victoriaLogs) },
        prometheusOtlp: at.prometheus.otlpUrl,
        prometheusRemoteWrite: at.prometheus.remoteWriteUrl,
        traceTier: at.traces,
    };

    /** What the Collectors send to. */
    const behind = hasTraceTier(settings)
        ? [
              ...backends,
              new TraceTier(
                  traces,
                  {
                      ...secondTierArgs(settings),
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
            routes: firstTierRoutes(settings),
            pushRoute,
            queues,
            scaling: autoscalingOf(settings),
            destinations: sealed(destinationsOf(first)),
            backends: collectorBackends,
            ...(settings.guard.enabled ? { guard: settings.guard } : {}),
            ...(isRedacted(settings) ? { redaction: settings.redaction } : {}),
            ...(hasTraceTier(settings) ? {} : ofWholeTraces(settings)),
            ...(settings.cluster.attributes.enabled
                ? {
                      podAttributes: {
                          role: `${settings.namespace.name}-pods`,
                          collectors: Object.values(CLUSTER_NAMES),
                          passedOn: settings.cluster.otlp.enabled,
                      },
                  }
                : {}),
            labelsUnnamed: measuresCluster(settings.cluster),
        },
        { ...OPTIONS, dependsOn: behind },
    );

    if (collectsFromCluster(settings.cluster)) {
        new ClusterCollection(
            "cluster",
            {
                cluster: settings.cluster,
                image: images.agent ?? images.collector,
                rolloutTimeout,
                stackNamespace: settings.namespace.name,
                otlp: at.collector.otlpGrpc.address,
                batch: settings.collector.batch,
                receiver: settings.collector.receiver,
                keepsOnNode: keepsOnNodes(settings),
                signals: SIGNALS.filter((signal) => routes[signal].length > 0),
                ...(settings.networkPolicies.enabled ? { flows: collectionFlows(names.collector, settings) } : {}),
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
                  rootUrl: grafanaRootUrl(settings),
                  urls: dataSourceUrls(at, settings),
                  scrapeInterval: settings.prometheus.scrapeInterval,
                  plugin: readsVictoriaLogs(settings) ? settings.grafana.victoriaLogsPlugin : undefined,
                  dashboards: dashboardContext(settings),
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
            signals: generatedSignals(settings),
            otlp: at.collector.otlpGrpc.address,
        },
        // It gives up when nobody listens.
        { ...OPTIONS, dependsOn: collector },
    );

    /** What an application in the cluster sets to send to the stack. */
    const application = applicationEnvironment(at.collector, routes);

    if (settings.app.enabled && images.app !== undefined) {
        new App(
            names.app,
            {
                ...settings.app,
                namespace: inNamespace,
                image: images.app,
                rolloutTimeout,
                endpoints: at.app,
                telemetry: application,
            },
            // What it sends last, when all is destroyed, is taken.
            { ...OPTIONS, dependsOn: collector },
        );
    }

    if (isPublished(settings)) {
        new Publish(
            "publish",
            {
                ...settings.publish,
                namespace: inNamespace,
                backends: publishedBackends(names, settings),
            },
            OPTIONS,
        );
    }

    const guard = guardOutputs(names.collector, at.collector, routes, settings);
    const published = publishedOutput(settings);

    return {
        namespace: settings.namespace.name,
        endpoints: endpointOutputs(at, settings),
        application,
        portForwards: portForwardOutputs(names, settings.namespace.name, settings.localPorts, routes, settings),
        ...(grafana ? { grafanaAdmin: { user: GRAFANA_ADMIN, password: grafana.adminPassword } } : {}),
        ...(guard ? { guard } : {}),
        ...(published ? { published } : {}),
        expectations: expectationsOf(routes, spanMetrics, settings.tailSampling),
        storedData,
        durability: durabilityOutput(settings),
    };
}

export = main;
