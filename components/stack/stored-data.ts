import * as pulumi from "@pulumi/pulumi";
import { type StoredData, compareStoredData, resolveStoredData } from "../../config/model/stored-data";
import type { StackSettings } from "../../config/schema/schema";
import type { MeasureClaims } from "./claim-usage";

/**
 * Stops an update that would delete stored data, before any resource is registered.
 *
 * The check needs no cluster, so `pulumi preview` runs it too. The cluster only shows how much data would be lost.
 *
 * @param before What the last update stored.
 * @throws pulumi.RunError with each loss and how to keep the data.
 */
export async function assertDataIsKept(
    settings: StackSettings,
    before: StoredData | undefined,
    measure: MeasureClaims,
): Promise<void> {
    if (before === undefined) {
        return;
    }
    const allowed = settings.allowDataLoss;
    const after = resolveStoredData(settings);
    if (compareStoredData(before, after, allowed).losses.length > 0) {
        const { losses } = compareStoredData(before, after, allowed, await measure(before.namespace));
        throw new pulumi.RunError(
            `the update of stack ${pulumi.getStack()} would lose stored data:\n${losses.map((loss) => `  ${loss}`).join("\n")}`,
        );
    }
    for (const notice of compareStoredData(before, after, allowed).notices) {
        await pulumi.log.warn(notice);
    }
    if (allowed.length > 0) {
        await pulumi.log.warn(
            `allowDataLoss: this update may delete the data of ${allowed.join(", ")}. Remove the setting after it.`,
        );
    }
}
