import type { StackSettings } from "../schema/schema";
import { parseBytes } from "../types/units";

/** What one setting demands of another. zod checks each value by itself and stops at the first that fails. */
export interface Rule {
    /** The setting that a problem is reported for. Which others the rule reads is recorded when it runs. */
    readonly key: string;
    /** What is expected instead, or undefined if all is well. */
    readonly check: (settings: StackSettings, given: IsSet) => string | readonly LocatedIssue[] | undefined;
}

/** A problem of one of many entries that have the same settings each. */
export interface LocatedIssue {
    /** The setting of that entry, in place of the rule's key. */
    readonly key: string;
    readonly message: string;
}

/** Whether the stack file itself names that key: a default is never the person's mistake. */
export type IsSet = (key: string) => boolean;

/** Namespaces that a cluster comes with: made ours, destroy would delete them. */
export const SYSTEM_NAMESPACES: readonly string[] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** Of settings that must differ, with their values: what is expected instead, if two are the same. */
export function describeDuplicate(
    subject: string,
    values: Iterable<readonly [string, string | number]>,
): string | undefined {
    const used = new Map<string | number, string>();
    for (const [name, value] of values) {
        const other = used.get(value);
        if (other !== undefined) {
            return `expected a ${subject} of its own for each, ${other} and ${name} are both ${value}`;
        }
        used.set(value, name);
    }
    return undefined;
}

/** A size that has a lower bound, where it is set at all. */
export function minimumSize(key: string, pick: (settings: StackSettings) => string | undefined, minimum: string): Rule {
    return {
        key,
        check: (settings) => {
            const size = pick(settings);
            return size !== undefined && parseBytes(size) < parseBytes(minimum)
                ? `expected at least ${minimum}`
                : undefined;
        },
    };
}
