import { closest, distance } from "fastest-levenshtein";
import * as z from "zod";
import { isRecord } from "./types/raw";
import { unwrapDefault } from "./schema/setting";
import { WORKLOADS } from "./schema/workloads";

/** An error in the settings of a stack. */
export interface Issue {
    /** Path of the setting without the project's name, such as `collector.queue.size`. */
    readonly key: string;
    /** A sentence whose subject is the key, such as "must be true or false". */
    readonly message: string;
    /** Settings whose values are in the message, or in the rendered report. */
    readonly quotedKeys: readonly string[];
}

export type Path = readonly PropertyKey[];

export function formatPath(path: Path): string {
    return path.map(String).join(".");
}

/** One issue for each unknown key and each invalid value that zod found. */
export function convertZodIssues(issues: readonly z.core.$ZodIssue[], schema: z.ZodType): Issue[] {
    return issues.flatMap((issue) => {
        if (issue.code === "unrecognized_keys") {
            const valid = listKeysAt(schema, issue.path);
            return issue.keys.map((key) =>
                issue.path.length === 0 && isSettingPath(schema, key)
                    ? { key, message: "is not a setting: `--path` was missing when it was set", quotedKeys: [] }
                    : describeUnknownKey([...issue.path, key], key, valid),
            );
        }
        if (issue.code === "invalid_type" && issue.expected === "object") {
            const keys = listKeysAt(schema, issue.path).join(", ");
            return [
                { key: formatPath(issue.path), message: `must be a map with any of the keys ${keys}`, quotedKeys: [] },
            ];
        }
        return [{ key: formatPath(issue.path), message: issue.message, quotedKeys: [formatPath(issue.path)] }];
    });
}

/** Former and current keys. The first match applies: a section includes all keys in it, and `*` matches any name. */
export const RENAMED_KEYS: Readonly<Record<string, string>> = {
    layout: "topology",
    outage: "durability",
    "durability.duration": "durability.maxOutage",
    guard: "secureOtlp",
    "secureOtlp.token.generation": "secureOtlp.token.version",
    "secureOtlp.token.keepPrevious": "secureOtlp.token.acceptPrevious",
    "tailSampling.share": "tailSampling.samplingRatio",
    "tailSampling.slowerThan": "tailSampling.latencyThreshold",
    "tailSampling.wait": "tailSampling.decisionWait",
    "redaction.keys": "redaction.blockedKeyPatterns",
    "redaction.values": "redaction.blockedValuePatterns",
    "spanMetrics.maxOpenEdges": "spanMetrics.maxPendingEdges",
    "collector.receiver.maxMessageSize": "collector.receiver.maxRequestSize",
    "collector.batch.timeout": "collector.batch.flushTimeout",
    "collector.scrape": "collector.prometheusExporter",
    "collector.prometheusExporter.expiration": "collector.prometheusExporter.metricExpiration",
    "collector.debug": "collector.debugExporter",
    "collector.queue.storage": "collector.queue.volumeSize",
    "traceTier.queue.storage": "traceTier.queue.volumeSize",
    "jaeger.storage": "jaeger.volumeSize",
    "loki.storage": "loki.volumeSize",
    "victoriaLogs.storage": "victoriaLogs.volumeSize",
    "prometheus.storage": "prometheus.volumeSize",
    "destinations.*.tls.insecure": "destinations.*.allowSecretsOverHttp",
    "destinations.*.whenFull": "destinations.*.onQueueFull",
    "destinations.*.egress.namespaces": "destinations.*.egress.namespaceSelectors",
    "azureMonitor.egress.namespaces": "azureMonitor.egress.namespaceSelectors",
    publish: "expose",
    "expose.*.withoutAuthentication": "expose.*.allowUnauthenticated",
    "expose.tls.certificate": "expose.tls.mode",
    "expose.controller.namespaces": "expose.controller.namespaceSelectors",
    "networkPolicies.senders": "networkPolicies.allowOtlpFrom",
    "networkPolicies.viewers": "networkPolicies.allowUiFrom",
    "networkPolicies.scrapers": "networkPolicies.allowScrapeFrom",
    "grafana.passwordGeneration": "grafana.adminPasswordVersion",
    "loki.ingestion.rateMB": "loki.ingestion.rateMBPerSecond",
    app: "shop",
    "images.app": "images.shop",
    cluster: "clusterTelemetry",
    "clusterTelemetry.attributes": "clusterTelemetry.kubernetesAttributes",
    "clusterTelemetry.events": "clusterTelemetry.kubernetesEvents",
    "clusterTelemetry.otlp": "clusterTelemetry.agentOtlp",
    "clusterTelemetry.apiServer.port": "networkPolicies.apiServerPort",
    "clusterTelemetry.apiServer": "networkPolicies.apiServerPort",
};

const COUNTED_SECRETS = "the pods are now replaced whenever a secret changes";

/** Former keys without a successor, and why they are not needed. */
export const REMOVED_KEYS: Readonly<Record<string, string>> = {
    "destinations.*.secretVersion": COUNTED_SECRETS,
    "destinations.*.secretGeneration": COUNTED_SECRETS,
    "azureMonitor.secretVersion": COUNTED_SECRETS,
    "azureMonitor.secretGeneration": COUNTED_SECRETS,
    "jaeger.maxTraces": "Jaeger now stores traces on disk for jaeger.retention",
};

/** The first entry whose key includes this one. */
function findEntry(keys: Readonly<Record<string, string>>, key: string): readonly [string, string] | undefined {
    const steps = key.split(".");
    return Object.entries(keys).find(([pattern]) =>
        pattern.split(".").every((name, index) => (name === "*" ? index < steps.length : name === steps[index])),
    );
}

