import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { RandomString } from "@pulumi/random/randomString";
import { parseObjectName } from "./resource-names";

const SUFFIX_LENGTH = 8;

export interface ImmutableSecretArgs {
    readonly namespace: pulumi.Input<string>;
    readonly labels: Readonly<Record<string, string>>;
    /** The type of the Secret. By default `Opaque`. */
    readonly type?: string;
    /** Values by key, as Pulumi secrets. */
    readonly data: Readonly<Record<string, pulumi.Output<string>>>;
}

/**
 * Creates an immutable Secret whose name has a random suffix, which changes with the values.
 *
 * A changed value creates another Secret, the pods that read it roll out, and Pulumi then deletes the old one. With a
 * constant name, Pulumi would delete the Secret first, and with it the workload. The suffix is random because anyone
 * could test guesses of a value against its hash. The values that it depends on are encrypted in Pulumi's state.
 *
 * @returns the name of the Secret
 */
export function createImmutableSecret(
    name: string,
    { namespace, labels, type, data }: ImmutableSecretArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const { result: suffix } = new RandomString(
        name,
        { length: SUFFIX_LENGTH, upper: false, special: false, keepers: data },
        // The values are secret inputs. Not every provider keeps the mark in its outputs.
        { ...opts, additionalSecretOutputs: ["keepers"] },
    );
    const secret = new Secret(
        name,
        {
            metadata: { name: pulumi.interpolate`${parseObjectName(name)}-${suffix}`, namespace, labels },
            ...(type === undefined ? {} : { type }),
            stringData: data,
            immutable: true,
        },
        opts,
    );
    return secret.metadata.name;
}
