import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** A file of the user next to the stack files. */
const EXTENSION_FILE = "extend.ts";
const EXPORT = "transformations";

/**
 * Loads the transformations of the user, which change the resources of the stack before they are registered.
 *
 * @param folder Folder of the file, by default that of Pulumi.yaml, in which Pulumi and `make` run the program.
 * @returns none without the file
 * @throws pulumi.RunError when the file does not export them, or cannot be loaded.
 */
export async function loadTransformations(
    folder: string = process.cwd(),
): Promise<readonly pulumi.ResourceTransformation[]> {
    const file = path.join(folder, EXTENSION_FILE);
    if (!fs.existsSync(file)) {
        return [];
    }
    const exported = await loadExports(file);
    const transformations = exported[EXPORT];
    const others = Object.keys(exported).filter(
        (name) => name !== EXPORT && name !== "default" && name !== "__esModule",
    );
    if (!isListOfFunctions(transformations) || others.length > 0) {
        const found = others.length > 0 ? ` (got ${others.join(", ")})` : "";
        throw new pulumi.RunError(
            `${EXTENSION_FILE} must export ${EXPORT}, a list of functions, and nothing else${found}; see docs/how-to/extend.md`,
        );
    }
    return transformations;
}

async function loadExports(file: string): Promise<Readonly<Record<string, unknown>>> {
    try {
        return (await import(file)) as Readonly<Record<string, unknown>>;
    } catch (error) {
        throw new pulumi.RunError(
            `${EXTENSION_FILE} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
        );
    }
}

function isListOfFunctions(value: unknown): value is readonly pulumi.ResourceTransformation[] {
    return Array.isArray(value) && value.every((item) => typeof item === "function");
}
