import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type Index from "../../index";
import { readStackConfig, shortName } from "../stack/stack-file";

const ROOT = path.resolve(__dirname, "../..");
const PROJECT = "otel-stack";
/** Pulumi's name for the one organization of a backend without organizations. */
const ORGANIZATION = "organization";

export type Settings = Readonly<Record<string, unknown>>;
/** Outputs of the program. */
export type ProgramOutputs = Awaited<ReturnType<typeof Index>>;

interface Metadata {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
}

/** An object as `kubectl apply` takes it. */
export interface Manifest {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: Metadata;
    readonly [field: string]: unknown;
}

/** What one run under mocks registered. */
export class ProgramRecorder {
    readonly resources: pulumi.runtime.MockResourceArgs[] = [];

    /** The Kubernetes objects that Pulumi would manage: those that are only read are not among them. */
    get manifests(): Manifest[] {
        return this.resources.flatMap(({ type, inputs, id }) => {
            const manifest = unwrapSecrets(inputs);
            return type.startsWith("kubernetes:") && !id && isManifest(manifest) ? [manifest] : [];
        });
    }

    /** The one object of that kind and name; registration order is not source order. */
    manifest(kind: string, name: string): Manifest {
        const found = this.manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
        const [only] = found;
        if (only === undefined || found.length > 1) {
            throw new Error(`expected one ${kind} named ${name}, found ${found.length}`);
        }
        return only;
    }

    /** Waits until everything created so far is registered. */
    async settle(): Promise<this> {
        await pulumi.runtime.disconnect();
        return this;
    }
}

/**
 * Starts a fresh stack without a Pulumi CLI or a cluster. Call it before anything creates a resource.
 *
 * @param previousOutputs Outputs of the stack's last update.
 */
export async function startMocks(
    settings: Settings = {},
    secretKeys: readonly string[] = [],
    stack = "test",
    preview = false,
    previousOutputs: Readonly<Record<string, unknown>> = {},
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
                throw new Error(`unexpected call of ${token}`);
            },
        },
        PROJECT,
        stack,
        preview,
        ORGANIZATION,
    );
    const config = Object.entries(settings).map(([key, value]) => [
        `${PROJECT}:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    pulumi.runtime.setAllConfig(
        Object.fromEntries(config) as Record<string, string>,
        secretKeys.map((key) => `${PROJECT}:${key}`),
    );
    return recorder;
}

/** The key, and its value, by which Pulumi marks a secret on its way to the engine. */
const SECRET_MARK = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"] as const;

/** The same with every secret in the open, as a provider sees it. */
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

/** What a resource looks like once it is there: an object that is only read has a name, a password its text. */
function mockState({ id, inputs, name, type }: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
    const known = isRecord(inputs) ? inputs : {};
    if (type === "random:index/randomPassword:RandomPassword") {
        return { ...known, result: `generated-${name}` };
    }
    return id ? { ...known, metadata: { name: id } } : known;
}

/** The same settings of a stack that stands in another Namespace; in its own where none is given. */
export function overrideNamespace(settings: Settings, name: string | undefined): Settings {
    const current = isRecord(settings.namespace) ? settings.namespace : {};
    return name === undefined ? settings : { ...settings, namespace: { ...current, name } };
}

/** Runs the whole program from the start on a stack with those settings. */
export async function renderProgram(
    settings: Settings,
    stack?: string,
): Promise<{ readonly program: ProgramOutputs; readonly recorder: ProgramRecorder }> {
    return withoutStackTraces(async () => {
        const recorder = await startMocks(settings, findEncryptedKeys(settings), stack);
        const program = await loadProgram();
        return { program, recorder: await recorder.settle() };
    });
}

/**
 * Pulumi takes a stack trace for each resource and each output, and ts-node maps every frame of it to the sources: two
 * thirds of the time, for what nobody reads. An error of the program says by its message what is wrong.
 */
export async function withoutStackTraces<T>(work: () => Promise<T>): Promise<T> {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
        return await work();
    } finally {
        Error.stackTraceLimit = limit;
    }
}

/** Runs index.ts on the stack that was mocked last. */
export async function loadProgram(): Promise<ProgramOutputs> {
    Reflect.deleteProperty(require.cache, require.resolve("../../index"));
    const { default: main } = await import("../../index");
    return main();
}

/**
 * The settings of a stack, read as Pulumi reads them. An encrypted value that ends in a Secret, which nobody prints, is
 * a placeholder.
 *
 * @param root Folder of the file.
 * @throws where there is none, where it is no valid YAML, or where what would be printed is encrypted: Pulumi alone can
 * read it.
 */
export function readStackSettings(stack: string, root: string = ROOT): Settings {
    const found = readStackConfig(stack, PROJECT, root);
    if (found === undefined) {
        const name = `Pulumi.${shortName(stack)}.yaml`;
        throw new Error(
            `there is no stack ${stack}: its settings would be in ${name}, as those of dev in Pulumi.dev.yaml`,
        );
    }
    const { config, file: name } = found;
    return Object.fromEntries(
        Object.entries(config)
            .filter(([key]) => key.startsWith(`${PROJECT}:`))
            .map(([key, value]) => [key.slice(PROJECT.length + 1), replaceEncrypted(value, key, name)]),
    );
}

/** A stack cannot be rendered without Pulumi when a setting is encrypted whose text would be printed. */
export class EncryptedSettingError extends Error {}

/** What goes into a Secret and nowhere else. */
const SECRET_SETTINGS = new RegExp(
    `^${PROJECT}:(?:azureMonitor\\.connectionString|destinations\\.[^.]+\\.secretHeaders\\.[^.]+)$`,
);

/** Stands for an encrypted value. Azure's exporter has the strictest form, which a header may have too. */
export const PLACEHOLDER = "InstrumentationKey=Pulumi-alone-can-read-it";

/** The same without encrypted values, which Pulumi writes as `secure: v1:...`. */
function replaceEncrypted(value: unknown, key: string, file: string): unknown {
    if (Array.isArray(value)) {
        return value.map((child, index) => replaceEncrypted(child, `${key}[${index}]`, file));
    }
    if (!isRecord(value)) {
        return value;
    }
    if (typeof value.secure !== "string") {
        return Object.fromEntries(
            Object.entries(value).map(([name, child]) => [name, replaceEncrypted(child, `${key}.${name}`, file)]),
        );
    }
    if (!SECRET_SETTINGS.test(key)) {
        throw new EncryptedSettingError(`${key} is encrypted in ${file}, and Pulumi alone can read it`);
    }
    return PLACEHOLDER;
}

/** The settings that have encrypted values, as Pulumi knows them: whole top-level keys. */
function findEncryptedKeys(settings: Settings): string[] {
    return Object.keys(settings).filter((key) => JSON.stringify(settings[key] ?? null).includes(PLACEHOLDER));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isManifest(value: unknown): value is Manifest {
    return (
        isRecord(value) &&
        typeof value.apiVersion === "string" &&
        typeof value.kind === "string" &&
        isRecord(value.metadata) &&
        typeof value.metadata.name === "string"
    );
}
