import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";

/**
 * Generates a secret of letters and digits, which need no quoting in a shell, a URL or a header. It stays the same
 * while its name and version do.
 */
export function createRandomSecret(
    name: string,
    { length, version }: { readonly length: number; readonly version: number },
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    // Another name of the keeper, like another value, would make every secret anew.
    const { result } = new RandomPassword(
        name,
        { length, special: false, keepers: { generation: `${version}` } },
        opts,
    );
    // Marks the value as a secret. The provider's own mark is set only by the Pulumi engine.
    return pulumi.secret(result);
}
