import type * as pulumi from "@pulumi/pulumi";
import { requireStackOutput } from "../../components/stack/stack-reference";

/** The types of outputs in another program. Checked by tsc (`make lint`); nothing here runs. */

declare const stack: pulumi.StackReference;

export const env: pulumi.Output<Readonly<Record<string, string>>> = requireStackOutput(stack, "applicationEnv");
export const user: pulumi.Output<string> = requireStackOutput(stack, "grafanaAdmin").user;
export const mode: pulumi.Output<"memory" | "disk"> = requireStackOutput(stack, "durability").mode;

// @ts-expect-error there is no such output
export const misspelt = requireStackOutput(stack, "applicationEnvironment");
// @ts-expect-error it is a list
export const hosts: pulumi.Output<string> = requireStackOutput(stack, "secureOtlp").hosts;
