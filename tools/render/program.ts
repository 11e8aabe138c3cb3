import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type Index from "../../index";
import { isValidSecret } from "../../config/schema/secret-settings";
import { getPath } from "../../config/types/raw";
import { PROJECT_NAME, type StackConfig, readStackConfig, shortName } from "../stack/stack-file";

const ROOT = path.resolve(__dirname, "../..");
/** Organization name that Pulumi uses for backends without organizations. */
const ORGANIZATION = "organization";

export type Settings = Readonly<Record<string, unknown>>;
/** Stack outputs of the program. */
export type ProgramOutputs = Awaited<ReturnType<typeof Index>>;

interface Metadata {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
}

/** A Kubernetes object in the format of `kubectl apply`. */
export interface Manifest {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: Metadata;
    readonly [field: string]: unknown;
}

/** Records the resources that one run under mocks registers. */
export class ProgramRecorder {
    readonly resources: pulumi.runtime.MockResourceArgs[] = [];

    /** The Kubernetes objects that Pulumi would manage. Excludes objects that the program only reads. */
    get manifests(): Manifest[] {
        return this.resources.flatMap(({ type, inputs, id }) => {
            const manifest = unwrapSecrets(inputs);
            return type.startsWith("kubernetes:") && !id && isManifest(manifest) ? [manifest] : [];
        });
    }

    /**
     * Returns the object of a kind and name.
     *
     * @throws when no object or more than one object matches.
     */
    manifest(kind: string, name: string): Manifest {
        const found = this.manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
        const [only] = found;
        if (only === undefined || found.length > 1) {
            throw new Error(`expected one ${kind} named ${name}, found ${found.length}`);
        }
        return only;
    }

    /** Waits until all created resources are registered. */
    async settle(): Promise<this> {
        await pulumi.runtime.disconnect();
        return this;
    }
}

/**
 * Starts an empty stack without the Pulumi CLI and without a cluster. Call it before any resource is created.
 *
 * @param secretKeys Settings that Pulumi treats as secret.
 * @param previousOutputs Outputs of the previous update of the stack.
 * @param previousResources Resources in the state of the stack by their URN.
 */
