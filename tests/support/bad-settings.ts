import { badCombinations } from "./bad-combinations";
import { badDurability } from "./bad-durability";
import { badKeys } from "./bad-keys";
import { badPublish } from "./bad-publish";
import { badScaling } from "./bad-scaling";
import { badClusterSettings } from "./bad-settings-cluster";
import { badTiers } from "./bad-tiers";
import { badValues } from "./bad-values";

/** Settings with one thing wrong, and all that is said about it. */
export interface BadSettings {
    readonly about: string;
    readonly raw: Readonly<Record<string, unknown>>;
    readonly problem: string;
}

export const badSettings: readonly BadSettings[] = [
    ...badKeys,
    ...badValues,
    ...badCombinations,
    ...badDurability,
    ...badPublish,
    ...badScaling,
    ...badTiers,
    ...badClusterSettings,
];
