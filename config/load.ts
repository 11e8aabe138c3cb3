import * as pulumi from "@pulumi/pulumi";
import { resolveReceivers } from "./model/alertmanager";
import { isClusterTelemetryEnabled } from "./model/cluster-telemetry";
import { usesPersistentQueues } from "./model/durability";
import { findEntryHint, findFlatKeyHint, findValueHint } from "./types/hints";
import { isPlaintextInStackFile } from "./plaintext-secrets";
import type { Issue } from "./issues";
import { listExistingSecrets } from "./model/existing-secrets";
import { listExposurePrerequisites } from "./model/expose";
import { assertProjectName } from "./project-name";
import { resolveRoutes } from "./model/routes";
import { SIGNALS } from "./types/signal";
import type { StackSettings } from "./schema/schema";
import { SECRET_SETTINGS, isSecretKey, listSecretKeys } from "./schema/secret-settings";
import { getPath } from "./types/raw";
import { validate } from "./validate";

// Exported in JavaScript, but missing in the type declarations.
declare module "@pulumi/pulumi/runtime/config" {
    function isConfigSecret(key: string): boolean;
}

/**
 * Reads and validates the settings of the selected stack. Nothing else reads Pulumi's configuration.
 *
 * The schema checks every key of the project, so that a misspelt key is an error. Throws one error with all issues
 * before any resource is registered.
 */
export function loadSettings(): StackSettings {
    assertProjectName();
    const raw = readProjectConfig();
    const { settings, issues } = validate(raw);
    if (issues) {
        throw new pulumi.RunError(renderReport(issues, raw));
    }
    warnUnroutedSignals(settings);
    logRequiredSecrets(settings);
    logScaleUpOnly(settings);
    warnUnflushedRecords(settings);
    warnMissingReceivers(settings);
    warnPlaintextSecrets(settings);
    return settings;
}

/** The settings of Pulumi's Kubernetes provider that select the cluster. */
export interface ProviderCluster {
    readonly context: string | undefined;
    /** Path of a kubeconfig file, or its content. */
    readonly kubeconfig: string | undefined;
}

/** Whether Pulumi writes manifests to a folder and changes no cluster. */
export function isRenderingManifests(): boolean {
    return pulumi.runtime.allConfig()["kubernetes:renderYamlToDirectory"] !== undefined;
}

export function readProviderCluster(): ProviderCluster {
    const config = pulumi.runtime.allConfig();
    return { context: config["kubernetes:context"], kubeconfig: config["kubernetes:kubeconfig"] };
}

function warnUnroutedSignals(settings: StackSettings): void {
    for (const signal of SIGNALS.filter((name) => resolveRoutes(settings)[name].length === 0)) {
        logSafely(pulumi.log.warn(`No destination for ${signal} is enabled: the Collector rejects ${signal}.`));
    }
}

/** Names objects that the user has to create, during a preview: without them the rollout waits and then fails. */
function logRequiredSecrets(settings: StackSettings): void {
    const prerequisites = [
        ...listSecureOtlpPrerequisites(settings),
        ...listPullSecretPrerequisites(settings),
        ...listExistingSecretPrerequisites(settings),
        ...listExposurePrerequisites(settings),
    ];
    for (const prerequisite of pulumi.runtime.isDryRun() ? prerequisites : []) {
        logSafely(pulumi.log.info(prerequisite));
    }
}

function listSecureOtlpPrerequisites({
    secureOtlp: { enabled, auth, tls },
    namespace,
}: StackSettings): readonly string[] {
    const secrets =
        auth === "mtls"
            ? `${tls.secretName} (tls.crt, tls.key) and ${tls.clientCaSecretName ?? tls.secretName} (ca.crt)`
            : `${tls.secretName} (tls.crt, tls.key)`;
    const prerequisite =
        `secureOtlp.enabled: the Collector starts after you create Secret ${secrets} in Namespace ${namespace.name}; ` +
        "see docs/how-to/secure-otlp.md.";
    return enabled ? [prerequisite] : [];
}

function listPullSecretPrerequisites({ clusterTelemetry, images, namespace }: StackSettings): readonly string[] {
    const namespaces = [
        namespace.name,
        ...(isClusterTelemetryEnabled(clusterTelemetry) ? [clusterTelemetry.namespace] : []),
    ];
    return images.pullSecrets.map(
        (name) =>
            `images.pullSecrets: nodes pull images after you create Secret ${name} (.dockerconfigjson) in Namespace ` +
            `${namespaces.join(" and in Namespace ")}; see docs/how-to/private-registry.md.`,
    );
}

function listExistingSecretPrerequisites(settings: StackSettings): readonly string[] {
    return listExistingSecrets(settings).map(
        ({ keys, name, namespace = settings.namespace.name, setting, workload }) =>
            `${setting}: ${workload} starts after you create Secret ${name}${keys.length === 0 ? "" : ` (${keys.join(", ")})`} ` +
            `in Namespace ${namespace}; see docs/how-to/existing-secrets.md.`,
    );
}

