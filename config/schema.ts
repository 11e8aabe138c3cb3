import * as z from "zod";
import { IMAGES } from "./images";
import { count, dnsLabel, dnsSubdomain, duration, flag, image, oneOf, rate, size } from "./kinds";
import { app } from "./schema-app";
import { cluster } from "./schema-cluster";
import { azureMonitor, destinations } from "./schema-destinations";
import { durability, outage, size as stackSize } from "./schema-durability";
import { grafana } from "./schema-grafana";
import { guard } from "./schema-guard";
import { jaeger } from "./schema-jaeger";
import { loki } from "./schema-loki";
import { networkPolicies } from "./schema-network";
import { redaction, tailSampling } from "./schema-processing";
import { prometheus } from "./schema-prometheus";
import { publish } from "./schema-publish";
import { autoscaling } from "./schema-scaling";
import { layout, traceTier } from "./schema-tiers";
import { resources, setting } from "./setting";

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
});

const collector = z.strictObject({
    replicas: setting(count(1, 10).default(1), "Number of Collector pods.", "One shows every span in one log."),
    autoscaling,
    resources: resources(
        "each Collector pod",
        { cpu: "50m", memory: "96Mi" },
        { cpu: "1", memory: "256Mi" },
        "53 to 94 MB measured under load; the memory limiter and GOMEMLIMIT follow from the memory limit.",
    ),
    receiver: z
        .strictObject({
            maxMessageSize: setting(
                size.default("4Mi"),
                "Largest OTLP request that is taken, by gRPC and by HTTP; a whole number of MiB.",
                "The gRPC receiver's own default; HTTP's 20 MiB would let five requests fill a small Collector.",
            ),
            readTimeout: setting(
                duration("1s", "10m").default("30s"),
                "How long a client may take to send one HTTP request.",
                "The Collector has no time-out of its own, so that a stalled client would hold a connection for good.",
            ),
            maxConnectionAge: setting(
                duration("1s", "24h").default("5m"),
                "How long a gRPC connection is used before its client is asked to open another, which may lead to another pod. A tenth more or less, so that not all come at once.",
                "A new pod has its part of the load within minutes, and a connection costs nothing beside that.",
            ),
        })
        .prefault({}),
    batch: z
        .strictObject({
            timeout: setting(
                duration("10ms", "5m").default("1s"),
                "How long the exporter's queue gathers a batch before it sends what it has.",
                "A learner sees a trace at once, and a busy stack still sends full batches.",
            ),
            minSize: setting(
                size.default("512Ki"),
                "Size at which a batch is sent without waiting for the time-out.",
                "Large enough for the backends, small beside their limit.",
            ),
            maxSize: setting(
                size.default("2Mi"),
                "Size above which a batch is split.",
                "Half of the 4 MiB above which a receiver refuses a batch for good.",
            ),
        })
        .prefault({}),
    queue: z
        .strictObject({
            size: setting(
                size.optional(),
                "How much each exporter's sending queue holds while its backend cannot be reached: in memory, or with durability disk on the volume.",
                "Minutes of a playground's spans in memory; on disk, what an outage is said to last.",
                "a sixth of what the memory limiter allows (32Mi), less with further destinations; with durability disk what the outage takes",
            ),
            fsync: setting(
                flag.default(false),
                "Whether each request waits for the disk before it is acknowledged, with durability disk, so that what was accepted outlives a power cut of the node too.",
                "Without it a queue outlives every end of its process and pod; with it, some hundred requests a second are the most.",
            ),
            storage: setting(
                size.optional(),
                "Size of the volume that the queues of each pod stand on, with durability disk.",
                "The files of full queues, and room to compact one of them.",
                "what the queues take",
            ),
            storageClass: setting(
                dnsSubdomain.optional(),
                "The StorageClass that the volume is claimed of, with durability disk.",
                "Each cluster has its own.",
                "the cluster's default",
            ),
        })
        .prefault({}),
    debug: z
        .strictObject({
            enabled: setting(
                flag.default(true),
                "Whether the Collector prints what it receives to its log.",
                "The playground's first lesson is to see the data.",
            ),
            verbosity: setting(
                oneOf(["basic", "normal", "detailed"]).default("detailed"),
                "How much of each item is printed.",
                "basic prints counts only.",
            ),
        })
        .prefault({}),
    scrape: z
        .strictObject({
            enabled: setting(
                flag.optional(),
                "Whether the Collector offers its metrics on port 8889 for scraping.",
                "One of the two routes that the exercises compare.",
                "on while Prometheus is",
            ),
            expiration: setting(
                duration("10s", "24h").default("5m"),
                "How long a series is offered after its last point.",
                "The Collector's default, and how far back Prometheus looks for a point.",
            ),
        })
        .prefault({}),
    remoteWrite: z
        .strictObject({
            enabled: setting(
                flag.optional(),
                "Whether the Collector pushes metrics to Prometheus by remote write. With durability disk it pushes by OTLP instead.",
                "The other of the two routes.",
                "on while Prometheus is, with durability memory",
            ),
            queueSize: setting(
                count(1, 100_000).default(1000),
                "Requests that wait in memory while Prometheus cannot be reached.",
                "This exporter has no sending queue that counts bytes; a thousand small requests fit the memory limiter.",
            ),
        })
        .prefault({}),
});

