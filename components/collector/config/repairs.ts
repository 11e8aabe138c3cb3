import type { StatementGroup } from "./types/cluster-telemetry";

/**
 * What a store cannot take or find is repaired before the queue that merges the data of all services, because a store
 * rejects a whole request. A repaired item has an attribute with the reason. A connector counts these items by signal,
 * service and reason, and the counts are pushed to Prometheus (repair-counts.ts).
 */

/** Marks a repaired item with the reason. The store keeps it as a label, a tag or structured metadata. */
export const REPAIRED_ATTRIBUTE = "otel_stack.repaired";

/** What the stack writes into an item, so that a limit of the number of attributes must not remove it. */
const KEPT_ATTRIBUTES = [REPAIRED_ATTRIBUTE, "otel_stack.time_unix_nano", "otel_stack.start_time_unix_nano"] as const;

/** What a repair reads and changes. */
type RepairContext = "datapoint" | "log" | "resource" | "span" | "spanevent";

/** A change to what a backend cannot store or find. */
export interface Repair {
    /** Why: a value of the attribute and of the metric. */
    readonly reason: string;
    readonly condition: string;
    /** OTTL statements. They may have `where`. */
    readonly statements: readonly string[];
    /** Where the reason is written. An event has no reasons; its span has. By default, what is repaired. */
    readonly marked?: Exclude<RepairContext, "spanevent">;
}

/**
 * Renders the repairs of a context in one pass. For an item without a fault, the conditions are the only cost.
 *
 * A repair may change what its condition reads, so the result of the condition is kept.
 */
export function renderRepairs<Context extends RepairContext>(
    context: Context,
    repairs: readonly Repair[],
): StatementGroup<Context> {
    return {
        context,
        conditions: repairs.map(({ condition }) => condition),
        statements: repairs.flatMap((repair, index) => renderRepair(context, repair, index)),
    };
}

function renderRepair(context: RepairContext, repair: Repair, index: number): readonly string[] {
    const { condition, marked, reason, statements } = repair;
    const result = `${context}.cache["${index}"]`;
    const isFaulty = `${result} == true`;
    const reasons = `${marked ?? context}.attributes["${REPAIRED_ATTRIBUTE}"]`;
    return [
        `set(${result}, true) where ${condition}`,
        `set(${reasons}, Concat([${reasons}, "${reason}"], ",")) where ${isFaulty} and ${reasons} != nil`,
        `set(${reasons}, "${reason}") where ${isFaulty} and ${reasons} == nil`,
        ...statements.map((statement) => addCondition(statement, isFaulty)),
    ];
}

function addCondition(statement: string, condition: string): string {
    const [action = "", ...conditions] = statement.split(" where ");
    return `${action} where ${[condition, ...conditions.map((other) => `(${other})`)].join(" and ")}`;
}

const RESOURCE_REASONS = `resource.attributes["${REPAIRED_ATTRIBUTE}"]`;

/** An OTTL statement that removes attributes above a number, but none of these and none that the stack wrote. */
export function renderAttributeLimit(path: string, count: number, keys: readonly string[] = []): string {
    const kept = [...keys, ...KEPT_ATTRIBUTES].map((key) => `"${key}"`).join(", ");
    return `limit(${path}, ${count}, [${kept}])`;
}

/** Marks the items of a repaired resource, because a repair counts by item. */
export function addResourceRepairs<Context extends "log" | "span">(
    statements: StatementGroup<Context>,
): StatementGroup<Context> {
    return {
        ...statements,
        conditions: [...statements.conditions, `${RESOURCE_REASONS} != nil`],
        statements: [...statements.statements, inheritReasons(statements.context)],
    };
}

export const INHERIT_REPAIRS = inheritReasons("span");

function inheritReasons(context: "log" | "span"): string {
    const own = `${context}.attributes["${REPAIRED_ATTRIBUTE}"]`;
    return `set(${own}, ${RESOURCE_REASONS}) where ${RESOURCE_REASONS} != nil and ${own} == nil`;
}
