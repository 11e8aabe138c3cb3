import { App, appEndpoints } from "./components/app";
import { ClusterCollection } from "./components/cluster/cluster";
import { CLUSTER_NAMES } from "./components/cluster/names";
import { Collector, collectorEndpoints } from "./components/collector/collector";
import { collectorScrapeTargets, ownMetricsJob } from "./components/collector/targets";
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
} from "./components/outputs";
import { Prometheus, prometheusEndpoints } from "./components/prometheus";
import { PROMETHEUS_JOB } from "./components/prometheus-config";
import { stackRules } from "./components/rules/rules";
import { Telemetrygen } from "./components/telemetrygen";
import { collectsFromCluster, measuresCluster } from "./config/cluster";
import { onDisk, queuesOf, replaySeconds, takesTracesByHttp } from "./config/durability";
import { loadSettings } from "./config/load";
import { generatedSignals, makesSpanMetrics, pushRouteOf, routesOf } from "./config/routes";
import { storageOf } from "./config/storage";

const settings = loadSettings();
const { images, rolloutTimeout } = settings;
const routes = routesOf(settings);
const spanMetrics = makesSpanMetrics(settings);
const pushRoute = pushRouteOf(settings);
const queues = queuesOf(settings);
const durable = onDisk(settings);

const names = {
    app: "shop",
    collector: "otel-collector",
    grafana: "grafana",
    jaeger: "jaeger",
    loki: "loki",
    prometheus: "prometheus",
    telemetrygen: "telemetrygen",
} as const;
const at = {
    app: appEndpoints(names.app, settings.namespace.name),
    collector: collectorEndpoints(names.collector, settings.namespace.name),
    grafana: grafanaEndpoints(names.grafana, settings.namespace.name),
    jaeger: jaegerEndpoints(names.jaeger, settings.namespace.name),
    loki: lokiEndpoints(names.loki, settings.namespace.name),
    prometheus: prometheusEndpoints(names.prometheus, settings.namespace.name),
};

// An output of the Namespace: what uses it is created after it and deleted before it.
const inNamespace = stackNamespace(settings.namespace).metadata.name;

if (settings.networkPolicies.enabled) {
    new NetworkPolicies("network", {
        namespace: inNamespace,
        flows: stackFlows(names, settings),
        // A Namespace that was there has pods of others.
        wholeNamespace: settings.namespace.create,
    });
}

if (settings.jaeger.enabled) {
    new Jaeger(names.jaeger, {
        ...settings.jaeger,
        storage: storageOf("jaeger", settings),
        otlpHttp: takesTracesByHttp(settings),
        namespace: inNamespace,
        image: images.jaeger,
        rolloutTimeout,
        ...(spanMetrics ? { spanMetricsUrl: at.prometheus.api.urls.short } : {}),
    });
}

if (settings.loki.enabled) {
    new Loki(names.loki, {
        ...settings.loki,
        storage: storageOf("loki", settings),
        replaySeconds: replaySeconds(settings),
        namespace: inNamespace,
        image: images.loki,
        rolloutTimeout,
    });
}

if (settings.prometheus.enabled) {
    new Prometheus(names.prometheus, {
        ...settings.prometheus,
        storage: storageOf("prometheus", settings),
        namespace: inNamespace,
        image: images.prometheus,
        rolloutTimeout,
        targets: [
            ...collectorScrapeTargets(names.collector, at.collector, routes, {
                replicas: settings.collector.replicas,
                named: durable,
            }),
            ...(settings.jaeger.enabled ? [{ job: names.jaeger, addresses: [at.jaeger.telemetry.address] }] : []),
            ...(settings.loki.enabled ? [{ job: names.loki, addresses: [at.loki.api.address] }] : []),
        ],
        ruleGroups: stackRules(settings, {
            ...names,
            collector: ownMetricsJob(names.collector),
            prometheus: PROMETHEUS_JOB,
        }),
        replaySeconds: replaySeconds(settings),
        pushed: spanMetrics || routes.metrics.includes(pushRoute) ? pushRoute : undefined,
    });
}

const collector = new Collector(names.collector, {
    ...settings.collector,
    namespace: inNamespace,
    image: images.collector,
    rolloutTimeout,
    routes,
    pushRoute,
    queues,
    backends: {
        jaeger: at.jaeger.otlp.address,
        jaegerOtlp: at.jaeger.otlpHttp.urls.short,
        lokiOtlp: at.loki.otlpUrl,
        prometheusOtlp: at.prometheus.otlpUrl,
        prometheusRemoteWrite: at.prometheus.remoteWriteUrl,
    },
    ...(settings.guard.enabled ? { guard: settings.guard } : {}),
    ...(spanMetrics ? { spanMetrics: settings.spanMetrics } : {}),
    ...(settings.cluster.attributes.enabled
        ? { podAttributes: { role: `${settings.namespace.name}-pods`, collectors: Object.values(CLUSTER_NAMES) } }
        : {}),
    labelsUnnamed: measuresCluster(settings.cluster),
});

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
            ...(settings.networkPolicies.enabled
                ? { closed: { collector: names.collector, dns: settings.networkPolicies.dns } }
                : {}),
        },
        // What they send last, when all is destroyed, is taken.
        { dependsOn: collector },
    );
}

const grafana = settings.grafana.enabled
    ? new Grafana(names.grafana, {
          ...settings.grafana,
          namespace: inNamespace,
          image: images.grafana,
          rolloutTimeout,
          rootUrl: grafanaRootUrl(settings.localPorts),
          urls: dataSourceUrls(at, settings),
          scrapeInterval: settings.prometheus.scrapeInterval,
          dashboards: dashboardContext(settings),
      })
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
    { dependsOn: collector },
);

/** What an application in the cluster sets to send to the stack. */
export const application = applicationEnvironment(at.collector, routes);

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
        { dependsOn: collector },
    );
}

/** The Namespace of the stack. */
export const namespace = settings.namespace.name;
/** Addresses inside the cluster. */
export const endpoints = endpointOutputs(at, settings);
/** Commands to paste, and the URL that each opens. */
export const portForwards = portForwardOutputs(names, namespace, settings.localPorts, routes, settings);
/** Who logs in to Grafana; the password is a secret. Undefined without Grafana. */
export const grafanaAdmin = grafana && { user: GRAFANA_ADMIN, password: grafana.adminPassword };
/** What a sender outside the Namespace needs to know. Undefined without a guarded listener. */
export const guard = guardOutputs(names.collector, at.collector, routes, settings);
/** Where each signal arrives, for a check that it does. */
export const expectations = expectationsOf(routes, spanMetrics);
/** What the Collector rides out while backends are away. */
export const durability = durabilityOutput(settings, queues);
