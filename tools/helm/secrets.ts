import { secretKeys } from "../render/manifests";
import { isRecord, type Manifest } from "../render/program";

/** A Secret that objects of the stack refer to. */
export interface UsedSecret {
    readonly name: string;
    /** Key of the name in the chart values. It is the same for every version of a generated Secret. */
    readonly valueKey: string;
    /** Keys that the objects read. Empty when the references name no keys. */
    readonly keys: readonly string[];
    /** Whether a pod refers to the Secret. False when only an Ingress or a Gateway refers to it. */
    readonly byPods: boolean;
}

/** Kinds whose controllers read the `CERTIFICATE_KEYS` of a Secret. */
const EXPOSING_KINDS = ["Ingress", "Gateway"];
const CERTIFICATE_KEYS = ["tls.crt", "tls.key"];

/** Returns the new name of a Secret, given its name and the keys that the reference reads. */
type Rename = (name: string, keys: readonly string[]) => string;

/** Returns a copy of the object with renamed Secret references. */
export function renameSecrets(value: unknown, rename: Rename): unknown {
    if (Array.isArray(value)) {
        return value.map((child) => renameSecrets(child, rename));
    }
    if (!isRecord(value)) {
        return value;
    }
    return Object.fromEntries(
        Object.entries(value).map(([key, child]) => [key, renameField(value, key, child, rename)]),
    );
}

/** Renames the Secret in a field when the field is one of the Secret references of Kubernetes. */
function renameField(parent: Readonly<Record<string, unknown>>, key: string, child: unknown, rename: Rename): unknown {
    // A volume, and `tls` of an Ingress.
    if (key === "secretName" && typeof child === "string") {
        return rename(child, itemKeys(parent.items));
    }
    // `env`, `envFrom`, and a source of a projected volume.
    if (
        (key === "secretKeyRef" || key === "secretRef" || key === "secret") &&
        isRecord(child) &&
        typeof child.name === "string"
    ) {
        const keys = typeof child.key === "string" ? [child.key] : itemKeys(child.items);
        return { ...child, name: rename(child.name, keys) };
    }
    // `tls` of a Gateway.
    if (key === "certificateRefs" && Array.isArray(child)) {
        return child.map((reference: unknown) =>
            isRecord(reference) && typeof reference.name === "string"
                ? { ...reference, name: rename(reference.name, []) }
                : reference,
        );
    }
    return renameSecrets(child, rename);
}

function itemKeys(items: unknown): string[] {
    return (Array.isArray(items) ? (items as unknown[]) : []).flatMap((item) =>
        isRecord(item) && typeof item.key === "string" ? [item.key] : [],
    );
}

function findUses(manifest: Manifest): Pick<UsedSecret, "name" | "keys" | "byPods">[] {
    const byPods = !EXPOSING_KINDS.includes(manifest.kind);
    const uses: ReturnType<typeof findUses> = [];
    renameSecrets(manifest, (name, keys) => {
        uses.push({ name, keys: byPods ? keys : CERTIFICATE_KEYS, byPods });
        return name;
    });
    return uses;
}

/** Returns all Secrets that the objects refer to, sorted by name. */
export function findUsedSecrets(manifests: readonly Manifest[]): UsedSecret[] {
    const uses = manifests.flatMap(findUses);
    const used = [...new Set(uses.map(({ name }) => name))].map((name): UsedSecret => {
        const ownUses = uses.filter((use) => use.name === name);
        const manifest = manifests.find(({ kind, metadata }) => kind === "Secret" && metadata.name === name);
        // A Secret that Pulumi generates also has all keys of its manifest.
        const keys = [...ownUses.flatMap((use) => use.keys), ...(manifest === undefined ? [] : secretKeys(manifest))];
        return {
            name,
            valueKey: resolveValueKey(name, manifest !== undefined),
            keys: [...new Set(keys)].sort(),
            byPods: ownUses.some(({ byPods }) => byPods),
        };
    });
    return assertDistinct(used.sort((a, b) => (a.name < b.name ? -1 : 1)));
}

/**
 * Converts a Secret name to a key of the chart values: `otel-collector-tokens-1-2` to `otelCollectorTokens`.
 *
 * @param isGenerated Whether Pulumi generates the Secret. The numbers at the end of its name are then versions, and are
 * removed. They are kept in names that the user chose.
 */
function resolveValueKey(name: string, isGenerated: boolean): string {
    const stem = isGenerated ? name.replace(/(?:-\d+)+$/, "") : name;
    const value = stem.replace(/[-.]+(.)/g, (_, next: string) => next.toUpperCase());
    // A template cannot refer to a key that starts with a digit.
    return /^\d/.test(value) ? `secret${value}` : value;
}

/**
 * Returns the Secrets when their value keys are distinct.
 *
 * @throws when two Secrets have the same key, because a pod would read the wrong Secret.
 */
function assertDistinct(secrets: readonly UsedSecret[]): UsedSecret[] {
    return secrets.map((secret, index) => {
        const other = secrets.slice(0, index).find(({ valueKey: value }) => value === secret.valueKey);
        if (other !== undefined) {
            throw new Error(
                `Secrets ${other.name} and ${secret.name} both map to the chart value secrets.${secret.valueKey}: rename one of them`,
            );
        }
        return secret;
    });
}
