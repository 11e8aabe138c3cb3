import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { loadSettings } from "../../config/load";
import { startMocks } from "../../tools/render/program";

/** The error about invalid settings, which Pulumi prints. */
export async function getLoadError(
    settings: Readonly<Record<string, unknown>>,
    secretKeys: readonly string[] = [],
): Promise<string> {
    await startMocks(settings, secretKeys);
    try {
        loadSettings();
    } catch (error) {
        assert.ok(pulumi.RunError.isInstance(error), "Pulumi prints a RunError without a stack trace");
        return error.message;
    }
    throw new Error("the settings were accepted");
}
