import { Collector, collectorEndpoints } from "./components/collector/collector";
import { collectorScrapeTargets } from "./components/collector/targets";
import { Jaeger, jaegerEndpoints } from "./components/jaeger";
import { stackNamespace } from "./components/namespace";
import { applicationEnvironment, endpointOutputs, portForwardOutputs } from "./components/outputs";
import { Prometheus, prometheusEndpoints } from "./components/prometheus";
import { Telemetrygen } from "./components/telemetrygen";
import { loadSettings } from "./config/load";
import { generatedSignals, routesOf } from "./config/routes";

const settings = loadSettings();
const { images, rolloutTimeout } = settings;
const routes = routesOf(settings);

const names = { collector: "otel-collector", jaeger: "jaeger", prometheus: "prometheus" } as const;
const at = {
    collector: collectorEndpoints(names.collector, settings.namespace.name),
    jaeger: jaegerEndpoints(names.jaeger, settings.namespace.name),
    prometheus: prometheusEndpoints(names.prometheus, settings.namespace.name),
};

// An output of the Namespace: what uses it is created after it and deleted before it.
const inNamespace = stackNamespace(settings.namespace).metadata.name;

if (settings.jaeger.enabled) {
    new Jaeger(names.jaeger, { ...settings.jaeger, namespace: inNamespace, image: images.jaeger, rolloutTimeout });
}

if (settings.prometheus.enabled) {
    new Prometheus(names.prometheus, {
        ...settings.prometheus,
        namespace: inNamespace,
        image: images.prometheus,
        rolloutTimeout,
        targets: collectorScrapeTargets(names.collector, at.collector, routes),
        remoteWriteReceiver: routes.metrics.includes("remote_write"),
    });
}

const collector = new Collector(names.collector, {
    ...settings.collector,
    namespace: inNamespace,
    image: images.collector,
    rolloutTimeout,
    routes,
    backends: { jaeger: at.jaeger.otlp.address, prometheusRemoteWrite: at.prometheus.remoteWriteUrl },
});

new Telemetrygen(
    "telemetrygen",
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

/** The Namespace of the stack. */
export const namespace = settings.namespace.name;
/** Addresses inside the cluster. */
export const endpoints = endpointOutputs(at, settings);
/** Commands to paste, and the URL that each opens. */
export const portForwards = portForwardOutputs(names, namespace, settings.localPorts, routes, settings);
/** What an application in the cluster sets to send to the stack. */
export const application = applicationEnvironment(at.collector, routes);
/** Where each signal arrives, for a check that it does. */
export const expectations = routes;
