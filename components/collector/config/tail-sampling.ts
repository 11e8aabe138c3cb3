import type { TailSamplingSettings } from "../../../config/schema/schema";
import { parseSeconds, roundFloatNoise } from "../../../config/types/units";
import { VERIFY_SERVICE } from "../../../config/types/signal";
import { goDuration } from "../../telemetry/go-duration";
import type { ProcessorId } from "./types/collector-config";
import type { TailSampling } from "./types/processors";

export const TAIL_SAMPLING = "tail_sampling" as const satisfies ProcessorId;

/** Late spans still find the decision of their trace for ten times as many traces as are held in memory. */
const DECISION_CACHE_FACTOR = 10;

export function renderTailSampling({
    maxTraces,
    samplingRatio,
    latencyThreshold,
    decisionWait,
}: TailSamplingSettings): TailSampling {
    return {
        decision_wait: goDuration(decisionWait),
        num_traces: maxTraces,
        decision_cache: {
            sampled_cache_size: DECISION_CACHE_FACTOR * maxTraces,
            non_sampled_cache_size: DECISION_CACHE_FACTOR * maxTraces,
        },
        // A trace is kept if any policy matches.
        policies: [
            { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
            {
                name: "slow",
                type: "latency",
                latency: { threshold_ms: roundFloatNoise(parseSeconds(latencyThreshold) * 1000) },
            },
            {
                name: "verify",
                type: "string_attribute",
                string_attribute: { key: "service.name", values: [VERIFY_SERVICE] },
            },
            {
                name: "share",
                type: "probabilistic",
                probabilistic: { sampling_percentage: roundFloatNoise(samplingRatio * 100) },
            },
        ],
    };
}
