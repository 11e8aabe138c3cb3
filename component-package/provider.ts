import * as pulumi from "@pulumi/pulumi";
import * as provider from "@pulumi/pulumi/provider";
import { OtelStack } from "../components/stack/otel-stack";
import { COMPONENT_TYPE } from "../components/stack/state";
import { assertUpdateIsSafe } from "../components/stack/update-checks";
import { PACKAGE_NAME, PACKAGE_VERSION, renderPackageSchema } from "./schema";

/** Creates OtelStack for a program in any language. */
export class OtelStackProvider implements provider.Provider {
    readonly version = PACKAGE_VERSION;

    /** @returns Pulumi's schema of the package, for the generators of SDKs. */
    getSchema(): Promise<string> {
        return Promise.resolve(renderPackageSchema());
    }

    /** @throws pulumi.RunError with all issues of the arguments, before any resource is registered. */
    async construct(
        name: string,
        type: string,
        inputs: pulumi.Inputs,
        options: pulumi.ComponentResourceOptions,
    ): Promise<provider.ConstructResult> {
        if (type !== COMPONENT_TYPE) {
            throw new pulumi.RunError(`${PACKAGE_NAME} has no resource ${type}; its only one is ${COMPONENT_TYPE}`);
        }
        const args = await resolveArgs(name, inputs);
        await assertUpdateIsSafe(args, {
            component: name,
            // The kubeconfig of a provider in the program is not known here.
            ...(hasKubernetesProvider(options) ? { cluster: "unknown" } : {}),
        });
        const { outputs, urn } = new OtelStack(name, args, options);
        return { urn, state: { ...outputs } };
    }
}

/** Serves the package until Pulumi ends the process. */
export function startProvider(args: readonly string[]): Promise<void> {
    return provider.main(new OtelStackProvider(), [...args]);
}

/**
 * Waits for the values of the arguments. Secrets become plain: the component marks them again.
 *
 * @throws pulumi.RunError with the arguments that depend on a resource that does not exist yet.
 */
async function resolveArgs(name: string, inputs: pulumi.Inputs): Promise<Record<string, unknown>> {
    const entries = await Promise.all(
        Object.entries(inputs).map(async ([key, input]) => [key, await readOutput(pulumi.output(input))] as const),
    );
    const unknown = entries.filter(([, value]) => pulumi.containsUnknowns(value)).map(([key]) => key);
    if (unknown.length > 0) {
        throw new pulumi.RunError(
            `the arguments of OtelStack ${name} must be known before any resource is created: ${unknown.join(", ")} ` +
                "depends on an output of a new resource. Use a constant or a configuration value instead: all objects " +
                "of the stack are computed from the arguments",
        );
    }
    return Object.fromEntries(entries);
}

/** @returns the value, with unknown values in it. Pulumi exports no function for this. */
function readOutput(output: pulumi.Output<unknown>): Promise<unknown> {
    return (output as unknown as { promise(withUnknowns: boolean): Promise<unknown> }).promise(true);
}

function hasKubernetesProvider({ providers = {} }: pulumi.ComponentResourceOptions): boolean {
    return Array.isArray(providers) || providers.kubernetes !== undefined;
}
