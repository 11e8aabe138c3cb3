import { badPublish } from "./bad-publish";
import { badScaling } from "./bad-scaling";
import { badClusterSettings } from "./bad-settings-cluster";
import { badTiers } from "./bad-tiers";
import { nested } from "./nested";

/** Settings with one thing wrong, and all that is said about it. */
export interface BadSettings {
    readonly about: string;
    readonly raw: Readonly<Record<string, unknown>>;
    readonly problem: string;
}

const SIZE = "expected a size in whole bytes, above zero, with a unit, such as 256Mi";
const CPU = "expected an amount of CPU in whole thousandths, from 1m, such as 250m or 1";
const IMAGE = "expected an image with an exact tag, such as name:1.2.3 or name:1.2.3@sha256:..., not latest";
const LABEL = "expected a DNS label: at most 63 of a-z, 0-9 and -, with a letter or digit at both ends";
const SUBDOMAIN = "expected a DNS subdomain: at most 253 of a-z, 0-9, - and ., with a letter or digit at both ends";
const RATE_MB = "expected a number above 0 and up to 1000";
const SHARE = "expected a number from 0 to 1";
const FLAG = "expected true or false";
const LABELS = "expected at least one label with its value as text, such as { team: shop }";
const LABEL_SETS =
    "expected a list whose entries have at least one label each, with its value as text, such as [{ team: shop }]";
const CIDRS = "expected a list of address ranges, such as [169.254.20.10/32]";
const duration = (from: string, to: string) =>
    `expected a duration with a unit from ${from} to ${to}, such as 30s or 5m`;
const count = (from: number, to: number) => `expected a whole number from ${from} to ${to}`;

/** Misspelt keys: one at every level that has keys. */
const misspelt: [string, string][] = [
    ["jeager", "jaeger"],
    ["namespace.nmae", "namespace.name"],
    ["namespace.podSecurity.enforced", "namespace.podSecurity.enforce"],
    ["images.colector", "images.collector"],
    ["localPorts.otlpGprc", "localPorts.otlpGrpc"],
    ["networkPolicies.sender", "networkPolicies.senders"],
    ["networkPolicies.dns.pod", "networkPolicies.dns.pods"],
    ["collector.replica", "collector.replicas"],
    ["collector.autoscaling.minReplica", "collector.autoscaling.minReplicas"],
    ["collector.resources.limit", "collector.resources.limits"],
    ["collector.resources.requests.memry", "collector.resources.requests.memory"],
    ["collector.resources.limits.memroy", "collector.resources.limits.memory"],
    ["collector.receiver.maxMesageSize", "collector.receiver.maxMessageSize"],
    ["collector.batch.timeOut", "collector.batch.timeout"],
    ["collector.queue.sise", "collector.queue.size"],
    ["durabilty", "durability"],
    ["outage.itemsPerSeconds", "outage.itemsPerSecond"],
    ["jaeger.persistence.enable", "jaeger.persistence.enabled"],
    ["prometheus.persistence.storageclass", "prometheus.persistence.storageClass"],
    ["collector.debug.enable", "collector.debug.enabled"],
    ["collector.scrape.expiratoin", "collector.scrape.expiration"],
    ["collector.remoteWrite.queuesize", "collector.remoteWrite.queueSize"],
    ["guard.enable", "guard.enabled"],
    ["guard.grpc.enabeld", "guard.grpc.enabled"],
    ["guard.tls.secretname", "guard.tls.secretName"],
    ["guard.token.generations", "guard.token.generation"],
    ["publish.apis", "publish.api"],
    ["publish.grafana.hots", "publish.grafana.host"],
    ["publish.jaeger.withoutAuthentification", "publish.jaeger.withoutAuthentication"],
    ["publish.prometheus.hosts", "publish.prometheus.host"],
    ["publish.otlp.httpHosts", "publish.otlp.httpHost"],
    ["publish.tls.secretname", "publish.tls.secretName"],
    ["publish.gateway.names", "publish.gateway.name"],
    ["publish.controller.cidr", "publish.controller.cidrs"],
    ["spanMetrics.maxSerie", "spanMetrics.maxSeries"],
    ["grafana.passwordGenaration", "grafana.passwordGeneration"],
    ["jaeger.max_traces", "jaeger.maxTraces"],
    ["jaeger.resources.request", "jaeger.resources.requests"],
    ["loki.retenton", "loki.retention"],
    ["loki.persistence.storageclass", "loki.persistence.storageClass"],
    ["loki.ingestion.rateMb", "loki.ingestion.rateMB"],
    ["prometheus.retension", "prometheus.retention"],
    ["prometheus.resources.limitz", "prometheus.resources.limits"],
    ["telemetrygen.durations", "telemetrygen.duration"],
    ["app.errorrate", "app.errorRate"],
    ["app.resources.limist", "app.resources.limits"],
    ["telemetrygen.logs.enabld", "telemetrygen.logs.enabled"],
    ["telemetrygen.resources.limitss", "telemetrygen.resources.limits"],
];

