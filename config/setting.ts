import * as z from "zod";
import { cpu, size } from "./kinds";

/** What the reference in docs/settings.md says about a setting. */
export interface SettingDoc {
    /** What the setting changes, with its unit where the value does not carry it. */
    readonly meaning: string;
    /** Why the default is what it is. */
    readonly why: string;
    /** What happens when the setting is left out, for one without a fixed default. */
    readonly otherwise?: string;
}

export const settingDocs = new Map<z.ZodType, SettingDoc>();

/** A setting of the reference: every one says what it means and why its default is what it is. */
export function setting<Schema extends z.ZodType>(
    schema: Schema,
    meaning: string,
    why: string,
    otherwise?: string,
): Schema {
    settingDocs.set(schema, { meaning, why, ...(otherwise === undefined ? {} : { otherwise }) });
    return schema;
}

interface Amounts {
    readonly cpu: string;
    readonly memory: string;
}

type AmountsSchema = z.ZodPrefault<z.ZodObject<Record<keyof Amounts, z.ZodDefault<z.ZodType<string>>>, z.core.$strict>>;
type ResourcesSchema = z.ZodPrefault<z.ZodObject<Record<"requests" | "limits", AmountsSchema>, z.core.$strict>>;

const CPU_REQUEST = "Little is used while nobody sends; the whole stack must fit a small node.";
const CPU_LIMIT = "Room to start quickly, without taking a node for itself.";

/** Requests and limits of a container. */
export function resources(of: string, requests: Amounts, limits: Amounts, memoryWhy: string): ResourcesSchema {
    return z
        .strictObject({
            requests: z
                .strictObject({
                    cpu: setting(cpu.default(requests.cpu), `CPU that ${of} is promised.`, CPU_REQUEST),
                    memory: setting(size.default(requests.memory), `Memory that ${of} is promised.`, memoryWhy),
                })
                .prefault({}),
            limits: z
                .strictObject({
                    cpu: setting(cpu.default(limits.cpu), `CPU above which ${of} is slowed down.`, CPU_LIMIT),
                    memory: setting(size.default(limits.memory), `Memory above which ${of} is killed.`, memoryWhy),
                })
                .prefault({}),
        })
        .prefault({});
}
