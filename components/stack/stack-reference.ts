import type * as pulumi from "@pulumi/pulumi";
import type { StackOutputs } from "./outputs";

/** The value of an output in another program, where Pulumi has resolved what was an Output. */
export type StackOutputValue<Name extends keyof StackOutputs> = Resolved<Exclude<StackOutputs[Name], undefined>>;

type Resolved<T> =
    T extends pulumi.Output<infer Value> ? Value : T extends object ? { [Key in keyof T]: Resolved<T[Key]> } : T;

/**
 * Reads an output of a deployed stack in another program, with its type.
 *
 * @throws at the update, if the stack has no such output: those of disabled features are absent.
 *
 * @example
 * ```ts
 * const stack = new pulumi.StackReference("organization/otel-stack/dev");
 * const env = requireStackOutput(stack, "applicationEnv");
 * ```
 */
export function requireStackOutput<Name extends keyof StackOutputs>(
    stack: pulumi.StackReference,
    name: Name,
): pulumi.Output<StackOutputValue<Name>> {
    return stack.requireOutput(name) as pulumi.Output<StackOutputValue<Name>>;
}
