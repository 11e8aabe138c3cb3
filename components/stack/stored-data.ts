import * as pulumi from "@pulumi/pulumi";
import { type StoredData, compareStoredData, resolveStoredData } from "../../config/model/stored-data";
import type { StackSettings, StackSettingsInput } from "../../config/schema/schema";
import { isValid, validate } from "../../config/validate";
import { STORED_DATA_OUTPUT, readStoredData } from "./state";

/**
 * Stops an update that would delete stored data, before any resource is registered.
 *
 * The last update wrote an output with the stored data, which Pulumi reads from its state. The check needs no cluster,
 * so `pulumi preview` runs it too. It ignores invalid settings, which OtelStack rejects.
 *
 * @param output Name of the program's output with the `storedData` of this OtelStack. A program with two of them needs
 * two outputs.
 * @throws pulumi.RunError with each loss and how to keep the data.
 */
export async function assertNoDataLoss(args: StackSettingsInput, output = STORED_DATA_OUTPUT): Promise<void> {
    const settings = isValid(args) ? args : validate({ ...args }).settings;
    if (settings !== undefined) {
        await assertDataIsKept(settings, await readStoredData(output));
    }
}

/**
 * The same for settings that are valid.
 *
 * @param before What the last update stored, as {@link readStoredData} returns it.
 */
export async function assertDataIsKept(settings: StackSettings, before: StoredData | undefined): Promise<void> {
    if (before === undefined) {
        return;
    }
    const allowed = settings.allowDataLoss;
    const { losses, notices } = compareStoredData(before, resolveStoredData(settings), allowed);
    if (losses.length > 0) {
        throw new pulumi.RunError(
            `the update of stack ${pulumi.getStack()} would lose stored data:\n${losses.map((loss) => `  ${loss}`).join("\n")}`,
        );
    }
    for (const notice of notices) {
        await pulumi.log.warn(notice);
    }
    if (allowed.length > 0) {
        await pulumi.log.warn(
            `allowDataLoss: this update may delete the data of ${allowed.join(", ")}. Remove the setting after it.`,
        );
    }
}