/** The current name of a former key; undefined for any other key. */
function findCurrentKey(key: string): string | undefined {
    const steps = key.split(".");
    const entry = findEntry(RENAMED_KEYS, key);
    if (entry === undefined) {
        return undefined;
    }
    const [former, current] = entry;
    const renamed = current.split(".").map((name, index) => (name === "*" ? (steps[index] ?? name) : name));
    const result = [...renamed, ...steps.slice(former.split(".").length)].join(".");
    // A section and a key in it may both have been renamed.
    return findCurrentKey(result) ?? result;
}

/** Settings of pods and images by the names that they have in Kubernetes and in most Helm charts. */
const POD_KEYS: Readonly<Record<string, string>> = {
    affinity: "affinity",
    envFrom: "envFrom",
    extraEnvFrom: "envFrom",
    nodeSelector: "nodeSelector",
    podAnnotations: "annotations",
    podLabels: "labels",
    priorityClassName: "priorityClassName",
    runtimeClassName: "runtimeClassName",
    tolerations: "tolerations",
    topologySpreadConstraints: "topologySpreadConstraints",
};
const IMAGE_KEYS: Readonly<Record<string, string>> = {
    imagePullPolicy: "images.pullPolicy",
    imagePullSecrets: "images.pullSecrets",
    imageRegistry: "images.registry",
};

/** Where the setting is that other programs have at the top, or in the section of a workload. */
function findUsualPlace(path: Path, key: string): string | undefined {
    const section = String(path[0]);
    const isWorkload = path.length === 2 && WORKLOADS.some((workload) => workload === section);
    if (path.length > 1 && !isWorkload) {
        return undefined;
    }
    if (Object.hasOwn(POD_KEYS, key)) {
        return [...(isWorkload ? [section] : []), "pods", POD_KEYS[key]].join(".");
    }
    return isWorkload && key === "image"
        ? `images.${IMAGE_OWNERS[section] ?? section}`
        : Object.hasOwn(IMAGE_KEYS, key)
          ? IMAGE_KEYS[key]
          : undefined;
}

/** The setting of the image, for workloads without one of their own name. */
const IMAGE_OWNERS: Readonly<Record<string, string>> = { clusterTelemetry: "agent", traceTier: "collector" };

/** `secretName` by the names that it has in many Helm charts, and passwords that the stack generates. */
const SECRET_NAME_KEYS: readonly string[] = ["existingSecret", "existingSecretName", "secretRef"];
const GENERATED_SECRETS: Readonly<Record<string, string>> = {
    "grafana.admin": "grafana.secretName",
    "grafana.adminPassword": "grafana.secretName",
    "secureOtlp.token.value": "secureOtlp.token.secretName",
};

/** The setting that names an existing Secret. */
function findSecretName(path: Path, key: string, valid: readonly string[]): string | undefined {
    return SECRET_NAME_KEYS.includes(key) && valid.includes("secretName")
        ? formatPath([...path.slice(0, -1), "secretName"])
        : GENERATED_SECRETS[formatPath(path)];
}

function describeUnknownKey(path: Path, key: string, valid: readonly string[]): Issue {
    const [, reason] = findEntry(REMOVED_KEYS, formatPath(path)) ?? [];
    if (reason !== undefined) {
        return { key: formatPath(path), message: `was removed because ${reason}; remove it`, quotedKeys: [] };
    }
    const current = findCurrentKey(formatPath(path));
    if (current !== undefined) {
        return { key: formatPath(path), message: `was renamed to ${current}`, quotedKeys: [] };
    }
    const place = findUsualPlace(path, key) ?? findSecretName(path, key, valid);
    if (place !== undefined) {
        return { key: formatPath(path), message: `is not a setting; did you mean ${place}?`, quotedKeys: [] };
    }
    const nearest = closest(key, valid);
    // With more than half of the letters different it is probably another word, and the list of keys helps more.
    const near = distance(key.toLowerCase(), nearest.toLowerCase()) <= Math.ceil(key.length / 2);
    const hint = near
        ? `did you mean ${formatPath([...path.slice(0, -1), nearest])}?`
        : `valid keys are ${valid.join(", ")}`;
    return { key: formatPath(path), message: `is not a setting; ${hint}`, quotedKeys: [] };
}

/** The names of the settings below a path. */
function listKeysAt(schema: z.ZodType, path: Path): readonly string[] {
    const at = findSchemaAt(schema, path);
    const group = at && unwrapDefault(at);
    return group instanceof z.ZodObject ? Object.keys(group.shape) : [];
}

/** Whether a single key with dots in it is the path of a setting. */
function isSettingPath(schema: z.ZodType, key: string): boolean {
    return key.includes(".") && findSchemaAt(schema, key.replace(/\[(\d+)\]/g, ".$1").split(".")) !== undefined;
}

function findSchemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
    return path.reduce(
        (current: z.ZodType | undefined, step) => current && findChildSchema(unwrapDefault(current), String(step)),
        schema,
    );
}

/** Removes empty sections of a stack file, which YAML reads as null. */
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

/** The schema of a key in an object, or of each entry in a record or a list. */
function findChildSchema(group: z.ZodType, key: string): z.ZodType | undefined {
    const child: unknown =
        group instanceof z.ZodObject
            ? Object.hasOwn(group.shape, key)
                ? group.shape[key]
                : undefined
            : group instanceof z.ZodRecord
              ? group.valueType
              : group instanceof z.ZodArray
                ? group.element
                : undefined;
    return child instanceof z.ZodType ? child : undefined;
}
