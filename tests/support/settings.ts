import assert from "node:assert/strict";
import type { StackSettings } from "../../config/schema";
import { validate } from "../../config/validate";

/** The settings of a stack that gives those; the test fails if they are not valid. */
export function settingsFrom(raw: Readonly<Record<string, unknown>> = {}): StackSettings {
    const { settings, problems } = validate(raw);
    assert.ok(settings, JSON.stringify(problems));
    return settings;
}
