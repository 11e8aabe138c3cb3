import * as z from "zod";
import { integer, duration, booleanType } from "../types/values";
import { setting } from "./setting";

/** The settings by which the number of Collector pods follows the load. */
export const autoscaling = z
    .strictObject({
        enabled: setting(
            booleanType.default(false),
            "Whether the cluster adds and removes Collector pods by their load, with a HorizontalPodAutoscaler. It needs metrics-server, and takes the place of collector.replicas. With durability.mode disk pods are added and never removed (docs/explanation/scaling-model.md).",
            "One pod takes what a small team sends, and can make metrics from spans.",
        ),
        minReplicas: setting(
            integer(1, 100).default(1),
            "Collector pods at least, with autoscaling.",
            "One is enough while nobody sends.",
        ),
        maxReplicas: setting(
            integer(1, 100).default(5),
            "Collector pods at most, with autoscaling.",
            "Backends of one pod each are full before.",
        ),
        cpuPercent: setting(
            integer(1, 100).default(60),
            "CPU, in percent of collector.resources.limits.cpu and on average of the pods, above which one more is added. Of the limit and not of the request, as requests are small here and limits are what slows a pod down.",
            "What is left serves until another pod is ready.",
        ),
        memoryPercent: setting(
            integer(1, 100).optional(),
            "Memory, in percent of collector.resources.limits.memory and on average of the pods, above which one more is added. For durability.mode memory alone: with disk the files of the queues count as memory.",
            "Below that at which the memory limiter refuses data.",
            "60; with durability.mode disk memory is not looked at",
        ),
        scaleDownWindow: setting(
            duration("1s", "1h").default("10m"),
            "How long fewer pods must have been enough before one is removed; then one a minute.",
            "A pod that is removed has clients connect anew, so that a short lull is no reason to.",
        ),
    })
    .prefault({});
