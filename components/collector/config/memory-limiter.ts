import type { ResourceSettings } from "../../../config/schema/schema";
import { collectorMemoryLimits } from "../../../config/model/memory";
import type { ProcessorTypes } from "./types/collector-config";

/** A crowd of clients fills the memory of a Collector within a second. */
const CHECK_INTERVAL = "100ms";

/** Rejects data before the container is killed for exceeding its memory limit. */
export function renderMemoryLimiter({ limits }: ResourceSettings): ProcessorTypes["memory_limiter"] {
    const { limitMiB, spikeLimitMiB } = collectorMemoryLimits(limits.memory);
    return { check_interval: CHECK_INTERVAL, limit_mib: limitMiB, spike_limit_mib: spikeLimitMiB };
}
