import * as fs from "node:fs";
import * as path from "node:path";
import { isRecord } from "../../config/types/raw";
import { parseYaml } from "./parse-yaml";

/** The configuration of a stack, merged from the stack file and Pulumi.yaml. */
export interface StackConfig {
    /** Name of the stack file, for messages. */
    readonly file: string;
    /** Values by full key, for example `otel-stack:size`. Encrypted values are objects with the key `secure`. */
    readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Reads the configuration of a stack as Pulumi does. Values of the stack file override `config` of Pulumi.yaml. A key
 * without a project name belongs to this project.
 *
 * @param stack Name of the stack, or its full name, for example `organization/otel-stack/dev`.
 * @param project Name of the project.
 * @param root Folder of Pulumi.yaml.
 * @returns undefined when the stack has no file
 * @throws when a file is not valid YAML, or when the stack file uses `environment`, which requires Pulumi Cloud.
 */
export function readStackConfig(stack: string, project: string, root: string): StackConfig | undefined {
    const name = `Pulumi.${shortName(stack)}.yaml`;
    const file = path.join(findStackFolder(root), name);
    if (!fs.existsSync(file)) {
        return undefined;
    }
    const content = readRecord(file, name);
    if (content.environment !== undefined && content.environment !== null) {
        throw new Error(
            `${name}: \`environment\` imports values from Pulumi ESC, which this tool cannot read; ` +
                "set them in `config`, or use `pulumi preview`",
        );
    }
    const stackValues = isRecord(content.config) ? qualifyKeys(content.config, project) : {};
    return { file: name, config: { ...resolveProjectDefaults(root, project, stackValues), ...stackValues } };
}

/** Returns the stack name without organization and project. */
export function shortName(stack: string): string {
    return stack.slice(stack.lastIndexOf("/") + 1);
}

/** Returns the folder of the stack files: `stackConfigDir` of Pulumi.yaml, or the folder of Pulumi.yaml. */
export function findStackFolder(root: string): string {
    const { stackConfigDir } = readProjectFile(root);
    return typeof stackConfigDir === "string" ? path.join(root, stackConfigDir) : root;
}

function readProjectFile(root: string): Readonly<Record<string, unknown>> {
    const file = path.join(root, "Pulumi.yaml");
    return fs.existsSync(file) ? readRecord(file, "Pulumi.yaml") : {};
}

function readRecord(file: string, name: string): Readonly<Record<string, unknown>> {
    const content = parseYaml(fs.readFileSync(file, "utf8"), name);
    return isRecord(content) ? content : {};
}

function qualifyKeys(config: Readonly<Record<string, unknown>>, project: string): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value]),
    );
}

/** Returns the values and defaults in Pulumi.yaml for keys that the stack file does not set. */
function resolveProjectDefaults(
    root: string,
    project: string,
    stackValues: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
    const { config } = readProjectFile(root);
    const declared = isRecord(config) ? qualifyKeys(config, project) : {};
    return Object.fromEntries(
        Object.entries(declared).flatMap(([key, declaration]) => {
            if (Object.hasOwn(stackValues, key)) {
                return [];
            }
            if (!isRecord(declaration)) {
                return [[key, declaration]];
            }
            const value = declaration.value ?? declaration.default;
            if (value === undefined && declaration.type !== undefined) {
                throw new Error(
                    `Pulumi.yaml declares ${key} without a default, and the stack file has no value for it`,
                );
            }
            return value === undefined ? [] : [[key, value]];
        }),
    );
}
