import * as z from "zod";
import { IMAGES } from "../types/image";
import { integer, dnsLabel, duration, booleanType, image, enumOf } from "../types/values";
import { shop } from "./shop";
import { clusterTelemetry } from "./cluster-telemetry";
import { collector } from "./collector";
import { azureMonitor, destinations } from "./destinations";
import { allowDataLoss, durability, stackSize } from "./durability";
import { grafana } from "./grafana";
import { secureOtlp } from "./secure-otlp";
import { jaeger } from "./jaeger";
import { loki } from "./loki";
import { networkPolicies } from "./network-policies";
import { redaction, spanMetrics, tailSampling } from "./processing";
import { prometheus } from "./prometheus";
import { expose } from "./expose";
import { telemetrygen } from "./telemetrygen";
import { topology, traceTier } from "./trace-tier";
import { victoriaLogs } from "./victoria-logs";
import { setting } from "./setting";

const POD_SECURITY = ["privileged", "baseline", "restricted"] as const;

const namespace = z.strictObject({
    name: setting(dnsLabel.default("playground-otel"), "The Namespace that holds the whole stack.", "Says what it is."),
    create: setting(
        booleanType.default(true),
        "Whether the stack makes the Namespace, and removes it on destroy. With false it uses one that exists and never changes or deletes it; decide before the first `pulumi up`, as one that the stack has made goes when this turns false.",
        "A destroyed playground leaves nothing behind.",
    ),
    podSecurity: z
        .strictObject({
            enforce: setting(
                enumOf(POD_SECURITY).default("baseline"),
                "The Pod Security Standard that the Namespace enforces.",
                "A learner's plain `kubectl run` works; the stack's own pods meet restricted.",
            ),
            warn: setting(
                enumOf(POD_SECURITY).default("restricted"),
                "The Pod Security Standard whose breach kubectl warns of.",
                "Shows what would have to change for restricted.",
            ),
        })
        .prefault({}),
});

const images = z.strictObject({
    shop: setting(
        image.optional(),
        "Image of the shop, built from shop/ (docs/how-to/run-the-shop.md).",
        "There is none that everybody could pull.",
        "none, and shop.enabled has to be false",
    ),
    agent: setting(
        image.optional(),
        "Image of the Collectors that collect from the cluster (clusterTelemetry).",
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

const localPort = (port: number, target: string) =>
    setting(
        integer(1, 65_535).default(port),
        `Port on your own machine that leads to ${target}.`,
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
    durability: durability.prefault({}),
    allowDataLoss,
    topology,
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
    secureOtlp: secureOtlp.prefault({}),
    expose: expose.prefault({}),
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
    shop: shop.prefault({}),
    clusterTelemetry: clusterTelemetry.prefault({}),
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

export type StackSettings = DeepReadonly<z.output<typeof stackSettings>>;

type DeepPartial<T> = T extends readonly unknown[]
    ? T
    : T extends object
      ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
      : T;

/** The settings that a program or a person gives. Each has a default, or says what happens without it. */
export type StackSettingsInput = DeepPartial<StackSettings>;
export type NamespaceSettings = StackSettings["namespace"];
export type NetworkPolicySettings = StackSettings["networkPolicies"];
export type CollectorSettings = StackSettings["collector"];
export type SecureOtlpSettings = StackSettings["secureOtlp"];
export type ExposeSettings = StackSettings["expose"];
export type RedactionSettings = StackSettings["redaction"];
export type TailSamplingSettings = StackSettings["tailSampling"];
export type SpanMetricsSettings = StackSettings["spanMetrics"];
export type GrafanaSettings = StackSettings["grafana"];
export type JaegerSettings = StackSettings["jaeger"];
export type LokiSettings = StackSettings["loki"];
export type VictoriaLogsSettings = StackSettings["victoriaLogs"];
export type PrometheusSettings = StackSettings["prometheus"];
export type TelemetrygenSettings = StackSettings["telemetrygen"];
export type ShopSettings = StackSettings["shop"];
export type DurabilitySettings = StackSettings["durability"];
export type PersistenceSettings = LokiSettings["persistence"];
export type ResourceSettings = CollectorSettings["resources"];
