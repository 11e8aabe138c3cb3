import type * as z from "zod";
import { isRecord } from "../types/raw";
import { stackSettings } from "./schema";
import { settingDocs } from "./setting";
import { ANY_NAME, listSettings } from "./setting-keys";

/** A setting whose value is secret. If its value is a map, every value of the map is. */
export interface SecretSetting {
    /** With {@link ANY_NAME} for a name, such as `destinations.*.secretHeaders`. */
    readonly key: string;
    readonly schema: z.ZodType;
    /** Whether its values are always secret. The URL of a webhook often is not. */
    readonly isAlwaysSecret: boolean;
}

/** All settings that have the option `secret` in the schema. */
export const SECRET_SETTINGS: readonly SecretSetting[] = listSettings(stackSettings).flatMap(([key, schema]) => {
    const secret = settingDocs.get(schema)?.secret;
    return secret === undefined ? [] : [{ key, schema, isAlwaysSecret: secret === "always" }];
});

/** Matches the end of a key of each secret setting, and all that follows. */
const SECRET_KEY_PATTERN = new RegExp(`\\.(?:${SECRET_SETTINGS.map(({ key }) => keyEnd(key)).join("|")})\\b`);

/** The part of a key after the last name that users choose, or its last part. */
function keyEnd(key: string): string {
    const end = key.includes(ANY_NAME) ? key.slice(key.lastIndexOf(ANY_NAME) + 2) : key.slice(key.lastIndexOf(".") + 1);
    return end.replaceAll(".", "\\.");
}

/**
 * Whether the value of a setting must not be shown, even if it is not encrypted. Also matches keys with a misspelt
 * beginning.
 */
export function isSecretKey(key: string): boolean {
    return SECRET_KEY_PATTERN.test(key);
}

/** The keys of the values of a secret setting, such as `destinations.vendor.secretHeaders.authorization`. */
export function listSecretKeys(settings: unknown, { key }: SecretSetting): readonly string[] {
    return collectKeys(settings, key.split("."), []);
}

function collectKeys(value: unknown, [step, ...rest]: readonly string[], path: readonly string[]): readonly string[] {
    if (step === undefined || step === ANY_NAME) {
        if (isRecord(value)) {
            return Object.entries(value).flatMap(([name, child]) => collectKeys(child, rest, [...path, name]));
        }
        return step === undefined && value !== undefined ? [path.join(".")] : [];
    }
    return isRecord(value) ? collectKeys(value[step], rest, [...path, step]) : [];
}

/** Whether text is a valid value of the secret with this key. False if the key is not that of a secret. */
export function isValidSecret(key: string, text: string): boolean {
    return SECRET_SETTINGS.some((secret) => {
        const pattern = new RegExp(`^${secret.key.replaceAll(".", "\\.").replaceAll(ANY_NAME, "[^.]+")}(?:\\.(.+))?$`);
        const found = pattern.exec(key);
        const entry = found?.[1];
        return found !== null && secret.schema.safeParse(entry === undefined ? text : { [entry]: text }).success;
    });
}
