import type { StackSettings } from "../schema/schema";

/** Whether traces go through a second tier of Collectors. */
export function hasTraceTier({ layout }: Pick<StackSettings, "layout">): boolean {
    return layout === "two-tier";
}
