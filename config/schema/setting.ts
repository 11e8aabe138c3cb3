import * as z from "zod";
import { cpu, byteSize } from "../types/values";

/** What the reference in docs/reference/settings.md says about a setting. */
export interface SettingDoc {
    /** What the setting changes, with its unit where the value does not carry it. */
    readonly description: string;
    /** Why the default is what it is. */
    readonly rationale: string;
    /** What happens when the setting is left out, for one without a fixed default. */
    readonly whenUnset?: string;
}

export const settingDocs = new Map<z.ZodType, SettingDoc>();

/** A setting of the reference: every one says what it means and why its default is what it is. */
export function setting<Schema extends z.ZodType>(
    schema: Schema,
    description: string,
    rationale: string,
    whenUnset?: string,
): Schema {
    settingDocs.set(schema, { description, rationale, ...(whenUnset === undefined ? {} : { whenUnset }) });
    return schema;
}

interface Amounts {
    readonly cpu: string;
    readonly memory: string;
}

type AmountsSchema = z.ZodPrefault<z.ZodObject<Record<keyof Amounts, z.ZodDefault<z.ZodType<string>>>, z.core.$strict>>;
type ResourcesSchema = z.ZodPrefault<z.ZodObject<Record<"requests" | "limits", AmountsSchema>, z.core.$strict>>;

const CPU_REQUEST_RATIONALE = "Little is used while nobody sends; the whole stack must fit a small node.";
const CPU_LIMIT_RATIONALE = "Room to start quickly, without taking a node for itself.";

/** Requests and limits of a container. */
export function resources(
    subject: string,
    requests: Amounts,
    limits: Amounts,
    memoryRationale: string,
): ResourcesSchema {
    return z
        .strictObject({
            requests: z
                .strictObject({
                    cpu: setting(cpu.default(requests.cpu), `CPU that ${subject} is promised.`, CPU_REQUEST_RATIONALE),
                    memory: setting(
                        byteSize.default(requests.memory),
                        `Memory that ${subject} is promised.`,
                        memoryRationale,
                    ),
                })
                .prefault({}),
            limits: z
                .strictObject({
                    cpu: setting(
                        cpu.default(limits.cpu),
                        `CPU above which ${subject} is slowed down.`,
                        CPU_LIMIT_RATIONALE,
                    ),
                    memory: setting(
                        byteSize.default(limits.memory),
                        `Memory above which ${subject} is killed.`,
                        memoryRationale,
                    ),
                })
                .prefault({}),
        })
        .prefault({});
}
