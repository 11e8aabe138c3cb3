import { closest, distance } from "fastest-levenshtein";
import * as z from "zod";
import { isRecord } from "./types/raw";

/** One thing that is wrong with a stack's settings. */
export interface Issue {
    /** Path of the setting inside the project's settings, such as `collector.queue.size`. */
    readonly key: string;
    readonly message: string;
    /** The settings whose values the message quotes, or would if it went on with what it got. */
    readonly quotedKeys: readonly string[];
}

export type Path = readonly PropertyKey[];

export function formatPath(path: Path): string {
    return path.map(String).join(".");
}

/** What zod found, as problems: one for every unknown key and one for every refused value. */
export function issuesFromZod(issues: readonly z.core.$ZodIssue[], schema: z.ZodType): Issue[] {
    return issues.flatMap((issue) => {
        if (issue.code === "unrecognized_keys") {
            const valid = listKeysAt(schema, issue.path);
            return issue.keys.map((key) =>
                issue.path.length === 0 && isSettingPath(schema, key)
                    ? { key, message: "unknown key, as `--path` was missing when it was set", quotedKeys: [] }
                    : describeUnknownKey([...issue.path, key], key, valid),
            );
        }
        if (issue.code === "invalid_type" && issue.expected === "object") {
            const keys = listKeysAt(schema, issue.path).join(", ");
            return [{ key: formatPath(issue.path), message: `expected settings under it (${keys})`, quotedKeys: [] }];
        }
        return [{ key: formatPath(issue.path), message: issue.message, quotedKeys: [formatPath(issue.path)] }];
    });
}

/** Former keys of settings and their new names. They apply in this order, as a key may have changed at several levels. */
const RENAMED_KEYS: readonly (readonly [former: RegExp, name: string])[] = [
    [/^(destinations\.[^.]+)\.tls\.insecure$/, "$1.allowSecretsOverHttp"],
    [/^publish\b/, "expose"],
    [/^(expose\.\w+)\.withoutAuthentication$/, "$1.allowUnauthenticated"],
    [/^expose\.tls\.certificate$/, "expose.tls.mode"],
    [/^expose\.controller\.namespaces$/, "expose.controller.namespaceSelectors"],
    [/^(destinations\.[^.]+)\.whenFull$/, "$1.onQueueFull"],
    [/^(azureMonitor|destinations\.[^.]+)\.secretGeneration$/, "$1.secretVersion"],
    [/^(azureMonitor|destinations\.[^.]+)\.egress\.namespaces$/, "$1.egress.namespaceSelectors"],
    [/^networkPolicies\.senders$/, "networkPolicies.allowOtlpFrom"],
    [/^networkPolicies\.viewers$/, "networkPolicies.allowUiFrom"],
    [/^networkPolicies\.scrapers$/, "networkPolicies.allowScrapeFrom"],
    [/^grafana\.passwordGeneration$/, "grafana.adminPasswordVersion"],
    [/^loki\.ingestion\.rateMB$/, "loki.ingestion.rateMBPerSecond"],
    [/^app\b/, "shop"],
    [/^images\.app$/, "images.shop"],
    [/^cluster\b/, "clusterTelemetry"],
    [/^clusterTelemetry\.attributes\b/, "clusterTelemetry.kubernetesAttributes"],
    [/^clusterTelemetry\.events\b/, "clusterTelemetry.kubernetesEvents"],
    [/^clusterTelemetry\.otlp\b/, "clusterTelemetry.agentOtlp"],
    [/^clusterTelemetry\.apiServer(?:\.port)?$/, "networkPolicies.apiServerPort"],
];

function describeUnknownKey(path: Path, key: string, valid: readonly string[]): Issue {
    const former = formatPath(path);
    const name = RENAMED_KEYS.reduce((renamed, entry) => renamed.replace(...entry), former);
    if (name !== former) {
        return { key: former, message: `unknown key, it is called ${name} now`, quotedKeys: [] };
    }
    const nearest = closest(key, valid);
    // Further away than half of its letters it is another word, and the list helps more.
    const near = distance(key.toLowerCase(), nearest.toLowerCase()) <= Math.ceil(key.length / 2);
    const hint = near
        ? `did you mean ${formatPath([...path.slice(0, -1), nearest])}?`
        : `expected one of ${valid.join(", ")}`;
    return { key: formatPath(path), message: `unknown key, ${hint}`, quotedKeys: [] };
}

/** The names of the settings under that path. */
function listKeysAt(schema: z.ZodType, path: Path): readonly string[] {
    const at = findSchemaAt(schema, path);
    const group = at && unwrapDefault(at);
    return group instanceof z.ZodObject ? Object.keys(group.shape) : [];
}

/** Whether a single key with dots in it is the path of a setting. */
function isSettingPath(schema: z.ZodType, key: string): boolean {
    return key.includes(".") && findSchemaAt(schema, key.split(".")) !== undefined;
}

function findSchemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
    return path.reduce(
        (current: z.ZodType | undefined, step) => current && findChildSchema(unwrapDefault(current), String(step)),
        schema,
    );
}

/** Sections of a stack file that have no lines but comments, which YAML reads as null, as if they were left out. */
export function dropEmptySections(value: unknown, schema: z.ZodType): unknown {
    const group = unwrapDefault(schema);
    if (!(group instanceof z.ZodObject || group instanceof z.ZodRecord)) {
        return value;
    }
    if (value === null || value === "") {
        return {};
    }
    return isRecord(value)
        ? Object.fromEntries(
              Object.entries(value).map(([key, child]) => {
                  const inner = findChildSchema(group, key);
                  return [key, inner === undefined ? child : dropEmptySections(child, inner)];
              }),
          )
        : value;
}

/** Of a record, what each of its entries is. */
function findChildSchema(group: z.ZodType, key: string): z.ZodType | undefined {
    const child: unknown =
        group instanceof z.ZodObject
            ? Object.hasOwn(group.shape, key)
                ? group.shape[key]
                : undefined
            : group instanceof z.ZodRecord
              ? group.valueType
              : undefined;
    return child instanceof z.ZodType ? child : undefined;
}

/** The schema inside `default`, `prefault` and `optional`. */
export function unwrapDefault(schema: z.ZodType): z.ZodType {
    const wrapped =
        schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
    const inner: unknown = wrapped ? schema.unwrap() : undefined;
    return inner instanceof z.ZodType ? unwrapDefault(inner) : schema;
}
