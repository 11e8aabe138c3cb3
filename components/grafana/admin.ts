import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";

/** Names of the files in the Secret. */
export const ADMIN_FILES = { password: "admin-password", secretKey: "secret-key" } as const;

export interface AdminSecretArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
    /** Another number makes other passwords, and rolls the pods. */
    readonly generation: number;
}

export interface AdminSecret {
    /** Name of the Secret. */
    readonly name: pulumi.Output<string>;
    /** The administrator's password; secret. */
    readonly password: pulumi.Output<string>;
}

/**
 * The administrator's password and the key that signs sessions, both generated: Grafana's own defaults are known to
 * everybody. Immutable and named after the generation, so that the old one stays until the pods have rolled.
 */
export function adminSecret(
    name: string,
    { namespace, labels, generation }: AdminSecretArgs,
    opts: pulumi.CustomResourceOptions,
): AdminSecret {
    // Marked here too: the provider's own mark comes from the engine alone.
    const generated = (what: string, length: number) =>
        // Letters and digits, which need no quotes in a shell or a URL.
        pulumi.secret(
            new RandomPassword(
                `${name}-${what}`,
                { length, special: false, keepers: { generation: `${generation}` } },
                opts,
            ).result,
        );
    const password = generated(ADMIN_FILES.password, 24);
    const secretKey = generated(ADMIN_FILES.secretKey, 40);
    const secretName = `${name}-admin-${generation}`;
    const secret = new Secret(
        secretName,
        {
            metadata: { name: secretName, namespace, labels },
            stringData: { [ADMIN_FILES.password]: password, [ADMIN_FILES.secretKey]: secretKey },
            immutable: true,
        },
        opts,
    );
    return { name: secret.metadata.name, password };
}
