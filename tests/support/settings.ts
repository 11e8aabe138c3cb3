import assert from "node:assert/strict";
import { type Plan, resolvePlan } from "../../config/model/plan";
import type { StackSettings } from "../../config/schema/schema";
import { validate } from "../../config/validate";

/** The settings of a stack that gives those; the test fails if they are not valid. */
export function parseSettings(raw: Readonly<Record<string, unknown>> = {}): StackSettings {
    const { settings, issues } = validate(raw);
    assert.ok(settings, JSON.stringify(issues));
    return settings;
}

/** The plan of a stack with those settings. */
export function parsePlan(raw: Readonly<Record<string, unknown>> = {}): Plan {
    return resolvePlan(parseSettings(raw));
}
