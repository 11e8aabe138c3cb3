import * as z from "zod";
import { duration } from "../types/quantities";
import { integer, booleanType } from "../types/values";
import { setting } from "./setting";

/** Settings of the HorizontalPodAutoscaler of the Collector. */
export const autoscaling = z
    .strictObject({
        enabled: setting(
            booleanType.default(false),
            "Scale the Collector with a HorizontalPodAutoscaler. Requires metrics-server; replaces `collector.replicas`. With `durability.mode: disk` the autoscaler adds pods and never removes them (docs/explanation/scaling-model.md).",
        ),
        minReplicas: setting(
            integer(1, 100).default(1),
            "Minimum number of Collector pods when autoscaling is enabled.",
        ),
        maxReplicas: setting(
            integer(1, 100).default(5),
            "Maximum number of Collector pods when autoscaling is enabled.",
            { rationale: "The backends run one pod each and reach their limits before five Collectors do." },
        ),
        cpuPercent: setting(
            integer(1, 100).default(60),
            "Average CPU use of the pods above which the autoscaler adds one, in percent of `collector.resources.limits.cpu` (not of the request, which is small).",
            { rationale: "The remaining CPU serves the load until the new pod is ready." },
        ),
        memoryPercent: setting(
            integer(1, 100).optional(),
            "Average memory use of the pods above which the autoscaler adds one, in percent of `collector.resources.limits.memory`. Applies to `durability.mode: memory` only, because files of persistent queues count as memory.",
            {
                rationale: "The memory limiter rejects data above a higher percentage.",
                whenUnset: "60; with `durability.mode: disk` memory is not a scaling metric",
            },
        ),
        scaleDownWindow: setting(
            duration("1s", "1h").default("10m"),
            "How long fewer pods must have been sufficient before the autoscaler removes one. It removes at most one pod a minute.",
            { rationale: "Clients reconnect when a pod is removed, so short drops in load should not scale down." },
        ),
    })
    .prefault({});
