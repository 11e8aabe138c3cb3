import * as z from "zod";
import { duration } from "../types/quantities";
import { booleanType, positiveNumber } from "../types/values";
import { createPodsSchema } from "./pods";
import { resources, setting } from "./setting";

const signalSchema = (name: string) =>
    z
        .strictObject({
            enabled: setting(booleanType.optional(), `Run a Job that sends ${name}.`, {
                whenUnset: `true if ${name} have a destination`,
            }),
        })
        .prefault({});

/** Settings of the Jobs that send sample telemetry. */
export const telemetrygen = z.strictObject({
    enabled: setting(booleanType.default(true), "Run Jobs that send sample telemetry."),
    duration: setting(duration("1s", "1d").default("5m"), "How long each Job sends."),
    rate: setting(
        positiveNumber(10_000).default(1),
        "Spans, data points or log records that each Job sends per second.",
    ),
    traces: signalSchema("traces"),
    metrics: signalSchema("metrics"),
    logs: signalSchema("logs"),
    pods: createPodsSchema("the pods of the telemetrygen Jobs"),
    resources: resources("each telemetrygen pod", { cpu: "10m", memory: "16Mi" }, { cpu: "250m", memory: "64Mi" }),
});
