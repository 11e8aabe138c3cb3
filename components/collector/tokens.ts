import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import type { SecureOtlpSettings } from "../../config/schema/schema";
import { createRandomSecret } from "../kubernetes/random-secret";
import { parseObjectName } from "../kubernetes/resource-names";

/** Names of the files in the Secret. */
export const TOKEN_FILES = {
    /** The token that senders are to use. */
    current: "token",
    /** All that are valid, one a line, as the Collector reads them. */
    valid: "valid-tokens",
} as const;

/** Beyond all guessing: 238 bits. */
const TOKEN_LENGTH = 40;

type TokenSettings = SecureOtlpSettings["token"];

export interface TokenSecretArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
    readonly token: TokenSettings;
}

/** Name of the Secret: it says which versions it holds, so that another set of them rolls the pods. */
export function tokenSecretName(name: string, token: TokenSettings): string {
    return `${name}-tokens-${[...validVersions(token)].reverse().join("-")}`;
}

/**
 * The tokens that are valid, immutable: a rotation makes a Secret beside the old one, which stays until the pods have
 * rolled.
 *
 * @returns the name of the Secret
 */
export function createTokenSecret(
    name: string,
    { namespace, labels, token }: TokenSecretArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    // A resource for each version, so that one that stays valid is not made anew.
    const tokens = validVersions(token).map((version) =>
        createRandomSecret(`${name}-token-${version}`, { length: TOKEN_LENGTH, generation: version }, opts),
    );
    const secretName = tokenSecretName(name, token);
    const secret = new Secret(
        secretName,
        {
            metadata: { name: parseObjectName(secretName), namespace, labels },
            stringData: {
                [TOKEN_FILES.current]: pulumi.all(tokens).apply(([current = ""]) => current),
                [TOKEN_FILES.valid]: pulumi.all(tokens).apply((all) => all.map((text) => `${text}\n`).join("")),
            },
            immutable: true,
        },
        opts,
    );
    return secret.metadata.name;
}

/** The valid versions, the current one first. */
function validVersions({ version, acceptPrevious }: TokenSettings): readonly number[] {
    return acceptPrevious ? [version, version - 1] : [version];
}
