import type { StackSettings } from "../schema/schema";

/** Whether traces go through the trace tier. */
export function hasTraceTier({ topology }: Pick<StackSettings, "topology">): boolean {
    return topology === "two-tier";
}
