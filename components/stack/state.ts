import * as pulumi from "@pulumi/pulumi";
import type { StateNamespace } from "../../config/model/namespaces";
import type { StoredData } from "../../config/model/stored-data";

/** The output of index.ts that the next update reads. */
export const STORED_DATA_OUTPUT = "storedData";

/** Undefined for a stack that was never deployed completely, or whose last version did not write the output. */
export async function readStoredData(output: string): Promise<StoredData | undefined> {
    const outputs = await invokeBuiltin("readStackOutputs", { name: qualifiedStackName() });
    return outputs[output] as StoredData | undefined;
}

/** The Namespaces in the state, also after an update that failed. */
export async function readStateNamespaces(): Promise<readonly StateNamespace[]> {
    const resources = await invokeBuiltin("readStackResourceOutputs", { stackName: qualifiedStackName() });
    return Object.entries(resources as Readonly<Record<string, StateResource>>)
        .filter(([, { type }]) => type === NAMESPACE_TYPE)
        .map(([urn, { outputs }]) => ({
            name: outputs.metadata?.name ?? "",
            topLevel: urn.split("::")[2] === NAMESPACE_TYPE,
            managed: outputs.metadata?.annotations?.["pulumi.com/patchForce"] !== undefined,
        }));
}

const NAMESPACE_TYPE = "kubernetes:core/v1:Namespace";

interface StateResource {
    readonly type: string;
    readonly outputs: {
        readonly metadata?: { readonly name?: string; readonly annotations?: Readonly<Record<string, string>> };
    };
}

async function invokeBuiltin(name: string, args: object): Promise<Readonly<Record<string, unknown>>> {
    const { outputs } = (await pulumi.runtime.invoke(`pulumi:pulumi:${name}`, { ...args })) as {
        readonly outputs: Readonly<Record<string, unknown>>;
    };
    return outputs;
}

function qualifiedStackName(): string {
    return `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
}