/** One value that each setting's own kind refuses, and every way a kind has to refuse one. */
const refused: [string, unknown, string][] = [
    ["namespace", "playground", "expected settings under it (name, create, podSecurity)"],
    [
        "collector",
        [],
        "expected settings under it (replicas, autoscaling, resources, receiver, batch, queue, debug, scrape, remoteWrite)",
    ],
    ["collector.batch", 5, "expected settings under it (timeout, minSize, maxSize)"],
    ["collector.resources.limits", "1Gi", "expected settings under it (cpu, memory)"],
    ["namespace.name", "Play_Ground", LABEL],
    ["namespace.name", "-x", LABEL],
    ["namespace.name", "a".repeat(64), LABEL],
    ["namespace.name", "", LABEL],
    ["namespace.create", "maybe", FLAG],
    ["namespace.podSecurity.enforce", "strict", "expected one of privileged, baseline, restricted"],
    ["namespace.podSecurity.warn", true, "expected one of privileged, baseline, restricted"],
    ["images.app", "shop", IMAGE],
    ["images.collector", "", IMAGE],
    ["images.collector", "otel/opentelemetry-collector-contrib", IMAGE],
    ["images.grafana", "grafana/grafana:latest", IMAGE],
    ["images.jaeger", "jaegertracing/jaeger:latest", IMAGE],
    ["images.loki", "grafana/loki", IMAGE],
    ["images.prometheus", "registry.example:5000/prometheus", IMAGE],
    ["images.prometheus", "prom/prometheus:v3.14.0@sha256:abc", IMAGE],
    ["images.telemetrygen", "telemetry gen:1", IMAGE],
    ["images.telemetrygen", null, IMAGE],
    ["images.collector", "Otel/Collector:1.2.3", IMAGE],
    ["images.collector", "otel//collector:1.2.3", IMAGE],
    ["rolloutTimeout", "5", duration("10s", "1h")],
    ["rolloutTimeout", "2h", duration("10s", "1h")],
    ["localPorts.otlpGrpc", 0, count(1, 65535)],
    ["localPorts.otlpHttp", 65536, count(1, 65535)],
    ["localPorts.metrics", -1, count(1, 65535)],
    ["localPorts.grafana", "3000/tcp", count(1, 65535)],
    ["localPorts.jaeger", 80.5, count(1, 65535)],
    ["localPorts.loki", 0, count(1, 65535)],
    ["localPorts.prometheus", "http", count(1, 65535)],
    ["networkPolicies.enabled", "strict", FLAG],
    ["networkPolicies.senders", "shop", LABEL_SETS],
    ["networkPolicies.senders", { team: "shop" }, LABEL_SETS],
    ["networkPolicies.senders", [{}], LABEL_SETS],
    ["networkPolicies.senders", [{ team: "a" }, null], LABEL_SETS],
    ["networkPolicies.viewers", [{ team: true }], LABEL_SETS],
    ["networkPolicies.viewers", [["team"]], LABEL_SETS],
    ["networkPolicies.scrapers", [{ "a/b/c": "d" }], LABEL_SETS],
    ["networkPolicies.dns.namespace", {}, LABELS],
    ["networkPolicies.dns.namespace", { "Not.A.Domain/name": "x" }, LABELS],
    ["networkPolicies.dns.pods", { "-team": "x" }, LABELS],
    ["networkPolicies.dns.pods", { team: "no spaces" }, LABELS],
    ["networkPolicies.dns.pods", { team: "a".repeat(64) }, LABELS],
    ["networkPolicies.dns.port", 0, count(1, 65535)],
    ["networkPolicies.dns.cidrs", "10.0.0.0/8", CIDRS],
    ["networkPolicies.dns.cidrs", ["169.254.20.10"], CIDRS],
    ["networkPolicies.dns.cidrs", ["10.0.0.0/33"], CIDRS],
    ["localPorts.shop", 0, count(1, 65535)],
    ["collector.replicas", 0, count(1, 10)],
    ["collector.replicas", -1, count(1, 10)],
    ["collector.replicas", 1.5, count(1, 10)],
    ["collector.replicas", true, count(1, 10)],
    ["collector.autoscaling.enabled", "auto", FLAG],
    ["collector.autoscaling.minReplicas", 0, count(1, 100)],
    ["collector.autoscaling.maxReplicas", 101, count(1, 100)],
    ["collector.autoscaling.cpuPercent", 150, count(1, 100)],
    ["collector.autoscaling.memoryPercent", "80%", count(1, 100)],
    ["collector.autoscaling.scaleDownWindow", "2h", duration("1s", "1h")],
    ["collector.receiver.maxConnectionAge", "5", duration("1s", "24h")],
    ["collector.resources.requests.cpu", "0", CPU],
    ["collector.resources.requests.memory", "256Megs", SIZE],
    ["collector.resources.limits.cpu", "-1", CPU],
    ["collector.resources.limits.cpu", "one", CPU],
    ["collector.resources.limits.cpu", 0.0001, CPU],
    ["collector.resources.limits.cpu", "1.5m", CPU],
    ["collector.resources.limits.memory", "0Mi", SIZE],
    ["collector.resources.limits.memory", "-256Mi", SIZE],
    ["collector.resources.limits.memory", "256", SIZE],
    ["collector.resources.limits.memory", "256m", SIZE],
    ["collector.resources.limits.memory", true, SIZE],
    ["collector.resources.limits.memory", "9999Ti", SIZE],
    ["collector.batch.minSize", "1.3333Ki", SIZE],
    ["collector.receiver.maxMessageSize", "big", SIZE],
    ["collector.receiver.readTimeout", "0s", duration("1s", "10m")],
    ["collector.batch.timeout", "1", duration("10ms", "5m")],
    ["collector.batch.timeout", "-1s", duration("10ms", "5m")],
    ["collector.batch.timeout", "1 second", duration("10ms", "5m")],
    ["collector.batch.timeout", "30s1m", duration("10ms", "5m")],
    ["collector.batch.minSize", 0, SIZE],
    ["collector.batch.maxSize", -1, SIZE],
    ["collector.queue.size", "plenty", SIZE],
    ["collector.queue.fsync", "on", FLAG],
    ["collector.queue.storage", "2GB", SIZE],
    ["collector.queue.storageClass", "Fast", SUBDOMAIN],
    ["size", "tiny", "expected one of small, medium, large"],
    ["durability", "ssd", "expected one of memory, disk"],
    ["outage.duration", "30s", duration("1m", "24h")],
    ["outage.duration", "2d", duration("1m", "24h")],
    ["outage.itemsPerSecond", 0, count(1, 1_000_000)],
    ["collector.debug.enabled", 1, FLAG],
    ["collector.debug.verbosity", "verbose", "expected one of basic, normal, detailed"],
    ["collector.scrape.enabled", "yes", FLAG],
    ["collector.scrape.expiration", "5", duration("10s", "24h")],
    ["collector.remoteWrite.enabled", null, FLAG],
    ["collector.remoteWrite.queueSize", 0, count(1, 100_000)],
    ["guard.enabled", "on", FLAG],
    ["guard.auth", "basic", "expected one of token, mtls"],
    ["guard.grpc.enabled", "grpc", FLAG],
    ["guard.tls.secretName", "Guard_TLS", SUBDOMAIN],
    ["guard.tls.clientCaSecretName", "", SUBDOMAIN],
    ["guard.tls.reloadInterval", "0s", duration("1s", "24h")],
    ["guard.token.generation", 0, count(1, 1_000_000)],
    ["guard.token.keepPrevious", 1, FLAG],
    ["spanMetrics.enabled", "on", FLAG],
    ["spanMetrics.maxSeries", 9, count(10, 100_000)],
    ["spanMetrics.maxOpenEdges", 0, count(100, 1_000_000)],
    ["spanMetrics.flushInterval", "10m", duration("1s", "5m")],
    ["grafana.enabled", "on", FLAG],
    ["grafana.passwordGeneration", 0, count(1, 1_000_000)],
    ["grafana.resources.limits.memory", "half", SIZE],
    ["jaeger.enabled", "on", FLAG],
    ["jaeger.maxTraces", 0, count(1, 10_000_000)],
    ["jaeger.retention", "30m", duration("1h", "520w")],
    ["jaeger.storage", "1GB", SIZE],
    ["jaeger.persistence.enabled", "on", FLAG],
    ["jaeger.persistence.storageClass", "Fast_SSD", SUBDOMAIN],
    ["jaeger.resources.limits.memory", "256 Mi", SIZE],
    ["loki.enabled", "on", FLAG],
    ["loki.retention", "12h", duration("24h", "520w")],
    ["loki.storage", "1GB", SIZE],
    ["loki.persistence.enabled", "on", FLAG],
    ["loki.persistence.storageClass", "Fast_SSD", SUBDOMAIN],
    ["loki.ingestion.rateMB", 0, RATE_MB],
    ["loki.ingestion.burstMB", "8MB", RATE_MB],
    ["loki.ingestion.maxLineSize", -1, SIZE],
    ["loki.ingestion.maxStreams", 0, count(1, 1_000_000)],
    ["loki.resources.limits.memory", "1 Gi", SIZE],
    ["prometheus.enabled", {}, FLAG],
    ["prometheus.retention", 15, duration("1h", "520w")],
    ["prometheus.retention", "15", duration("1h", "520w")],
    ["prometheus.retention", "30m", duration("1h", "520w")],
    ["prometheus.storage", "1GB", SIZE],
    ["prometheus.persistence.enabled", "on", FLAG],
    ["prometheus.persistence.storageClass", "Fast_SSD", SUBDOMAIN],
    ["prometheus.scrapeInterval", "0s", duration("1s", "1h")],
    ["telemetrygen.enabled", "si", FLAG],
    ["telemetrygen.duration", "inf", duration("1s", "1d")],
    ["telemetrygen.rate", 0, "expected a number above 0 and up to 10000"],
    ["telemetrygen.rate", -1, "expected a number above 0 and up to 10000"],
    ["telemetrygen.rate", 10_001, "expected a number above 0 and up to 10000"],
    ["telemetrygen.rate", "fast", "expected a number above 0 and up to 10000"],
    ["telemetrygen.traces.enabled", 0, FLAG],
    ["telemetrygen.metrics.enabled", "off", FLAG],
    ["telemetrygen.logs.enabled", [], FLAG],
    ["app.enabled", "on", FLAG],
    ["app.errorRate", 1.1, SHARE],
    ["app.errorRate", "10%", SHARE],
    ["app.slowRate", -0.1, SHARE],
    ["app.slowDelay", "1", duration("1ms", "30s")],
    ["app.requestsPerSecond", 0, "expected a number from 0.01 to 100"],
    ["app.resources.limits.memory", "much", SIZE],
];

