import * as fs from "node:fs";
import * as path from "node:path";
import { isRecord } from "../../config/types/raw";
import { parseYaml } from "./parse-yaml";

/** The configuration of a stack, as Pulumi puts it together from the stack file and Pulumi.yaml. */
export interface StackConfig {
    /** Name of the stack file, for messages. */
    readonly file: string;
    /** By full key, such as `otel-stack:size`. Encrypted values are records with `secure`. */
    readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Reads a stack's configuration as Pulumi does: the values of the stack file, then values and defaults in `config` of
 * Pulumi.yaml; a key without a project's name belongs to this project.
 *
 * @param stack Name of the stack, or its full name, such as `organization/otel-stack/dev`.
 * @param project Name of the project.
 * @param root Folder of Pulumi.yaml.
 * @returns undefined where the stack has no file.
 * @throws where a file is no valid YAML, and where it takes values from an environment, which Pulumi Cloud alone knows.
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
            `${name}: \`environment\` takes values from Pulumi's environments, which are not known here; ` +
                "name them under `config`, or use `pulumi preview`",
        );
    }
    const stackValues = isRecord(content.config) ? qualifyKeys(content.config, project) : {};
    return { file: name, config: { ...resolveProjectDefaults(root, project, stackValues), ...stackValues } };
}

/** The last part of a full name. */
export function shortName(stack: string): string {
    return stack.slice(stack.lastIndexOf("/") + 1);
}

/** The folder of the stack files: that of Pulumi.yaml, or `stackConfigDir` in it. */
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

/** What Pulumi.yaml says of the keys that the stack file leaves out. */
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
