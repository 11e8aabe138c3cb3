import * as z from "zod";
import { storageClassName } from "../types/dns";
import { duration, byteSize } from "../types/quantities";
import { integer, booleanType, enumType } from "../types/values";
import { autoscaling } from "./autoscaling";
import { createPodsSchema } from "./pods";
import { resources, setting } from "./setting";

/** Settings of the Collector that receives all telemetry. */
export const collector = z.strictObject({
    replicas: setting(integer(1, 10).default(1), "Number of Collector pods.", {
        rationale: "A single Collector prints all spans in one log.",
    }),
    autoscaling,
    pods: createPodsSchema("the pods of the Collector"),
    resources: resources(
        "each Collector pod",
        { cpu: "50m", memory: "96Mi" },
        { cpu: "1", memory: "1Gi" },
        "A Collector uses 53 to 94 MB under load. The rest is for requests in flight: each request of 500 spans takes about 1 MiB. The memory limiter and GOMEMLIMIT are derived from this limit.",
    ),
    maxSeriesPerService: setting(
        integer(10, 1_000_000).optional(),
        "Maximum number of active series of a service that a Collector passes to Prometheus. Points of more series are dropped. A series is active for five minutes after its last point. Services whose names have the same hash of eight share the limit, and histograms have one of their own that is in proportion.",
        {
            whenUnset:
                "a quarter of the series that fit the memory of Prometheus and of the Collector ([limits](limits.md#metrics-and-series))",
        },
    ),
    receiver: z
        .strictObject({
            maxRequestSize: setting(
                byteSize.default("4Mi"),
                "Maximum size of an OTLP request over gRPC or HTTP, a multiple of 1Mi.",
                {
                    rationale:
                        "The default of the gRPC receiver. With the HTTP default of 20 MiB, five requests could fill the memory of a small Collector.",
                },
            ),
            readTimeout: setting(duration("1s", "10m").default("30s"), "Maximum time to read one HTTP request.", {
                rationale: "Without a timeout, a stalled client keeps its connection open indefinitely.",
            }),
            maxConnectionAge: setting(
                duration("1s", "24h").default("5m"),
                "Maximum age of a gRPC connection, plus or minus 10%. The client then reconnects, possibly to another pod.",
                { rationale: "A new pod gets its share of the load within minutes." },
            ),
        })
        .prefault({}),
    batch: z
        .strictObject({
            flushTimeout: setting(
                duration("10ms", "5m").default("1s"),
                "Maximum time that an exporter collects items before it sends a batch smaller than `minSize`.",
            ),
            minSize: setting(
                byteSize.default("512Ki"),
                "Size at which an exporter sends a batch before `flushTimeout` ends.",
            ),
            maxSize: setting(byteSize.default("2Mi"), "Maximum size of a batch. Larger batches are split.", {
                rationale: "Half of the 4 MiB above which a gRPC receiver permanently rejects a request.",
            }),
        })
        .prefault({}),
    queue: z
        .strictObject({
            size: setting(
                byteSize.optional(),
                "Capacity of each exporter's sending queue: in memory, or with `durability.mode: disk` on the volume.",
                {
                    whenUnset:
                        "half of what the memory limiter allows, divided by the number of queues and by 7, because an item takes seven times its size in memory (17Mi); less with external destinations; with `durability.mode: disk` the data of `durability.maxOutage`",
                },
            ),
            fsync: setting(
                booleanType.default(false),
                "Flush each request to disk before it is acknowledged, with `durability.mode: disk`. Acknowledged data then survives a power failure of the node.",
                {
                    rationale:
                        "Persistent queues survive a crash of the process or the pod without it. With it, a Collector accepts at most some hundred requests a second.",
                },
            ),
            volumeSize: setting(
                byteSize.optional(),
                "Size of the volume for the persistent queues of each pod, with `durability.mode: disk`.",
                { whenUnset: "the size of the full queues plus space to compact one of them" },
            ),
            storageClass: setting(
                storageClassName.optional(),
                "StorageClass of the volume for persistent queues, with `durability.mode: disk`. Empty binds an existing volume without a class.",
                { whenUnset: "the cluster's default StorageClass" },
            ),
        })
        .prefault({}),
    debugExporter: z
        .strictObject({
            enabled: setting(booleanType.default(true), "Print received telemetry to the Collector's log."),
            verbosity: setting(
                enumType(["basic", "normal", "detailed"]).default("detailed"),
                "Verbosity of the debug exporter. `basic` prints counts only.",
            ),
        })
        .prefault({}),
    prometheusExporter: z
        .strictObject({
            enabled: setting(booleanType.optional(), "Expose received metrics on port 8889 for Prometheus to scrape.", {
                whenUnset: "the value of `prometheus.enabled`",
            }),
            metricExpiration: setting(
                duration("10s", "24h").default("5m"),
                "How long the exporter exposes a series after its last data point.",
                { rationale: "The exporter's default, and Prometheus' default lookback." },
            ),
        })
        .prefault({}),
    remoteWrite: z
        .strictObject({
            enabled: setting(
                booleanType.optional(),
                "Push metrics to Prometheus by remote write. With `durability.mode: disk` the Collector pushes metrics by OTLP instead.",
                { whenUnset: "the value of `prometheus.enabled`, with `durability.mode: memory`" },
            ),
            queueSize: setting(
                integer(1, 100_000).default(1000),
                "Maximum number of requests in the in-memory queue of the remote write exporter.",
                {
                    rationale:
                        "This exporter has no sending queue measured in bytes; a thousand small requests fit the memory limiter's limit.",
                },
            ),
        })
        .prefault({}),
});