/** Reports that the autoscaler does not scale down, which users expect it to do. */
function logScaleUpOnly(settings: StackSettings): void {
    if (settings.collector.autoscaling.enabled && usesPersistentQueues(settings) && pulumi.runtime.isDryRun()) {
        logSafely(
            pulumi.log.info(
                "collector.autoscaling.enabled: with durability.mode disk the autoscaler adds pods and never removes them, " +
                    "because a persistent queue cannot move to another pod. To remove pods, see docs/how-to/autoscale.md.",
            ),
        );
    }
}

/** Reports a loss of acknowledged data, which users of persistent queues do not expect. */
function warnUnflushedRecords({ durability, victoriaLogs }: StackSettings): void {
    if (victoriaLogs.enabled && usesPersistentQueues({ durability })) {
        logSafely(
            pulumi.log.warn(
                "victoriaLogs.enabled: if VictoriaLogs is killed, it loses the log records of about the last " +
                    `two flush intervals (victoriaLogs.flushInterval is ${victoriaLogs.flushInterval}); ` +
                    "see docs/explanation/delivery-guarantees.md.",
            ),
        );
    }
}

/** Reports that nobody is notified, which is useful only to try Alertmanager. */
function warnMissingReceivers({ alertmanager }: StackSettings): void {
    if (alertmanager.enabled && resolveReceivers(alertmanager).every(({ isWatchdog }) => isWatchdog)) {
        logSafely(
            pulumi.log.warn(
                "alertmanager.receivers: there is no receiver of alerts, so nobody is notified; see docs/how-to/send-alerts.md.",
            ),
        );
    }
}

/** Plaintext secrets work, but users commit stack files. */
function warnPlaintextSecrets(settings: StackSettings): void {
    const secretKeys = SECRET_SETTINGS.filter(({ isAlwaysSecret }) => isAlwaysSecret).flatMap((secret) =>
        listSecretKeys(settings, secret),
    );
    for (const key of secretKeys.filter(
        (key) => isPlaintextInStackFile(pulumi.getStack(), `${pulumi.getProject()}:${key}`) ?? !isSecret(key),
    )) {
        logSafely(
            pulumi.log.warn(
                `${key} is not encrypted; to encrypt it, run \`pulumi config set --secret --path ${pulumi.getProject()}:${key}\`.`,
            ),
        );
    }
}

/** Ignores an error of the log: it must not fail the program. */
function logSafely(line: Promise<void>): void {
    line.catch(() => undefined);
}

function renderReport(issues: readonly Issue[], raw: Readonly<Record<string, unknown>>): string {
    const project = pulumi.getProject();
    const lines = issues.map(
        (issue) => `  ${project}:${issue.key} ${renderMessage(issue, raw)}${findHint(issue, raw)}`,
    );
    const count = issues.length === 1 ? "1 error" : `${issues.length} errors`;
    return `The settings of stack ${pulumi.getStack()} have ${count}:\n${lines.join("\n")}`;
}

function renderMessage({ key, message, quotedKeys: quotes }: Issue, raw: Readonly<Record<string, unknown>>): string {
    // A message may contain the values of other settings. The value of its own setting is added here.
    const secrets = quotes.filter((quoted) => quoted !== key && isSecret(quoted));
    if (secrets.length > 0) {
        return `is not compatible with ${secrets.join(", ")} (the reason would show a secret value)`;
    }
    const got = quotes.includes(key) ? getPath(raw, key.split(".")) : undefined;
    return got === undefined || (typeof got === "object" && got !== null) || isHidden(key)
        ? message
        : `${message} (got ${JSON.stringify(got)})`;
}

/** How to fix the value, if it shows the intention. */
function findHint({ key, message, quotedKeys: quotes }: Issue, raw: Readonly<Record<string, unknown>>): string {
    const project = pulumi.getProject();
    const value = getPath(raw, key.split("."));
    const isRejected = quotes[0] === key && value !== undefined;
    const hint =
        (Object.hasOwn(raw, key) ? findFlatKeyHint({ key, value: raw[key], project }, isHidden(key)) : undefined) ??
        (isRejected ? findEntryHint({ key, value, project }, isSecretKey(key)) : undefined) ??
        (isRejected && !isHidden(key) ? findValueHint({ key, value, project }, message) : undefined);
    return hint === undefined ? "" : `; ${hint}`;
}

function isHidden(key: string): boolean {
    return isSecret(key) || isSecretKey(key);
}

/** Users may encrypt any setting, but Pulumi reports only which top-level keys contain a secret. */
function isSecret(key: string): boolean {
    const [top = key] = key.split(".");
    // A key with dots is a top-level key if `--path` was missing when it was set.
    return [top, key].some((name) => pulumi.runtime.isConfigSecret(`${pulumi.getProject()}:${name}`));
}

function readProjectConfig(): Record<string, unknown> {
    const prefix = `${pulumi.getProject()}:`;
    return Object.fromEntries(
        Object.entries(pulumi.runtime.allConfig())
            .filter(([key]) => key.startsWith(prefix))
            .map(([key, value]) => [key.slice(prefix.length), parseValue(value)]),
    );
}

/** Pulumi passes maps and lists to the program as JSON, and scalars of any type as text. */
function parseValue(value: string): unknown {
    try {
        return JSON.parse(value) as unknown;
    } catch {
        return value;
    }
}
