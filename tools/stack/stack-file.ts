import * as fs from "node:fs";
import * as path from "node:path";
import { isRecord } from "../../config/types/raw";
import { parseYaml } from "./parse-yaml";
import { type Declaration, addProjectName, readProjectFile, requireType } from "./project-file";
import { readPulumiConfig } from "./pulumi-config";

/** Name of the project in Pulumi.yaml. */
export const PROJECT_NAME = "otel-stack";

/** The configuration of a stack, merged from the stack file and Pulumi.yaml. */
export interface StackConfig {
    /** Name of the stack file, for messages. */
    readonly file: string;
    /** Values by full key, for example `otel-stack:size`. Encrypted values are objects with the key `secure`. */
    readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Reads the configuration of a stack as Pulumi does. Values of the stack file override `config` of Pulumi.yaml. A key
 * without a project name belongs to this project. If the stack file imports an `environment`, asks Pulumi.
 *
 * @param stack Name of the stack, or its full name, for example `organization/otel-stack/dev`.
 * @param root Folder of Pulumi.yaml.
 * @returns undefined when the stack has no file
 * @throws when Pulumi rejects a file, or when the stack file uses `environment` and Pulumi does not answer.
 */
export function readStackConfig(stack: string, root: string): StackConfig | undefined {
    const name = `Pulumi.${shortName(stack)}.yaml`;
    const { declarations, stackFolder } = readProjectFile(root, PROJECT_NAME);
    const file = path.join(stackFolder, name);
    if (!fs.existsSync(file)) {
        return undefined;
    }
    const { config, environment } = readStackFile(file, name);
    if (hasEnvironment(environment)) {
        return { file: name, config: readPulumiConfig(stack, name, root) };
    }
    const stackValues = replaceNulls(addProjectName(config, PROJECT_NAME, name));
    return { file: name, config: mergeDefaults(stackValues, declarations, name) };
}

/** Returns the stack name without organization and project. */
export function shortName(stack: string): string {
    return stack.slice(stack.lastIndexOf("/") + 1);
}

/** Returns the folder of the stack files: `stackConfigDir` of Pulumi.yaml, or the folder of Pulumi.yaml. */
export function findStackFolder(root: string): string {
    return readProjectFile(root, PROJECT_NAME).stackFolder;
}

function readStackFile(
    file: string,
    name: string,
): { readonly config: Readonly<Record<string, unknown>>; readonly environment: unknown } {
    const content = parseYaml(fs.readFileSync(file, "utf8"), name) ?? {};
    if (!isRecord(content)) {
        throw new Error(`${name}: must be a map with the key config`);
    }
    const config = content.config ?? {};
    if (!isRecord(config)) {
        throw new Error(`${name}: config must be a map`);
    }
    return { config, environment: content.environment };
}

/** Whether the stack file imports an environment of Pulumi ESC. An empty list imports none. */
function hasEnvironment(environment: unknown): boolean {
    const isEmptyList = Array.isArray(environment) && environment.length === 0;
    return environment !== undefined && environment !== null && !isEmptyList;
}

/** Pulumi reads a key without a value as an empty text. */
function replaceNulls(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, value ?? ""]));
}

/** Adds the values and defaults in Pulumi.yaml for keys that the stack file does not set. */
function mergeDefaults(
    stackValues: Readonly<Record<string, unknown>>,
    declarations: Readonly<Record<string, Declaration>>,
    file: string,
): Readonly<Record<string, unknown>> {
    const defaults: Record<string, unknown> = {};
    for (const [key, declaration] of Object.entries(declarations)) {
        if (Object.hasOwn(stackValues, key)) {
            requireType(key, stackValues[key], declaration, file);
        } else if (declaration.value === undefined) {
            throw new Error(`Pulumi.yaml declares ${key} without a default, and the stack file has no value for it`);
        } else {
            defaults[key] = declaration.value;
        }
    }
    return { ...defaults, ...stackValues };
}
