import * as fs from "node:fs";
import * as path from "node:path";
import { isRecord } from "../../config/types/raw";
import { parseYaml } from "./parse-yaml";

/** Pulumi.yaml, as far as it determines the configuration of a stack. */
export interface ProjectFile {
    /** Folder of the stack files. */
    readonly stackFolder: string;
    /** Values and defaults by full key. A declaration without either requires a value in the stack file. */
    readonly declarations: Readonly<Record<string, Declaration>>;
}

/** A key in `config` of Pulumi.yaml. */
export interface Declaration {
    readonly value?: unknown;
    readonly type?: ConfigType;
}

const CONFIG_TYPES = {
    string: (value: unknown) => typeof value !== "object",
    boolean: (value: unknown) => value === true || value === false || value === "true" || value === "false",
    integer: (value: unknown) => /^[-+]?\d+$/.test(String(value)),
    array: (value: unknown) => Array.isArray(value),
    object: isRecord,
} as const;
type ConfigType = keyof typeof CONFIG_TYPES;

const NAME = "Pulumi.yaml";
const FIELDS = ["type", "description", "secret", "default", "value", "items"];

/**
 * Reads Pulumi.yaml as Pulumi does.
 *
 * @param root Folder of Pulumi.yaml. Without the file, the stack files are in the folder itself.
 * @throws when Pulumi rejects the file, or reads a value in a way that this function does not know.
 */
export function readProjectFile(root: string, project: string): ProjectFile {
    const file = path.join(root, NAME);
    const content = fs.existsSync(file) ? parseYaml(fs.readFileSync(file, "utf8"), NAME, { rejectDates: true }) : {};
    const { config, stackConfigDir } = isRecord(content) ? content : {};
    // A text in `config` is the former name of `stackConfigDir`.
    const folder = typeof stackConfigDir === "string" ? stackConfigDir : typeof config === "string" ? config : "";
    return {
        stackFolder: path.join(root, folder),
        declarations: isRecord(config) ? readDeclarations(config, project) : {},
    };
}

function readDeclarations(
    config: Readonly<Record<string, unknown>>,
    project: string,
): Readonly<Record<string, Declaration>> {
    return Object.fromEntries(
        Object.entries(addProjectName(config, project, NAME)).map(([key, declaration]) => [
            key,
            readDeclaration(key, declaration, project),
        ]),
    );
}

function readDeclaration(key: string, declaration: unknown, project: string): Declaration {
    const reject = (reason: string): never => {
        throw new Error(`${NAME}: config ${key} ${reason}`);
    };
    if (declaration === null || declaration === undefined) {
        return reject("must not be empty");
    }
    if (!isRecord(declaration)) {
        return { value: declaration };
    }
    const unknown = Object.keys(declaration).filter((field) => !FIELDS.includes(field));
    if (unknown.length > 0) {
        reject(`has the unknown field ${unknown.join(", ")}; put a map below \`value\``);
    }
    const { default: fallback, items, type } = declaration;
    const value = declaration.value ?? fallback ?? undefined;
    if (type !== undefined && !isConfigType(type)) {
        return reject(`has an unknown type; must be one of ${Object.keys(CONFIG_TYPES).join(", ")}`);
    }
    if (declaration.value !== undefined && fallback !== undefined) {
        reject("has both `value` and `default`; remove one");
    }
    if (!key.startsWith(`${project}:`) && (fallback !== undefined || type !== undefined)) {
        reject("belongs to another project; use `value`, and remove `type` and `default`");
    }
    if (type === "array" && items === undefined) {
        reject("has type array; `items` must have the type of the elements");
    }
    if (containsEncrypted(value)) {
        reject("is encrypted, which Pulumi supports only in stack files");
    }
    const read: Declaration = { ...(value === undefined ? {} : { value }), ...(type === undefined ? {} : { type }) };
    requireType(key, value, read, NAME);
    return read;
}

/** @throws when the value does not have the type that Pulumi.yaml declares. */
export function requireType(key: string, value: unknown, { type }: Declaration, file: string): void {
    const isEncrypted = isRecord(value) && typeof value.secure === "string";
    if (type !== undefined && value !== undefined && !isEncrypted && !CONFIG_TYPES[type](value)) {
        throw new Error(`${file}: config ${key} must have the type ${type}, which ${NAME} declares`);
    }
}

function isConfigType(type: unknown): type is ConfigType {
    return typeof type === "string" && Object.hasOwn(CONFIG_TYPES, type);
}

function containsEncrypted(value: unknown): boolean {
    return isRecord(value)
        ? typeof value.secure === "string" || Object.values(value).some(containsEncrypted)
        : Array.isArray(value) && value.some(containsEncrypted);
}

/**
 * Adds the project's name to keys without one.
 *
 * @throws when Pulumi does not accept a key, or when two keys are the same setting.
 */
export function addProjectName(
    config: Readonly<Record<string, unknown>>,
    project: string,
    file: string,
): Record<string, unknown> {
    const qualified: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(config)) {
        const name = qualifyKey(key, project, file);
        if (Object.hasOwn(qualified, name)) {
            throw new Error(`${file}: config sets ${name} twice, with and without the project's name; remove one`);
        }
        qualified[name] = value;
    }
    return qualified;
}

/** Pulumi's former format has `config` between the project's name and the key. */
function qualifyKey(key: string, project: string, file: string): string {
    const parts = key.split(":");
    const [namespace = "", middle, name] = parts;
    if (parts.length === 1) {
        return `${project}:${key}`;
    }
    if (parts.length === 3 && middle === "config") {
        return `${namespace}:${name ?? ""}`;
    }
    if (parts.length !== 2) {
        throw new Error(`${file}: config ${key} must be a key such as ${project}:size`);
    }
    return key;
}
