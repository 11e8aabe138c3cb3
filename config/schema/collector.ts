import * as z from "zod";
import { integer, dnsSubdomain, duration, booleanType, enumOf, byteSize } from "../types/values";
import { autoscaling } from "./autoscaling";
import { resources, setting } from "./setting";

/** The Collector that takes all telemetry. */
export const collector = z.strictObject({
    replicas: setting(integer(1, 10).default(1), "Number of Collector pods.", "One shows every span in one log."),
    autoscaling,
    resources: resources(
        "each Collector pod",
        { cpu: "50m", memory: "96Mi" },
        { cpu: "1", memory: "256Mi" },
        "53 to 94 MB measured under load; the memory limiter and GOMEMLIMIT follow from the memory limit.",
    ),
    receiver: z
        .strictObject({
            maxRequestSize: setting(
                byteSize.default("4Mi"),
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
            flushTimeout: setting(
                duration("10ms", "5m").default("1s"),
                "How long the exporter's queue gathers a batch before it sends what it has.",
                "A learner sees a trace at once, and a busy stack still sends full batches.",
            ),
            minSize: setting(
                byteSize.default("512Ki"),
                "Size at which a batch is sent without waiting for the time-out.",
                "Large enough for the backends, small beside their limit.",
            ),
            maxSize: setting(
                byteSize.default("2Mi"),
                "Size above which a batch is split.",
                "Half of the 4 MiB above which a receiver refuses a batch for good.",
            ),
        })
        .prefault({}),
    queue: z
        .strictObject({
            size: setting(
                byteSize.optional(),
                "How much each exporter's sending queue holds while its backend cannot be reached: in memory, or with durability.mode disk on the volume.",
                "Minutes of a playground's spans in memory; on disk, what comes in during `durability.maxOutage`.",
                "a sixth of what the memory limiter allows (32Mi), less with external destinations; with durability.mode disk what durability.maxOutage takes",
            ),
            fsync: setting(
                booleanType.default(false),
                "Whether each request waits for the disk before it is acknowledged, with durability.mode disk, so that what was accepted outlives a power cut of the node too.",
                "Without it a queue outlives every end of its process and pod; with it, some hundred requests a second are the most.",
            ),
            volumeSize: setting(
                byteSize.optional(),
                "Size of the volume that the queues of each pod stand on, with durability.mode disk.",
                "The files of full queues, and room to compact one of them.",
                "what the queues take",
            ),
            storageClass: setting(
                dnsSubdomain.optional(),
                "The StorageClass that the volume is claimed of, with durability.mode disk.",
                "Each cluster has its own.",
                "the cluster's default",
            ),
        })
        .prefault({}),
    debugExporter: z
        .strictObject({
            enabled: setting(
                booleanType.default(true),
                "Whether the Collector prints what it receives to its log.",
                "The playground's first lesson is to see the data.",
            ),
            verbosity: setting(
                enumOf(["basic", "normal", "detailed"]).default("detailed"),
                "How much of each item is printed.",
                "basic prints counts only.",
            ),
        })
        .prefault({}),
    prometheusExporter: z
        .strictObject({
            enabled: setting(
                booleanType.optional(),
                "Whether the Collector offers its metrics on port 8889 for scraping.",
                "One of the two routes that the exercises compare.",
                "on while Prometheus is",
            ),
            metricExpiration: setting(
                duration("10s", "24h").default("5m"),
                "How long a series is offered after its last point.",
                "The Collector's default, and how far back Prometheus looks for a point.",
            ),
        })
        .prefault({}),
    remoteWrite: z
        .strictObject({
            enabled: setting(
                booleanType.optional(),
                "Whether the Collector pushes metrics to Prometheus by remote write. With durability.mode disk it pushes by OTLP instead.",
                "The other of the two routes.",
                "on while Prometheus is, with durability.mode memory",
            ),
            queueSize: setting(
                integer(1, 100_000).default(1000),
                "Requests that wait in memory while Prometheus cannot be reached.",
                "This exporter has no sending queue that counts bytes; a thousand small requests fit the memory limiter.",
            ),
        })
        .prefault({}),
});
