import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { TOKEN_SECRET_KEYS } from "../../config/model/existing-secrets";
import type { SecureOtlpSettings } from "../../config/schema/schema";
import { createRandomSecret } from "../kubernetes/random-secret";
import { parseObjectName } from "../kubernetes/resource-names";

/** 238 bits of entropy. */
const TOKEN_LENGTH = 40;

type TokenSettings = SecureOtlpSettings["token"];

export interface TokenSecretArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
    readonly token: TokenSettings;
}

/** Name of the Secret. That of a generated one contains the token versions, so that a change rolls the pods. */
export function tokenSecretName(name: string, token: TokenSettings): string {
    return token.secretName ?? `${name}-tokens-${[...validVersions(token)].reverse().join("-")}`;
}

/**
 * Creates an immutable Secret with the valid tokens, unless the user has created one. A rotation creates a new Secret,
 * and the old one stays until the roll-out is complete.
 *
 * @returns the name of the Secret
 */
export function createTokenSecret(
    name: string,
    { namespace, labels, token }: TokenSecretArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Input<string> {
    if (token.secretName !== undefined) {
        return token.secretName;
    }
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
                [TOKEN_SECRET_KEYS.current]: pulumi.all(tokens).apply(([current = ""]) => current),
                [TOKEN_SECRET_KEYS.valid]: pulumi.all(tokens).apply((all) => all.map((text) => `${text}\n`).join("")),
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