export async function startMocks(
    settings: Settings = {},
    secretKeys: readonly string[] = [],
    stack = "test",
    preview = false,
    previousOutputs: Readonly<Record<string, unknown>> = {},
    previousResources: Readonly<Record<string, unknown>> = {},
): Promise<ProgramRecorder> {
    const recorder = new ProgramRecorder();
    await pulumi.runtime.setMocks(
        {
            newResource(args) {
                recorder.resources.push(args);
                return { id: args.id ?? `${args.name}-id`, state: mockState(args) };
            },
            call({ token }) {
                if (token === "pulumi:pulumi:readStackOutputs") {
                    return { outputs: previousOutputs };
                }
                if (token === "pulumi:pulumi:readStackResourceOutputs") {
                    return { outputs: previousResources };
                }
                throw new Error(`unexpected call of ${token}`);
            },
        },
        PROJECT_NAME,
        stack,
        preview,
        ORGANIZATION,
    );
    const config = Object.entries(settings).map(([key, value]) => [
        `${PROJECT_NAME}:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    pulumi.runtime.setAllConfig(
        Object.fromEntries(config) as Record<string, string>,
        secretKeys.map((key) => `${PROJECT_NAME}:${key}`),
    );
    return recorder;
}

/** Key and value that mark a secret in Pulumi's serialized properties. */
const SECRET_MARK = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;

/** Returns the value with every secret in plain text, as a provider receives it. */
export function unwrapSecrets(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(unwrapSecrets);
    }
    if (!isRecord(value)) {
        return value;
    }
    const [key, mark] = SECRET_MARK;
    return value[key] === mark
        ? unwrapSecrets(value.value)
        : Object.fromEntries(Object.entries(value).map(([name, child]) => [name, unwrapSecrets(child)]));
}

/** The suffix in the names of Secrets in rendered manifests, whose values the user sets. */
const SECRET_NAME_SUFFIX = "1";

/** Returns the mocked state of a resource: a name for an object that the program reads, a text for a password. */
function mockState({ id, inputs, name, type }: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
    const known = isRecord(inputs) ? inputs : {};
    if (type === "random:index/randomPassword:RandomPassword") {
        return { ...known, result: `generated-${name}` };
    }
    if (type === "random:index/randomString:RandomString") {
        return { ...known, result: SECRET_NAME_SUFFIX };
    }
    return id ? { ...known, metadata: { name: id.slice(id.lastIndexOf("/") + 1) } } : known;
}

/** Returns the settings without the registry that replaces those of images. Credentials for it stay valid. */
export function removeRegistry(settings: Settings): Settings {
    const { registry, ...images } = isRecord(settings.images) ? settings.images : {};
    if (typeof registry !== "string") {
        return settings;
    }
    const [host] = registry.split("/");
    const credentials = Object.entries(isRecord(images.credentials) ? images.credentials : {}).map(
        ([name, entry]) => [name, isRecord(entry) ? { registry: host, ...entry } : entry] as const,
    );
    return { ...settings, images: { ...images, credentials: Object.fromEntries(credentials) } };
}

/** Returns the settings with another Namespace. Returns them unchanged when the name is undefined. */
export function overrideNamespace(settings: Settings, name: string | undefined): Settings {
    const current = isRecord(settings.namespace) ? settings.namespace : {};
    return name === undefined ? settings : { ...settings, namespace: { ...current, name } };
}

/** Runs the whole program under mocks with the given settings. */
export async function renderProgram(
    settings: Settings,
    stack?: string,
): Promise<{ readonly program: ProgramOutputs; readonly recorder: ProgramRecorder }> {
    return stripStackTraces(async () => {
        const recorder = await startMocks(settings, findEncryptedKeys(settings), stack);
        const program = await loadProgram();
        return { program, recorder: await recorder.settle() };
    });
}

/**
 * Runs `work` without stack traces. Pulumi creates a stack trace for each resource and output, and ts-node maps every
 * frame to its source, which takes two thirds of the time. Error messages of the program do not depend on the traces.
 */
export async function stripStackTraces<T>(work: () => Promise<T>): Promise<T> {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
        return await work();
    } finally {
        Error.stackTraceLimit = limit;
    }
}

/** Runs index.ts on the stack of the last {@link startMocks}. */
export async function loadProgram(): Promise<ProgramOutputs> {
    Reflect.deleteProperty(require.cache, require.resolve("../../index"));
    const { default: main } = await import("../../index");
    return main();
}

/**
 * Reads the settings of a stack file as Pulumi does. An encrypted value that is only used in a Secret becomes one of
 * {@link PLACEHOLDERS}, because Secrets are not printed.
 *
 * @param root Folder of Pulumi.yaml.
 * @throws when the file does not exist, when it is not valid YAML, or when a value that would be printed is encrypted.
 */
export function readStackSettings(stack: string, root: string = ROOT): Settings {
    const found = readStackConfig(stack, root);
    if (found === undefined) {
        const name = `Pulumi.${shortName(stack)}.yaml`;
        throw new Error(`stack ${stack} does not exist: no file ${name} (see Pulumi.dev.yaml for an example)`);
    }
    return Object.fromEntries(
        Object.entries(found.config)
            .filter(([key]) => key.startsWith(`${PROJECT_NAME}:`))
            .map(([key, value]) => [key.slice(PROJECT_NAME.length + 1), replaceEncrypted(value, key, found)]),
    );
}

/** A setting is encrypted whose value would be printed. Only Pulumi can render this stack. */
export class EncryptedSettingError extends Error {}

const PLACEHOLDER_MARK = "Pulumi-alone-can-read-it";

/** Values for encrypted ones. Each secret setting accepts one of them. */
export const PLACEHOLDERS = {
    text: `InstrumentationKey=${PLACEHOLDER_MARK}`,
    url: `https://encrypted.example/${PLACEHOLDER_MARK}`,
} as const;

/** Replaces encrypted values, which Pulumi writes as `secure: v1:...`, by one of {@link PLACEHOLDERS}. */
function replaceEncrypted(value: unknown, key: string, { config, file }: StackConfig): unknown {
    if (Array.isArray(value)) {
        return value.map((child, index) => replaceEncrypted(child, `${key}[${index}]`, { config, file }));
    }
    if (!isRecord(value)) {
        return value;
    }
    if (typeof value.secure !== "string") {
        return Object.fromEntries(
            Object.entries(value).map(([name, child]) => [
                name,
                replaceEncrypted(child, `${key}.${name}`, { config, file }),
            ]),
        );
    }
    const placeholder = Object.values(PLACEHOLDERS).find((text) =>
        isValidSecret(key.slice(PROJECT_NAME.length + 1), text),
    );
    if (placeholder === undefined) {
        throw new EncryptedSettingError(`${key} is encrypted in ${file}, and only Pulumi can decrypt it`);
    }
    if (placeholder === PLACEHOLDERS.url && !hasKnownPort(key, config)) {
        throw new EncryptedSettingError(
            `${key} is encrypted in ${file}, only Pulumi can decrypt it, and a NetworkPolicy has its port; ` +
                `set ${egressPortPath(key).join(".")}`,
        );
    }
    return placeholder;
}

/** Whether the program reads no port from a URL: without NetworkPolicies, or if the port is a setting as well. */
function hasKnownPort(key: string, config: Settings): boolean {
    const enabled = getPath(config, [`${PROJECT_NAME}:networkPolicies`, "enabled"]);
    return [undefined, false, "false"].includes(enabled as never) || getPath(config, egressPortPath(key)) !== undefined;
}

/** `alertmanager.receivers.oncall.egress.port` for `alertmanager.receivers.oncall.slack.url`. */
function egressPortPath(key: string): readonly string[] {
    return [...key.split(".").slice(0, -2), "egress", "port"];
}

/** Returns the top-level settings that contain encrypted values. Pulumi treats each of them as secret as a whole. */
function findEncryptedKeys(settings: Settings): string[] {
    return Object.keys(settings).filter((key) => JSON.stringify(settings[key] ?? null).includes(PLACEHOLDER_MARK));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isManifest(value: unknown): value is Manifest {
    return (
        isRecord(value) &&
        typeof value.apiVersion === "string" &&
        typeof value.kind === "string" &&
        isRecord(value.metadata) &&
        typeof value.metadata.name === "string"
    );
}
