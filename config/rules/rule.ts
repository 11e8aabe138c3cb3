import type { StackSettings } from "../schema/schema";
import { parseBytes } from "../types/units";

/** A constraint between settings. The schema checks each value on its own. */
export interface Rule {
    /** The setting that the issue is reported for. Which settings the rule reads is recorded when it runs. */
    readonly key: string;
    /** A message whose subject is the key, such as "must be at least 4Mi", or undefined if the settings are valid. */
    readonly check: (settings: StackSettings, isSet: IsSet) => string | readonly LocatedIssue[] | undefined;
}

/** An issue of one entry of a map. */
export interface LocatedIssue {
    /** The setting of that entry, instead of the rule's key. */
    readonly key: string;
    readonly message: string;
}

/** Whether the stack file contains the key. */
type IsSet = (key: string) => boolean;

/**
 * The name of an entry of a map, such as a destination. It becomes part of the name of a Secret, a volume and an
 * environment variable.
 */
export const NAME_PATTERN = /^(?!.{31})[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Namespaces of every cluster, which the stack must not create, because destroy would delete them. */
export const SYSTEM_NAMESPACES: readonly string[] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** A message if two of these settings have the same value. */
export function describeDuplicate(
    subject: string,
    values: Iterable<readonly [string, string | number]>,
): string | undefined {
    const used = new Map<string | number, string>();
    for (const [name, value] of values) {
        const other = used.get(value);
        if (other !== undefined) {
            return `must not use a ${subject} twice; ${other} and ${name} are both ${value}`;
        }
        used.set(value, name);
    }
    return undefined;
}

/** A rule for a size with a minimum. */
export function minimumSize(key: string, pick: (settings: StackSettings) => string | undefined, minimum: string): Rule {
    return {
        key,
        check: (settings) => {
            const size = pick(settings);
            return size !== undefined && parseBytes(size) < parseBytes(minimum)
                ? `must be at least ${minimum}`
                : undefined;
        },
    };
}
