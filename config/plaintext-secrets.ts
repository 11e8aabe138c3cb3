import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { isRecord } from "./types/raw";

/**
 * Whether a setting is in plaintext in the stack file. Pulumi only reports which top-level keys contain a secret: one
 * encrypted value in `destinations` would hide another one that is not encrypted.
 *
 * @param key Path of the setting with the project's name, such as `otel-stack:azureMonitor.connectionString`.
 * @param root Directory of the stack file, by default the program's.
 * @returns undefined if there is no such file or setting, for example with `--config-file`.
 */
export function isPlaintextInStackFile(stack: string, key: string, root: string = process.cwd()): boolean | undefined {
    const file = path.join(root, `Pulumi.${stack}.yaml`);
    if (!fs.existsSync(file)) {
        return undefined;
    }
    const document = parseDocument(fs.readFileSync(file, "utf8"), { merge: true });
    const content: unknown = document.errors.length === 0 ? document.toJS() : undefined;
    const config = isRecord(content) ? content.config : undefined;
    const found = key.split(".").reduce<LookupResult>(
        ({ value, encrypted }, step) => {
            const child = isRecord(value) ? value[step] : undefined;
            return { value: child, encrypted: encrypted || isEncrypted(child) };
        },
        { value: config, encrypted: false },
    );
    return found.encrypted ? false : found.value === undefined ? undefined : true;
}

interface LookupResult {
    readonly value: unknown;
    readonly encrypted: boolean;
}

/** Pulumi writes an encrypted value as `secure: v1:...`. */
function isEncrypted(value: unknown): boolean {
    return isRecord(value) && typeof value.secure === "string";
}
