import * as pulumi from "@pulumi/pulumi";
import { usesPersistentQueues } from "./model/durability";
import { findEntryHint, findFlatKeyHint, findValueHint } from "./types/hints";
import { isPlaintextInStackFile } from "./plaintext-secrets";
import type { Issue } from "./issues";
import { listExposurePrerequisites } from "./model/expose";
import { resolveRoutes } from "./model/routes";
import { SIGNALS } from "./types/signal";
import type { StackSettings } from "./schema/schema";
import { getPath } from "./types/raw";
import { validate } from "./validate";

// Exported by the JavaScript, but left out of the declarations.
declare module "@pulumi/pulumi/runtime/config" {
    function isConfigSecret(key: string): boolean;
}

/**
 * Reads and validates the settings of the selected stack: the only reader of Pulumi's configuration.
 *
 * Every key of the project is handed to the schema, so that a misspelt key is an error and not a default applied in
 * silence. Throws one error that names every problem, before anything is registered.
 */
export function loadSettings(): StackSettings {
    const raw = readProjectConfig();
    const { settings, issues } = validate(raw);
    if (issues) {
        throw new pulumi.RunError(renderReport(issues, raw));
    }
    warnUnroutedSignals(settings);
    logRequiredSecrets(settings);
    logScaleUpOnly(settings);
    warnUnflushedRecords(settings);
    logRequiredCas(settings);
    warnPlaintextSecrets(settings);
    return settings;
}

function warnUnroutedSignals(settings: StackSettings): void {
    for (const signal of SIGNALS.filter((name) => resolveRoutes(settings)[name].length === 0)) {
        logSafely(pulumi.log.warn(`No destination for ${signal} is switched on: the Collector refuses them.`));
    }
}

/** What only the person can make, said before it is missed: the roll-out would wait for it, and then fail. */
function logRequiredSecrets(settings: StackSettings): void {
    const reminders = [...listSecureOtlpPrerequisites(settings), ...listExposurePrerequisites(settings)];
    for (const reminder of pulumi.runtime.isDryRun() ? reminders : []) {
        logSafely(pulumi.log.info(reminder));
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
    const reminder =
        `secureOtlp.enabled: the Collector starts once Namespace ${namespace.name} has Secret ${secrets}; ` +
        "docs/explanation/threat-model.md says how to make it.";
    return enabled ? [reminder] : [];
}

/** What an autoscaler usually does, and does not here. */
function logScaleUpOnly(settings: StackSettings): void {
    if (settings.collector.autoscaling.enabled && usesPersistentQueues(settings) && pulumi.runtime.isDryRun()) {
        logSafely(
            pulumi.log.info(
                "collector.autoscaling.enabled: with durability.mode disk pods are added and never removed, as a queue " +
                    "cannot leave its volume; docs/explanation/scaling-model.md says how to remove one.",
            ),
        );
    }
}

/** With queues on disk one expects that nothing accepted is lost. */
function warnUnflushedRecords({ durability, victoriaLogs }: StackSettings): void {
    if (victoriaLogs.enabled && usesPersistentQueues({ durability })) {
        logSafely(
            pulumi.log.warn(
                `victoriaLogs: what it has taken since some seconds, about twice ${victoriaLogs.flushInterval} ` +
                    "(victoriaLogs.flushInterval), is in memory alone and lost if it is killed; docs/explanation/delivery-guarantees.md says more.",
            ),
        );
    }
}

function logRequiredCas({ destinations, namespace }: StackSettings): void {
    for (const [name, { tls }] of Object.entries(destinations)) {
        if (tls.caSecretName !== undefined && pulumi.runtime.isDryRun()) {
            logSafely(
                pulumi.log.info(
                    `destinations.${name}: the Collector starts once Namespace ${namespace.name} has Secret ${tls.caSecretName} (ca.crt).`,
                ),
            );
        }
    }
}

/** They work, and the file that holds them is one that people commit. */
function warnPlaintextSecrets({ azureMonitor, destinations }: StackSettings): void {
    const secretKeys = [
        ...Object.entries(destinations).flatMap(([name, { secretHeaders }]) =>
            Object.keys(secretHeaders).map((header) => `destinations.${name}.secretHeaders.${header}`),
        ),
        ...(azureMonitor.connectionString === undefined ? [] : ["azureMonitor.connectionString"]),
    ];
    for (const key of secretKeys.filter(
        (key) => isPlaintextInStackFile(pulumi.getStack(), `${pulumi.getProject()}:${key}`) ?? !isSecret(key),
    )) {
        logSafely(
            pulumi.log.warn(
                `${key} is not encrypted: \`pulumi config set --secret --path ${pulumi.getProject()}:${key}\` sets it so.`,
            ),
        );
    }
}

/** Nobody waits for a line of the log; one that cannot be written is no reason to fail. */
function logSafely(line: Promise<void>): void {
    line.catch(() => undefined);
}

function renderReport(issues: readonly Issue[], raw: Readonly<Record<string, unknown>>): string {
    const project = pulumi.getProject();
    const lines = issues.map(
        (issue) => `  ${project}:${issue.key}: ${renderMessage(issue, raw)}${findHint(issue, raw)}`,
    );
    const count = issues.length === 1 ? "1 problem" : `${issues.length} problems`;
    return `the settings of stack ${pulumi.getStack()} have ${count}:\n${lines.join("\n")}`;
}

/** Not shown, even where a person has forgotten to encrypt it. */
const SECRET_PATHS = /\.(?:secretHeaders|connectionString)\b/;

function renderMessage({ key, message, quotedKeys: quotes }: Issue, raw: Readonly<Record<string, unknown>>): string {
    // A message quotes the other settings that it is about. Of its own setting it says what was got, here.
    const secrets = quotes.filter((quoted) => quoted !== key && isSecret(quoted));
    if (secrets.length > 0) {
        return `does not fit ${secrets.join(", ")} (a secret is among them, not shown)`;
    }
    const got = quotes.includes(key) ? getPath(raw, key.split(".")) : undefined;
    return got === undefined || (typeof got === "object" && got !== null) || isHidden(key)
        ? message
        : `${message}, got ${JSON.stringify(got)}`;
}

/** How to set it right, where the value shows what was meant. */
function findHint({ key, message, quotedKeys: quotes }: Issue, raw: Readonly<Record<string, unknown>>): string {
    const project = pulumi.getProject();
    const value = getPath(raw, key.split("."));
    const isRejected = quotes[0] === key && value !== undefined;
    const hint =
        (Object.hasOwn(raw, key) ? findFlatKeyHint({ key, value: raw[key], project }, isHidden(key)) : undefined) ??
        (isRejected ? findEntryHint({ key, value, project }) : undefined) ??
        (isRejected && !isHidden(key) ? findValueHint({ key, value, project }, message) : undefined);
    return hint === undefined ? "" : `: ${hint}`;
}

function isHidden(key: string): boolean {
    return isSecret(key) || SECRET_PATHS.test(key);
}

/** A person may encrypt any setting; Pulumi knows that of whole top-level keys. */
function isSecret(key: string): boolean {
    const [top = key] = key.split(".");
    // A key with dots is whole where `--path` was missing when it was set.
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

/** Pulumi hands structured values to the program as JSON text, and scalars as text whatever they were in the file. */
function parseValue(value: string): unknown {
    try {
        return JSON.parse(value) as unknown;
    } catch {
        return value;
    }
}
