import type { ResourceSettings } from "../../../config/schema/schema";
import { collectorMemoryLimits } from "../../../config/model/memory";
import type { ProcessorTypes } from "./types/collector-config";

/** Rejects data before the container is killed for exceeding its memory limit. */
export function renderMemoryLimiter({ limits }: ResourceSettings): ProcessorTypes["memory_limiter"] {
    const { limitMiB, spikeLimitMiB } = collectorMemoryLimits(limits.memory);
    return { check_interval: "1s", limit_mib: limitMiB, spike_limit_mib: spikeLimitMiB };
}
