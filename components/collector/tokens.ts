import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import type { SecureOtlpSettings } from "../../config/schema/schema";
import { createRandomSecret } from "../kubernetes/random-secret";
import { parseObjectName } from "../kubernetes/resource-names";

export const TOKEN_FILES = {
    /** The current token, which clients use. */
    current: "token",
    /** All valid tokens, one per line, as the Collector reads them. */
    valid: "valid-tokens",
} as const;

/** 238 bits of entropy. */
const TOKEN_LENGTH = 40;

type TokenSettings = SecureOtlpSettings["token"];

export interface TokenSecretArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
    readonly token: TokenSettings;
}

/** Name of the Secret. It contains the token versions, so that a change rolls the pods. */
export function tokenSecretName(name: string, token: TokenSettings): string {
    return `${name}-tokens-${[...validVersions(token)].reverse().join("-")}`;
}

/**
 * Creates an immutable Secret with the valid tokens. A rotation creates a new Secret, and the old one stays until the
 * roll-out is complete.
 *
 * @returns the name of the Secret
 */
export function createTokenSecret(
    name: string,
    { namespace, labels, token }: TokenSecretArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    // One resource for each version, so that a rotation keeps the tokens that stay valid.
    const tokens = validVersions(token).map((version) =>
        createRandomSecret(`${name}-token-${version}`, { length: TOKEN_LENGTH, version }, opts),
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

function validVersions({ version, acceptPrevious }: TokenSettings): readonly number[] {
    return acceptPrevious ? [version, version - 1] : [version];
}
