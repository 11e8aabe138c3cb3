import type { ResourceSettings } from "../../config/schema";
import { memoryPlan } from "../../config/sizing";
import type { ProcessorTypes } from "./types";

/** Refuses data before the container is killed for want of memory. */
export function memoryLimiter({ limits }: ResourceSettings): ProcessorTypes["memory_limiter"] {
    const { limitMiB, spikeLimitMiB } = memoryPlan(limits.memory);
    return { check_interval: "1s", limit_mib: limitMiB, spike_limit_mib: spikeLimitMiB };
}
