import { destinationsOf } from "../../config/destinations";
import { queuesOf } from "../../config/durability";
import { makesSpanMetrics, pushRouteOf } from "../../config/routes";
import type { StackSettings } from "../../config/schema";
import { secondTier, secondTierRoutes } from "../../config/tiers";
import { sealed } from "./further";
import type { TraceTierArgs } from "./trace-tier";

/** What is done with whole traces, and so by the Collectors that see them: of the second tier, where there is one. */
export function ofWholeTraces(settings: StackSettings): Pick<TraceTierArgs, "spanMetrics" | "tailSampling"> {
    return {
        ...(settings.tailSampling.enabled ? { tailSampling: settings.tailSampling } : {}),
        ...(makesSpanMetrics(settings) ? { spanMetrics: settings.spanMetrics } : {}),
    };
}

/** What the settings say of the second tier. */
export function secondTierArgs(
    settings: StackSettings,
): Omit<TraceTierArgs, "backends" | "image" | "namespace" | "rolloutTimeout"> {
    const view = secondTier(settings);
    return {
        ...view.collector,
        ...ofWholeTraces(settings),
        routes: secondTierRoutes(settings),
        pushRoute: pushRouteOf(settings),
        queues: queuesOf(view),
        destinations: sealed(destinationsOf(view)),
    };
}