const spanMetrics = z.strictObject({
    enabled: setting(
        flag.optional(),
        "Whether the Collector counts requests, errors and durations from the spans, with the edges between services, and pushes them to Prometheus. Each pod counts what it sees, so that several would write the same series: it needs collector.replicas 1 and no collector.autoscaling, or layout two-tier.",
        "Request rates need no work in the applications, and lead from a metric to a trace.",
        "on while Prometheus and a destination for traces are, with one replica or two tiers",
    ),
    maxSeries: setting(
        count(10, 100_000).default(1000),
        "Combinations of operation, kind and status that each service may have; the rest is counted together as one.",
        "A span name that holds an id would fill Prometheus. Of each combination come about 20 series.",
    ),
    maxOpenEdges: setting(
        count(100, 1_000_000).default(5000),
        "Requests that wait for the span of their other side; more of them are left out of the service graph.",
        "2 s of 2,500 requests a second, some MiB.",
    ),
    flushInterval: setting(
        duration("1s", "5m").default("15s"),
        "Time between two pushes of what was counted. A Collector that is killed loses as much.",
        "Longer than the last seconds of a pod that is replaced, so that it and its successor do not write the same series by turns.",
    ),
});

const signal = (name: string) =>
    z
        .strictObject({
            enabled: setting(
                flag.optional(),
                `Whether a Job sends ${name}.`,
                "Every signal is seen from the start.",
                `on while ${name} have a destination`,
            ),
        })
        .prefault({});

const telemetrygen = z.strictObject({
    enabled: setting(flag.default(true), "Whether Jobs send sample telemetry.", "The stack shows something at once."),
    duration: setting(duration("1s", "1d").default("5m"), "How long each Job sends.", "Time to look around."),
    rate: setting(
        rate(10_000).default(1),
        "Spans, points or records that each Job sends a second.",
        "One can follow it.",
    ),
    traces: signal("traces"),
    metrics: signal("metrics"),
    logs: signal("logs"),
    resources: resources(
        "each telemetrygen pod",
        { cpu: "10m", memory: "16Mi" },
        { cpu: "250m", memory: "64Mi" },
        "It holds one batch at a time.",
    ),
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
});

/** Every setting of a stack. */
export const stackSettings = z.strictObject({
    namespace: namespace.prefault({}),
    size: stackSize,
    durability,
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
export type PrometheusSettings = StackSettings["prometheus"];
export type TelemetrygenSettings = StackSettings["telemetrygen"];
export type AppSettings = StackSettings["app"];
export type LocalPorts = StackSettings["localPorts"];
export type OutageSettings = StackSettings["outage"];
export type PersistenceSettings = LokiSettings["persistence"];
export type ResourceSettings = CollectorSettings["resources"];