function requestOverLimit(workload: string, limits: { readonly cpu: string; readonly memory: string }): BadSettings[] {
    return [
        {
            about: `${workload}'s CPU request over its limit`,
            raw: nested(`${workload}.resources.requests.cpu`, "1500m"),
            problem: `${workload}.resources.requests.cpu: expected at most the limit, ${limits.cpu} (${workload}.resources.limits.cpu)`,
        },
        {
            about: `${workload}'s memory request over its limit`,
            raw: nested(`${workload}.resources.requests.memory`, "1Gi"),
            problem: `${workload}.resources.requests.memory: expected at most the limit, ${limits.memory} (${workload}.resources.limits.memory)`,
        },
    ];
}

const HALF = "a half of what the memory limiter allows with 256Mi (collector.resources.limits.memory)";
const QUARTER = "a quarter of what the memory limiter allows with 256Mi (collector.resources.limits.memory)";

/** What settings demand of each other. */
const disagreeing: BadSettings[] = [
    ...requestOverLimit("app", { cpu: "1", memory: "192Mi" }),
    ...requestOverLimit("collector", { cpu: "1", memory: "256Mi" }),
    ...requestOverLimit("grafana", { cpu: "1", memory: "512Mi" }),
    ...requestOverLimit("jaeger", { cpu: "1", memory: "256Mi" }),
    ...requestOverLimit("loki", { cpu: "1", memory: "384Mi" }),
    ...requestOverLimit("prometheus", { cpu: "1", memory: "512Mi" }),
    ...requestOverLimit("telemetrygen", { cpu: "250m", memory: "64Mi" }),
    {
        about: "a shop without an image",
        raw: nested("app.enabled", true),
        problem:
            "images.app: expected the image of the shop with app.enabled true: build and push one, `docker build -t REGISTRY/shop:1.0.0 app`, and name it here",
    },
    {
        about: "a shop without room for Node.js",
        raw: nested("app.resources.limits.memory", "100Mi"),
        problem: "app.resources.limits.memory: expected at least 128Mi",
    },
    {
        about: "a Collector without room beside the memory limiter",
        raw: {
            collector: {
                resources: { requests: { memory: "64Mi" }, limits: { memory: "127Mi" } },
                receiver: { maxMessageSize: "1Mi" },
                queue: { size: "4Mi" },
            },
        },
        problem: "collector.resources.limits.memory: expected at least 128Mi",
    },
    {
        about: "a Grafana without room for its processes",
        raw: nested("grafana.resources.limits.memory", "200Mi"),
        problem: "grafana.resources.limits.memory: expected at least 256Mi",
    },
    {
        about: "a Jaeger without room for traces",
        raw: {
            jaeger: { maxTraces: 10, resources: { requests: { memory: "64Mi" }, limits: { memory: "100Mi" } } },
        },
        problem: "jaeger.resources.limits.memory: expected at least 128Mi",
    },
    {
        about: "a Loki that does not start",
        raw: nested("loki.resources.limits.memory", "150Mi"),
        problem: "loki.resources.limits.memory: expected at least 192Mi",
    },
    {
        about: "no disk for Loki's write-ahead log",
        raw: nested("loki.storage", "100Mi"),
        problem: "loki.storage: expected at least 512Mi",
    },
    {
        about: "a batch that Loki refuses again and again",
        raw: nested("loki.ingestion.burstMB", 1),
        problem:
            "loki.ingestion.burstMB: expected at least one batch, 2Mi (collector.batch.maxSize): it would be refused again and again",
    },
    {
        about: "metrics from spans for a Prometheus that is off",
        raw: { spanMetrics: { enabled: true }, prometheus: { enabled: false } },
        problem: "spanMetrics.enabled: expected false, or true for prometheus.enabled: nothing takes them",
    },
    {
        about: "metrics from spans that several pods count",
        raw: { spanMetrics: { enabled: true }, collector: { replicas: 2 } },
        problem:
            "spanMetrics.enabled: expected false, or 1 for collector.replicas, or two-tier for layout: several pods would write the same series, each with a part of the count",
    },
    {
        about: "metrics from spans that nothing takes in",
        raw: { spanMetrics: { enabled: true }, jaeger: { enabled: false }, collector: { debug: { enabled: false } } },
        problem:
            "spanMetrics.enabled: expected false, or true for jaeger.enabled or collector.debug.enabled: no spans are taken",
    },
    {
        about: "a Prometheus that does not start",
        raw: { prometheus: { resources: { requests: { memory: "64Mi" }, limits: { memory: "100Mi" } } } },
        problem: "prometheus.resources.limits.memory: expected at least 128Mi",
    },
    {
        about: "no disk for the write-ahead log",
        raw: nested("prometheus.storage", "100Mi"),
        problem: "prometheus.storage: expected at least 512Mi",
    },
    {
        about: "more traces than fit Jaeger's memory",
        raw: nested("jaeger.maxTraces", 10_000),
        problem: "jaeger.maxTraces: expected at most 9099, what 256Mi holds (jaeger.resources.limits.memory)",
    },
    {
        about: "a smallest batch above the largest",
        raw: nested("collector.batch.minSize", "3Mi"),
        problem: "collector.batch.minSize: expected at most 2Mi (collector.batch.maxSize)",
    },
    {
        about: "a batch that Jaeger refuses",
        raw: nested("collector.batch.maxSize", "5Mi"),
        problem: "collector.batch.maxSize: expected at most 4Mi: Jaeger refuses a larger batch for good",
    },
    {
        about: "a queue that holds no batch",
        raw: nested("collector.queue.size", "1Mi"),
        problem: "collector.queue.size: expected at least one batch, 2Mi (collector.batch.maxSize)",
    },
    {
        about: "a queue that fills the memory",
        raw: nested("collector.queue.size", "100Mi"),
        problem: `collector.queue.size: expected at most 96Mi, ${HALF}`,
    },
    {
        about: "part of a MiB for a request, which gRPC cannot be told",
        raw: nested("collector.receiver.maxMessageSize", "1500Ki"),
        problem: "collector.receiver.maxMessageSize: expected a whole number of MiB, such as 4Mi",
    },
    {
        about: "a request that fills the memory",
        raw: nested("collector.receiver.maxMessageSize", "64Mi"),
        problem: `collector.receiver.maxMessageSize: expected at most 48Mi, ${QUARTER}`,
    },
    {
        about: "series that end between two scrapes",
        raw: { collector: { scrape: { expiration: "30s" } }, prometheus: { scrapeInterval: "1m" } },
        problem:
            "collector.scrape.expiration: expected at least 1m (prometheus.scrapeInterval), or series end between two scrapes",
    },
    {
        about: "remote write to a Prometheus that is off",
        raw: { collector: { remoteWrite: { enabled: true } }, prometheus: { enabled: false } },
        problem:
            "collector.remoteWrite.enabled: expected false, or true for prometheus.enabled: nothing takes the remote write",
    },
    {
        about: "a Collector with nowhere to send",
        raw: {
            collector: { debug: { enabled: false } },
            jaeger: { enabled: false },
            loki: { enabled: false },
            prometheus: { enabled: false },
        },
        problem:
            "collector.debug.enabled: expected true, or a backend that is on: the Collector has nowhere to send anything",
    },
    {
        about: "sample traces with no destination",
        raw: {
            collector: { debug: { enabled: false } },
            jaeger: { enabled: false },
            telemetrygen: { traces: { enabled: true } },
        },
        problem:
            "telemetrygen.traces.enabled: expected false, or true for jaeger.enabled or collector.debug.enabled: traces have no destination",
    },
    {
        about: "sample metrics with no destination",
        raw: {
            collector: { debug: { enabled: false } },
            prometheus: { enabled: false },
            telemetrygen: { metrics: { enabled: true } },
        },
        problem:
            "telemetrygen.metrics.enabled: expected false, or true for prometheus.enabled, collector.scrape.enabled or collector.debug.enabled: metrics have no destination",
    },
    {
        about: "sample logs with no destination",
        raw: {
            collector: { debug: { enabled: false } },
            loki: { enabled: false },
            telemetrygen: { logs: { enabled: true } },
        },
        problem:
            "telemetrygen.logs.enabled: expected false, or true for loki.enabled or collector.debug.enabled: logs have no destination",
    },
    {
        about: "an authority for certificates that nobody is asked for",
        raw: nested("guard.tls.clientCaSecretName", "senders-ca"),
        problem: "guard.tls.clientCaSecretName: expected mtls for guard.auth: nobody is asked for a certificate",
    },
    {
        about: "a generation of tokens that nobody is asked for",
        raw: { guard: { auth: "mtls", token: { generation: 2 } } },
        problem: "guard.token: expected token for guard.auth: nobody is asked for a token",
    },
    {
        about: "a token from before the first",
        raw: nested("guard.token.keepPrevious", true),
        problem:
            "guard.token.keepPrevious: expected false with generation 1 (guard.token.generation): there is none before it",
    },
    {
        about: "a Namespace of the cluster's own that destroy would delete",
        raw: nested("namespace.name", "default"),
        problem: "namespace.create: expected false with the cluster's own Namespace default: destroy would delete it",
    },
    {
        about: "labels for a Namespace that is not ours",
        raw: { namespace: { create: false, podSecurity: { enforce: "restricted" } } },
        problem:
            "namespace.podSecurity: expected to be left out with namespace.create false: a Namespace that exists keeps its labels",
    },
    ...["senders", "viewers", "scrapers"].map((list) => ({
        about: `${list} beside whom everybody is let in`,
        raw: nested(`networkPolicies.${list}`, [{ team: "shop" }]),
        problem: `networkPolicies.${list}: expected true for networkPolicies.enabled: without policies every pod of the cluster is let in`,
    })),
    {
        about: "viewers of a Grafana that is off",
        raw: { networkPolicies: { enabled: true, viewers: [{ team: "shop" }] }, grafana: { enabled: false } },
        problem: "networkPolicies.viewers: expected true for grafana.enabled: there is nothing to open",
    },
    {
        about: "two port-forwards on one port",
        raw: { localPorts: { jaeger: 9090 } },
        problem: "localPorts: expected a port of its own for each, jaeger and prometheus are both 9090",
    },
];

