import type { ResourceSettings } from "../../../config/schema/schema";
import { collectorMemoryLimits } from "../../../config/model/memory";
import type { ProcessorTypes } from "./types/collector-config";

/** Refuses data before the container is killed for want of memory. */
export function renderMemoryLimiter({ limits }: ResourceSettings): ProcessorTypes["memory_limiter"] {
    const { limitMiB, spikeLimitMiB } = collectorMemoryLimits(limits.memory);
    return { check_interval: "1s", limit_mib: limitMiB, spike_limit_mib: spikeLimitMiB };
}
