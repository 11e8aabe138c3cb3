import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import type * as pulumi from "@pulumi/pulumi";
import { GRAFANA_SECRET_KEYS } from "../../config/model/existing-secrets";
import { createRandomSecret } from "../kubernetes/random-secret";
import { parseObjectName } from "../kubernetes/resource-names";

export interface AdminSecretArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
    /** A new version generates new passwords and rolls the pods. */
    readonly version: number;
}

export interface AdminSecret {
    /** Name of the Secret. */
    readonly name: pulumi.Input<string>;
    /** Undefined if the user created the Secret. */
    readonly password: pulumi.Output<string> | undefined;
}

/**
 * Creates a Secret with the administrator's password and the key that signs sessions. Both are generated, because
 * Grafana's defaults are public. The Secret is immutable and has its version in its name, so that the old one stays
 * until the roll-out is complete.
 */
export function createAdminSecret(
    name: string,
    { namespace, labels, version }: AdminSecretArgs,
    opts: pulumi.CustomResourceOptions,
): AdminSecret {
    const generated = (what: string, length: number) =>
        createRandomSecret(`${name}-${what}`, { length, version }, opts);
    const password = generated(GRAFANA_SECRET_KEYS.password, 24);
    const secretKey = generated(GRAFANA_SECRET_KEYS.secretKey, 40);
    const secretName = `${name}-admin-${version}`;
    const secret = new Secret(
        secretName,
        {
            metadata: { name: parseObjectName(secretName), namespace, labels },
            stringData: { [GRAFANA_SECRET_KEYS.password]: password, [GRAFANA_SECRET_KEYS.secretKey]: secretKey },
            immutable: true,
        },
        opts,
    );
    return { name: secret.metadata.name, password };
}
