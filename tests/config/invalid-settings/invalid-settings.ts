import { invalidAlertmanager } from "./alertmanager";
import { invalidCombinations } from "./combinations";
import { invalidDurability } from "./durability";
import { invalidImages } from "./images";
import { invalidPods } from "./pods";
import { unknownKeys } from "./keys";
import { invalidExpose } from "./expose";
import { invalidAutoscaling } from "./autoscaling";
import { invalidClusterTelemetry } from "./cluster-telemetry";
import { noEffectSettings } from "./no-effect";
import { invalidTraceTier } from "./trace-tier";
import type { InvalidSettings } from "./types";
import { invalidValues } from "./values";

export const invalidSettings: readonly InvalidSettings[] = [
    ...unknownKeys,
    ...invalidValues,
    ...invalidCombinations,
    ...invalidDurability,
    ...invalidExpose,
    ...invalidAutoscaling,
    ...invalidTraceTier,
    ...invalidClusterTelemetry,
    ...invalidAlertmanager,
    ...invalidImages,
    ...invalidPods,
    ...noEffectSettings,
];
