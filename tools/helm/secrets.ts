import { secretKeys } from "../render/manifests";
import { isRecord, type Manifest } from "../render/program";

/** A Secret that objects refer to, whoever makes it. */
export interface UsedSecret {
    readonly name: string;
    /** What its name is called among the chart's values: the same for every generation. */
    readonly valueKey: string;
    /** What is read of it; nothing where that is not said. */
    readonly keys: readonly string[];
    /** Whether pods wait for it: for one of an Ingress or a Gateway alone nobody does. */
    readonly byPods: boolean;
}

/** Kinds of objects whose controllers read a Secret with a certificate, of which they take those keys. */
const EXPOSING_KINDS = ["Ingress", "Gateway"];
const CERTIFICATE_KEYS = ["tls.crt", "tls.key"];

/** Calls a Secret something else where the object names it. */
type Rename = (name: string, keys: readonly string[]) => string;

/** The same object with the Secrets renamed that it refers to. */
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

/** The ways in which Kubernetes' objects name a Secret. */
function renameField(parent: Readonly<Record<string, unknown>>, key: string, child: unknown, rename: Rename): unknown {
    // A volume, and the TLS of an Ingress.
    if (key === "secretName" && typeof child === "string") {
        return rename(child, itemKeys(parent.items));
    }
    // A variable, all variables, and a part of a projected volume.
    if (
        (key === "secretKeyRef" || key === "secretRef" || key === "secret") &&
        isRecord(child) &&
        typeof child.name === "string"
    ) {
        const keys = typeof child.key === "string" ? [child.key] : itemKeys(child.items);
        return { ...child, name: rename(child.name, keys) };
    }
    // The TLS of a Gateway.
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

/** All Secrets that the objects refer to, by name. */
export function findUsedSecrets(manifests: readonly Manifest[]): UsedSecret[] {
    const uses = manifests.flatMap(findUses);
    const used = [...new Set(uses.map(({ name }) => name))].map((name): UsedSecret => {
        const ownUses = uses.filter((use) => use.name === name);
        const manifest = manifests.find(({ kind, metadata }) => kind === "Secret" && metadata.name === name);
        // Of one that Pulumi would make, all that it would put there.
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
 * `otel-collector-tokens-1-2`, which Pulumi would make, is `otelCollectorTokens`: the numbers are generations. In a name
 * that a person has given they are part of it.
 */
function resolveValueKey(name: string, isGenerated: boolean): string {
    const stem = isGenerated ? name.replace(/(?:-\d+)+$/, "") : name;
    const value = stem.replace(/[-.]+(.)/g, (_, next: string) => next.toUpperCase());
    // A template cannot name what starts with a digit.
    return /^\d/.test(value) ? `secret${value}` : value;
}

/** @throws where two Secrets have one value: a pod would read the other's. */
function assertDistinct(secrets: readonly UsedSecret[]): UsedSecret[] {
    return secrets.map((secret, index) => {
        const other = secrets.slice(0, index).find(({ valueKey: value }) => value === secret.valueKey);
        if (other !== undefined) {
            throw new Error(
                `Secrets ${other.name} and ${secret.name} would both be the chart's value secrets.${secret.valueKey}: give one of them another name`,
            );
        }
        return secret;
    });
}
