import { invalidCombinations } from "./combinations";
import { invalidDurability } from "./durability";
import { unknownKeys } from "./keys";
import { invalidExpose } from "./expose";
import { invalidAutoscaling } from "./autoscaling";
import { invalidClusterTelemetry } from "./cluster-telemetry";
import { noEffectSettings } from "./no-effect";
import { invalidTraceTier } from "./trace-tier";
import { invalidValues } from "./values";

/** Settings with one error. */
export interface InvalidSettings {
    /** Unique: tests/golden/messages.txt has the message under it. */
    readonly about: string;
    readonly raw: Readonly<Record<string, unknown>>;
    /** The setting that the issue is reported for. */
    readonly key: string;
}

export const invalidSettings: readonly InvalidSettings[] = [
    ...unknownKeys,
    ...invalidValues,
    ...invalidCombinations,
    ...invalidDurability,
    ...invalidExpose,
    ...invalidAutoscaling,
    ...invalidTraceTier,
    ...invalidClusterTelemetry,
    ...noEffectSettings,
];
