import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";

/**
 * A secret that the stack makes up: letters and digits, which need no quotes in a shell, a URL or a header. It stays
 * the same for as long as its name and generation do.
 */
export function createRandomSecret(
    name: string,
    { length, generation }: { readonly length: number; readonly generation: number },
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    // Another name of the keeper, like another value, would make every secret anew.
    const { result } = new RandomPassword(
        name,
        { length, special: false, keepers: { generation: `${generation}` } },
        opts,
    );
    // Marked here too: the provider's own mark comes from the engine alone.
    return pulumi.secret(result);
}
