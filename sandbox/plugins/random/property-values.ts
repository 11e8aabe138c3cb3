import { specialSecretSig, specialSigKey, unknownValue } from "@pulumi/pulumi/runtime/rpc";

/** Inputs or outputs of a resource in the format of Pulumi's engine. */
export type Properties = Readonly<Record<string, unknown>>;

export const UNKNOWN = unknownValue;

export function isRecord(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is unknown during a preview, because it depends on a resource that does not exist yet. */
export function isUnknown(value: unknown): boolean {
    return value === UNKNOWN;
}

export function isSecret(value: unknown): value is Properties {
    return isRecord(value) && value[specialSigKey] === specialSecretSig;
}

/** Marks a value as secret, so that the engine encrypts it in the state. */
export function markSecret(value: unknown): Properties {
    return { [specialSigKey]: specialSecretSig, value };
}

/** Returns the value with every secret in plain text. */
export function unwrapSecrets(value: unknown): unknown {
    if (isSecret(value)) {
        return unwrapSecrets(value.value);
    }
    if (Array.isArray(value)) {
        return value.map(unwrapSecrets);
    }
    return isRecord(value)
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrapSecrets(item)]))
        : value;
}

export function containsUnknown(value: unknown): boolean {
    const children: readonly unknown[] = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
    return isUnknown(value) || children.some(containsUnknown);
}
