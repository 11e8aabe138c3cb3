import * as z from "zod";
import { applicationEnv } from "./application-env";
import { dnsLabel, dnsSubdomain } from "../types/dns";
import { duration } from "../types/quantities";
import { integer, booleanType, enumType } from "../types/values";
import { alertmanager } from "./alertmanager";
import { shop } from "./shop";
import { clusterTelemetry } from "./cluster-telemetry";
import { collector } from "./collector";
import { azureMonitor, destinations } from "./destinations";
import { allowDataLoss, durability, stackSize } from "./durability";
import { grafana } from "./grafana";
import { images } from "./images";
import { secureOtlp } from "./secure-otlp";
import { jaeger } from "./jaeger";
import { loki } from "./loki";
import { networkPolicies } from "./network-policies";
import { redaction, spanMetrics, tailSampling } from "./processing";
import { pods } from "./pods";
import { prometheus } from "./prometheus";
import { expose } from "./expose";
import { telemetrygen } from "./telemetrygen";
import { topology, traceTier } from "./trace-tier";
import { victoriaLogs } from "./victoria-logs";
import { services } from "./services";
import { setting } from "./setting";

const POD_SECURITY = ["privileged", "baseline", "restricted"] as const;

const namespace = z.strictObject({
    name: setting(dnsLabel.default("playground-otel"), "Namespace for all resources of the stack."),
    create: setting(
        booleanType.default(true),
        "Create the Namespace, and delete it on destroy. The preview fails if it exists and the stack did not create it. With false the stack uses an existing Namespace and never changes or deletes it. Decide before the first `pulumi up`: changing true to false deletes the Namespace that the stack created.",
    ),
    podSecurity: z
        .strictObject({
            enforce: setting(
                enumType(POD_SECURITY).default("baseline"),
                "Pod Security Standard that the Namespace enforces.",
                { rationale: "Allows a plain `kubectl run`; the stack's own pods meet restricted." },
            ),
            warn: setting(
                enumType(POD_SECURITY).default("restricted"),
                "Pod Security Standard whose violations cause a warning of kubectl.",
            ),
        })
        .prefault({}),
});

const localPort = (port: number, target: string) =>
    setting(integer(1, 65_535).default(port), `Local port that is forwarded to ${target}.`);

const localPorts = z.strictObject({
    otlpGrpc: localPort(4317, "OTLP over gRPC"),
    otlpHttp: localPort(4318, "OTLP over HTTP"),
    metrics: localPort(8889, "the Collector's Prometheus exporter"),
    grafana: localPort(3000, "Grafana"),
    jaeger: localPort(16686, "Jaeger"),
    loki: localPort(3100, "Loki"),
    prometheus: localPort(9090, "Prometheus"),
    alertmanager: localPort(9093, "Alertmanager"),
    shop: localPort(8080, "the shop"),
    victoriaLogs: localPort(9428, "VictoriaLogs"),
});

/** Every setting of a stack. */
export const stackSettings = z.strictObject({
    namespace: namespace.prefault({}),
    clusterDomain: setting(
        dnsSubdomain.default("cluster.local"),
        "DNS domain of the cluster. Only the outputs contain it: the fully qualified addresses, and the names in the certificate of the secure OTLP listener. The stack itself uses names such as `jaeger.playground-otel`, which resolve in every cluster.",
    ),
    size: stackSize,
    durability: durability.prefault({}),
    allowDataLoss,
    topology,
    images: images.prefault({}),
    pods: pods.prefault({}),
    services: services.prefault({}),
    rolloutTimeout: setting(
        duration("10s", "1h").default("2m"),
        "How long a rollout may make no progress, including image pulls, before `pulumi up` fails. Kubernetes reports it at this time, Pulumi fails one minute later.",
        { rationale: "Enough to pull the images over a typical connection." },
    ),
    localPorts: localPorts.prefault({}),
    applicationEnv: applicationEnv.prefault({}),
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
    alertmanager: alertmanager.prefault({}),
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

/** The settings as the user writes them, before defaults apply. */
export type StackSettingsInput = DeepPartial<StackSettings>;
export type NamespaceSettings = StackSettings["namespace"];
export type ImageSettings = StackSettings["images"];
export type PodSettings = StackSettings["pods"];
export type ServiceSettings = StackSettings["services"];
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
export type AlertmanagerSettings = StackSettings["alertmanager"];
export type TelemetrygenSettings = StackSettings["telemetrygen"];
export type ShopSettings = StackSettings["shop"];
export type PersistenceSettings = LokiSettings["persistence"];
export type ResourceSettings = CollectorSettings["resources"];
