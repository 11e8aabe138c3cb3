import * as z from "zod";
import { duration, booleanType, positiveNumber } from "../types/values";
import { resources, setting } from "./setting";

const signalSchema = (name: string) =>
    z
        .strictObject({
            enabled: setting(
                booleanType.optional(),
                `Whether a Job sends ${name}.`,
                "Every signal is seen from the start.",
                `on while ${name} have a destination`,
            ),
        })
        .prefault({});

/** Jobs that send sample telemetry. */
export const telemetrygen = z.strictObject({
    enabled: setting(
        booleanType.default(true),
        "Whether Jobs send sample telemetry.",
        "The stack shows something at once.",
    ),
    duration: setting(duration("1s", "1d").default("5m"), "How long each Job sends.", "Time to look around."),
    rate: setting(
        positiveNumber(10_000).default(1),
        "Spans, points or records that each Job sends a second.",
        "One can follow it.",
    ),
    traces: signalSchema("traces"),
    metrics: signalSchema("metrics"),
    logs: signalSchema("logs"),
    resources: resources(
        "each telemetrygen pod",
        { cpu: "10m", memory: "16Mi" },
        { cpu: "250m", memory: "64Mi" },
        "It holds one batch at a time.",
    ),
});
