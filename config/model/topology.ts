import type { StackSettings } from "../schema/schema";

/** Whether traces go through a second tier of Collectors. */
export function hasTraceTier({ topology }: Pick<StackSettings, "topology">): boolean {
    return topology === "two-tier";
}
