import * as z from "zod";
import { duration } from "../types/quantities";
import { booleanType, numberBetween } from "../types/values";
import { createPodsSchema } from "./pods";
import { resources, setting } from "./setting";

/** Settings of the shop, the instrumented sample application in shop/. */
export const shop = z.strictObject({
    enabled: setting(
        booleanType.default(false),
        "Deploy the shop: two services and a load generator that send traces, metrics and logs (docs/how-to/run-the-shop.md). Requires `images.shop`.",
        { rationale: "There is no public image; you build it." },
    ),
    errorRate: setting(numberBetween(0, 1).default(0.05), "Ratio of payments that fail."),
    slowRate: setting(numberBetween(0, 1).default(0.1), "Ratio of payments that are slow.", {
        rationale: "Visible in the 95th percentile.",
    }),
    slowDelay: setting(duration("1ms", "30s").default("1s"), "Additional duration of a slow payment.", {
        rationale: "About a hundred times the usual duration.",
    }),
    requestsPerSecond: setting(
        numberBetween(0.01, 100).default(2),
        "Requests per second of the load generator. Every second request is an order.",
    ),
    pods: createPodsSchema("the pods of the shop"),
    resources: resources("each shop pod", { cpu: "10m", memory: "64Mi" }, { cpu: "1", memory: "192Mi" }),
});
