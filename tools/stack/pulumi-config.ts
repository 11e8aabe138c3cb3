import { execaSync } from "execa";
import * as z from "zod";

/** Output of `pulumi config --json`. A secret has no value without `--show-secrets`. */
const configSchema = z.record(
    z.string(),
    z.object({ value: z.string().optional(), objectValue: z.unknown().optional(), secret: z.boolean() }),
);

/**
 * Asks the Pulumi CLI for the configuration of a stack, with the values of its environments. Does not decrypt values.
 *
 * @param file Name of the stack file, for messages.
 * @param root Folder of Pulumi.yaml.
 * @throws when Pulumi is missing or does not answer, or when a setting of this project contains a secret.
 */
export function readPulumiConfig(stack: string, file: string, root: string): Readonly<Record<string, unknown>> {
    const { failed, stderr, stdout } = execaSync(
        "pulumi",
        ["config", "--json", "--non-interactive", "--stack", stack],
        {
            cwd: root,
            reject: false,
        },
    );
    if (failed) {
        const reason = stderr ? stderr.trim() : "the command pulumi is missing";
        throw new Error(
            `${file}: \`environment\` imports values that only Pulumi can read, and Pulumi does not answer: ${reason}`,
        );
    }
    const config = configSchema.parse(JSON.parse(stdout));
    return Object.fromEntries(
        Object.entries(config).flatMap(([key, { objectValue, secret, value }]) => {
            if (secret) {
                return [[key, { secure: "" }]];
            }
            return value === undefined ? [] : [[key, objectValue ?? value]];
        }),
    );
}
