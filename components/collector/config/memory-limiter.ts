import type { ResourceSettings } from "../../../config/schema/schema";
import { azureMemoryLimits, collectorMemoryLimits } from "../../../config/model/memory";
import type { ProcessorId, ProcessorTypes } from "./types/collector-config";

/** Runs after the asynchronous batch processor, where clients get no error. */
export const AZURE_MEMORY_LIMITER = "memory_limiter/azure-monitor" as const satisfies ProcessorId;

/** A crowd of clients fills the memory of a Collector within a second. */
const CHECK_INTERVAL = "100ms";

/** Rejects data before the container is killed for exceeding its memory limit. */
export function renderMemoryLimiter({ limits }: ResourceSettings): ProcessorTypes["memory_limiter"] {
    const { limitMiB, spikeLimitMiB } = collectorMemoryLimits(limits.memory);
    return { check_interval: CHECK_INTERVAL, limit_mib: limitMiB, spike_limit_mib: spikeLimitMiB };
}

export function renderAzureMemoryLimiter({ limits }: ResourceSettings): ProcessorTypes["memory_limiter"] {
    const { limitMiB, spikeLimitMiB } = azureMemoryLimits(limits.memory);
    return {
        check_interval: "1s",
        limit_mib: limitMiB,
        spike_limit_mib: spikeLimitMiB,
        min_gc_interval_when_soft_limited: "1s",
    };
}
