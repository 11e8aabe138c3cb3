import * as z from "zod";
import { cpu, byteSize } from "../types/quantities";

/** The text about a setting in docs/reference/settings.md. */
export interface SettingDoc extends SettingOptions {
    /** What the setting changes, with its unit where the value does not carry it. */
    readonly description: string;
}

interface SettingOptions {
    /** Why the default has its value, where the reason helps to choose another. */
    readonly rationale?: string;
    /** The effective value of an unset setting without a fixed default. */
    readonly whenUnset?: string;
    /**
     * Whether the value is a secret: messages never show it, and in the cluster it is in a Secret only. If it is always
     * secret, a warning says when it is not encrypted.
     */
    readonly secret?: "always" | "sometimes";
}

export const settingDocs = new Map<z.ZodType, SettingDoc>();

/** Adds the schema of a setting to the settings reference. */
export function setting<Schema extends z.ZodType>(
    schema: Schema,
    description: string,
    options: SettingOptions = {},
): Schema {
    settingDocs.set(schema, { description, ...options });
    return schema;
}

/** The schema inside `default`, `prefault` and `optional`. */
export function unwrapDefault(schema: z.ZodType): z.ZodType {
    const wrapped =
        schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
    const inner: unknown = wrapped ? schema.unwrap() : undefined;
    return inner instanceof z.ZodType ? unwrapDefault(inner) : schema;
}

interface Amounts {
    readonly cpu: string;
    readonly memory: string;
}

type AmountsSchema = z.ZodPrefault<z.ZodObject<Record<keyof Amounts, z.ZodDefault<z.ZodType<string>>>, z.core.$strict>>;
type ResourcesSchema = z.ZodPrefault<z.ZodObject<Record<"requests" | "limits", AmountsSchema>, z.core.$strict>>;

/** Requests and limits of a container. */
export function resources(
    subject: string,
    requests: Amounts,
    limits: Amounts,
    limitRationale?: string,
): ResourcesSchema {
    return z
        .strictObject({
            requests: z
                .strictObject({
                    cpu: setting(cpu.default(requests.cpu), `CPU request of ${subject}.`),
                    memory: setting(byteSize.default(requests.memory), `Memory request of ${subject}.`),
                })
                .prefault({}),
            limits: z
                .strictObject({
                    cpu: setting(cpu.default(limits.cpu), `CPU limit of ${subject}.`),
                    memory: setting(
                        byteSize.default(limits.memory),
                        `Memory limit of ${subject}.`,
                        limitRationale === undefined ? {} : { rationale: limitRationale },
                    ),
                })
                .prefault({}),
        })
        .prefault({});
}