const disk = (more: Readonly<Record<string, unknown>> = {}) => ({ durability: "disk", ...more });

/** What settings demand of each other for nothing to be lost. */
const undurable: BadSettings[] = [
    ...(["jaeger", "loki", "prometheus"] as const).map((store) => ({
        about: `a class for a volume of ${store}'s that is not claimed`,
        raw: nested(`${store}.persistence.storageClass`, "fast.ssd"),
        problem: `${store}.persistence.storageClass: expected true for ${store}.persistence.enabled: no volume is claimed`,
    })),
    {
        about: "a volume for queues in memory",
        raw: nested("collector.queue.storage", "2Gi"),
        problem:
            "collector.queue.storage: expected to be left out, or disk for durability: queues in memory have no volume",
    },
    {
        about: "a wait for the disk for queues in memory",
        raw: nested("collector.queue.fsync", true),
        problem:
            "collector.queue.fsync: expected to be left out, or disk for durability: queues in memory have no volume",
    },
    {
        about: "a class for queues in memory",
        raw: nested("collector.queue.storageClass", "fast"),
        problem:
            "collector.queue.storageClass: expected to be left out, or disk for durability: queues in memory have no volume",
    },
    {
        about: "queues that are larger than their volume",
        raw: disk({ collector: { queue: { size: "1Gi", storage: "4Gi" } } }),
        problem:
            "collector.queue.storage: expected at least 9012Mi, what full queues and the compaction of one take (collector.queue.size, or outage)",
    },
    {
        about: "an outage that does not fit the volume",
        raw: disk({ outage: { duration: "2h" }, collector: { queue: { storage: "3Gi" } } }),
        problem:
            "collector.queue.storage: expected at least 12382Mi, what full queues and the compaction of one take (collector.queue.size, or outage)",
    },
    {
        about: "remote write, which loses what it cannot send, where nothing may be lost",
        raw: disk({ collector: { remoteWrite: { enabled: true } } }),
        problem:
            "collector.remoteWrite.enabled: expected to be left out, or memory for durability: remote write has no queue on disk and drops what it cannot send, so that metrics go by OTLP instead",
    },
    {
        about: "queues on disk that nothing waits in",
        raw: disk({ jaeger: { enabled: false }, loki: { enabled: false }, prometheus: { enabled: false } }),
        problem:
            "durability: expected memory, or true for jaeger.enabled, loki.enabled or prometheus.enabled: nothing waits in a queue",
    },
    {
        about: "traces that their volume does not hold",
        raw: disk({ jaeger: { storage: "5Gi" } }),
        problem:
            "jaeger.storage: expected at least 11250Mi, for 1d (jaeger.retention) of 200 items a second (outage.itemsPerSecond)",
    },
    {
        about: "records that their volume does not hold",
        raw: disk({ loki: { retention: "2d", storage: "5Gi" } }),
        problem:
            "loki.storage: expected at least 6724Mi, for 2d (loki.retention) of 200 items a second (outage.itemsPerSecond)",
    },
    {
        about: "a write-ahead log that its volume does not hold",
        raw: disk({ outage: { itemsPerSecond: 2000 }, prometheus: { storage: "1Gi" } }),
        problem:
            "prometheus.storage: expected at least 2637Mi, for 1d (prometheus.retention) of 2000 items a second (outage.itemsPerSecond)",
    },
    {
        about: "no disk for Jaeger's write-ahead logs",
        raw: {
            jaeger: { storage: "100Mi", persistence: { enabled: true }, resources: { limits: { memory: "512Mi" } } },
        },
        problem: "jaeger.storage: expected at least 512Mi",
    },
    {
        about: "traces on a volume without memory to write them",
        raw: { jaeger: { persistence: { enabled: true } } },
        problem:
            "jaeger.resources.limits.memory: expected at least 384Mi with a volume (jaeger.persistence.enabled): its store buffers what it writes",
    },
    ...(["jaeger", "prometheus"] as const).map((store) => ({
        about: `a retention of ${store}'s that ends before a replay`,
        raw: disk({ outage: { duration: "1h" }, [store]: { retention: "1h" } }),
        problem: `${store}.retention: expected at least 7200s, twice outage.duration: what comes late would be deleted at once`,
    })),
    {
        about: "a retention of Loki's that ends before a replay",
        raw: disk({ outage: { duration: "24h" }, jaeger: { retention: "2d" }, prometheus: { retention: "2d" } }),
        problem:
            "loki.retention: expected at least 172800s, twice outage.duration: what comes late would be deleted at once",
    },
];

export const badSettings: readonly BadSettings[] = [
    ...misspelt.map(([key, meant]) => ({
        about: `${key} for ${meant}`,
        raw: nested(key, {}),
        problem: `${key}: unknown key, did you mean ${meant}?`,
    })),
    {
        about: "a key like none that there is, with those there are",
        raw: nested("collector.queue.tailSampling", true),
        problem: "collector.queue.tailSampling: unknown key, expected one of size, fsync, storage, storageClass",
    },
    ...refused.map(([key, value, expected]) => ({
        about: `${JSON.stringify(value)} for ${key}`,
        raw: nested(key, value),
        problem: `${key}: ${expected}`,
    })),
    ...disagreeing,
    ...undurable,
    ...badPublish,
    ...badScaling,
    ...badTiers,
    ...badClusterSettings,
];
