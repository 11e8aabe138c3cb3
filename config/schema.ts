import * as z from "zod";
import { IMAGES } from "./images";
import { count, dnsLabel, duration, flag, image, oneOf } from "./kinds";
import { app } from "./schema-app";
import { cluster } from "./schema-cluster";
import { collector } from "./schema-collector";
import { azureMonitor, destinations } from "./schema-destinations";
import { allowDataLoss, durability, outage, size as stackSize } from "./schema-durability";
import { grafana } from "./schema-grafana";
import { guard } from "./schema-guard";
import { jaeger } from "./schema-jaeger";
import { loki } from "./schema-loki";
import { networkPolicies } from "./schema-network";
import { redaction, spanMetrics, tailSampling } from "./schema-processing";
import { prometheus } from "./schema-prometheus";
import { publish } from "./schema-publish";
import { telemetrygen } from "./schema-telemetrygen";
import { layout, traceTier } from "./schema-tiers";
import { victoriaLogs } from "./schema-victoria-logs";
import { setting } from "./setting";

const POD_SECURITY = ["privileged", "baseline", "restricted"] as const;

const namespace = z.strictObject({
    name: setting(dnsLabel.default("playground-otel"), "The Namespace that holds the whole stack.", "Says what it is."),
    create: setting(
        flag.default(true),
        "Whether the stack makes the Namespace, and removes it on destroy. With false it uses one that exists and never changes or deletes it; decide before the first `pulumi up`, as one that the stack has made goes when this turns false.",
        "A destroyed playground leaves nothing behind.",
    ),
    podSecurity: z
        .strictObject({
            enforce: setting(
                oneOf(POD_SECURITY).default("baseline"),
                "The Pod Security Standard that the Namespace enforces.",
                "A learner's plain `kubectl run` works; the stack's own pods meet restricted.",
            ),
            warn: setting(
                oneOf(POD_SECURITY).default("restricted"),
                "The Pod Security Standard whose breach kubectl warns of.",
                "Shows what would have to change for restricted.",
            ),
        })
        .prefault({}),
});

const images = z.strictObject({
    app: setting(
        image.optional(),
        "Image of the shop, built from app/ (docs/app.md).",
        "There is none that everybody could pull.",
        "none, and app.enabled has to be false",
    ),
    agent: setting(
        image.optional(),
        "Image of the Collectors that collect from the cluster (cluster).",
        "The contrib distribution has what they need too.",
        "that of the Collector",
    ),
    collector: setting(
        image.default(IMAGES.collector),
        "Image of the OpenTelemetry Collector.",
        "The contrib distribution has the Prometheus exporters.",
    ),
    grafana: setting(image.default(IMAGES.grafana), "Image of Grafana.", "The release line that was designed for."),
    jaeger: setting(image.default(IMAGES.jaeger), "Image of Jaeger.", "The 2.x line; 1.x has ended."),
    loki: setting(image.default(IMAGES.loki), "Image of Loki.", "The release that was tested."),
    prometheus: setting(image.default(IMAGES.prometheus), "Image of Prometheus.", "The release that was tested."),
    telemetrygen: setting(
        image.default(IMAGES.telemetrygen),
        "Image of telemetrygen.",
        "Released together with the Collector.",
    ),
    victoriaLogs: setting(image.default(IMAGES.victoriaLogs), "Image of VictoriaLogs.", "The release that was tested."),
});

const localPort = (port: number, of: string) =>
    setting(
        count(1, 65_535).default(port),
        `Port on your own machine that leads to ${of}.`,
        "The same as in the cluster.",
    );

const localPorts = z.strictObject({
    otlpGrpc: localPort(4317, "OTLP over gRPC"),
    otlpHttp: localPort(4318, "OTLP over HTTP"),
    metrics: localPort(8889, "the metrics that the Collector offers"),
    grafana: localPort(3000, "Grafana"),
    jaeger: localPort(16686, "Jaeger"),
    loki: localPort(3100, "Loki"),
    prometheus: localPort(9090, "Prometheus"),
    shop: localPort(8080, "the shop"),
    victoriaLogs: localPort(9428, "VictoriaLogs"),
});

/** Every setting of a stack. */
export const stackSettings = z.strictObject({
    namespace: namespace.prefault({}),
    size: stackSize,
    durability,
    allowDataLoss,
    layout,
    outage: outage.prefault({}),
    images: images.prefault({}),
    rolloutTimeout: setting(
        duration("10s", "1h").default("2m"),
        "How long a roll-out may make no progress, pulling images included, before `pulumi up` fails and says why.",
        "Enough to pull the images on a usual line. Kubernetes reports at this time, Pulumi gives up a minute later.",
    ),
    localPorts: localPorts.prefault({}),
    networkPolicies: networkPolicies.prefault({}),
    collector: collector.prefault({}),
    traceTier: traceTier.prefault({}),
    guard: guard.prefault({}),
    publish: publish.prefault({}),
    destinations,
    azureMonitor: azureMonitor.prefault({}),
    redaction: redaction.prefault({}),
    tailSampling: tailSampling.prefault({}),
    spanMetrics: spanMetrics.prefault({}),
    grafana: grafana.prefault({}),
    jaeger: jaeger.prefault({}),
    loki: loki.prefault({}),
    victoriaLogs: victoriaLogs.prefault({}),
    prometheus: prometheus.prefault({}),
    telemetrygen: telemetrygen.prefault({}),
    app: app.prefault({}),
    cluster: cluster.prefault({}),
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

export type StackSettings = DeepReadonly<z.output<typeof stackSettings>>;
export type NamespaceSettings = StackSettings["namespace"];
export type NetworkPolicySettings = StackSettings["networkPolicies"];
export type CollectorSettings = StackSettings["collector"];
export type GuardSettings = StackSettings["guard"];
export type PublishSettings = StackSettings["publish"];
export type RedactionSettings = StackSettings["redaction"];
export type TailSamplingSettings = StackSettings["tailSampling"];
export type SpanMetricsSettings = StackSettings["spanMetrics"];
export type GrafanaSettings = StackSettings["grafana"];
export type JaegerSettings = StackSettings["jaeger"];
export type LokiSettings = StackSettings["loki"];
export type VictoriaLogsSettings = StackSettings["victoriaLogs"];
export type PrometheusSettings = StackSettings["prometheus"];
export type TelemetrygenSettings = StackSettings["telemetrygen"];
export type AppSettings = StackSettings["app"];
export type LocalPorts = StackSettings["localPorts"];
export type OutageSettings = StackSettings["outage"];
export type PersistenceSettings = LokiSettings["persistence"];
export type ResourceSettings = CollectorSettings["resources"];
