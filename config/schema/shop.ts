import * as z from "zod";
import { duration, booleanType, numberBetween } from "../types/values";
import { resources, setting } from "./setting";

/** The settings of the shop, the instrumented application in shop/. */
export const shop = z.strictObject({
    enabled: setting(
        booleanType.default(false),
        "Whether the shop is deployed: two services and a load generator that send traces, metrics and logs (docs/how-to/run-the-shop.md). It needs images.shop.",
        "Its image is nowhere to be had until somebody has built it.",
    ),
    errorRate: setting(
        numberBetween(0, 1).default(0.05),
        "Part of the payments that fails.",
        "Rare enough to be looked for, often enough to be found.",
    ),
    slowRate: setting(
        numberBetween(0, 1).default(0.1),
        "Part of the payments that is slow.",
        "Shows in the 95th percentile.",
    ),
    slowDelay: setting(
        duration("1ms", "30s").default("1s"),
        "How much longer a slow payment takes.",
        "A hundred times the usual.",
    ),
    requestsPerSecond: setting(
        numberBetween(0.01, 100).default(2),
        "Requests that the load generator sends a second; every other one is an order.",
        "One can follow it, and a rate over a minute has something to count.",
    ),
    resources: resources(
        "each pod of the shop",
        { cpu: "10m", memory: "64Mi" },
        { cpu: "1", memory: "192Mi" },
        "Node.js with the SDK of OpenTelemetry.",
    ),
});
