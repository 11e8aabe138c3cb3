import type { RedactionSettings, TailSamplingSettings } from "../../config/schema";
import { secondsOf, withoutNoise } from "../../config/units";
import { VERIFY_SERVICE } from "../../config/signals";
import { goDuration } from "../shared/duration";
import { asLiteral } from "./literal";
import type { ProcessorId } from "./types";
import type { Redaction, TailSampling } from "./types-processing";

export const TAIL_SAMPLING = "tail_sampling" as const satisfies ProcessorId;
export const REDACTION = "redaction" as const satisfies ProcessorId;

/** A span that comes after its trace was decided finds the decision for ten times as many traces as are held. */
const REMEMBERED = 10;

export function tailSampling({ maxTraces, share, slowerThan, wait }: TailSamplingSettings): TailSampling {
    return {
        decision_wait: goDuration(wait),
        num_traces: maxTraces,
        decision_cache: {
            sampled_cache_size: REMEMBERED * maxTraces,
            non_sampled_cache_size: REMEMBERED * maxTraces,
        },
        // A trace is kept if any of them says so.
        policies: [
            { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
            { name: "slow", type: "latency", latency: { threshold_ms: withoutNoise(secondsOf(slowerThan) * 1000) } },
            {
                name: "verify",
                type: "string_attribute",
                string_attribute: { key: "service.name", values: [VERIFY_SERVICE] },
            },
            {
                name: "share",
                type: "probabilistic",
                probabilistic: { sampling_percentage: withoutNoise(share * 100) },
            },
        ],
    };
}

export function redaction({ keys, values }: RedactionSettings): Redaction {
    return {
        allow_all_keys: true,
        blocked_key_patterns: keys.map(asLiteral),
        blocked_values: values.map(asLiteral),
        // A number is as telling as its text.
        redact_all_types: true,
        // Otherwise each span says how much of it was masked.
        summary: "silent",
    };
}
