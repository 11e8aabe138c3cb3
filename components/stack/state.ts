import * as pulumi from "@pulumi/pulumi";
import type { StateNamespace } from "../../config/model/namespaces";
import type { StoredData } from "../../config/model/stored-data";

/** The type of OtelStack in the state. */
export const COMPONENT_TYPE = "otel-stack:index:OtelStack";

/** The output of index.ts that the next update reads. */
export const STORED_DATA_OUTPUT = "storedData";

/** Undefined for a stack that was never deployed completely, or whose last version did not write the output. */
export async function readStoredData(output: string): Promise<StoredData | undefined> {
    const outputs = await invokeBuiltin("readStackOutputs", { name: qualifiedStackName() });
    return outputs[output] as StoredData | undefined;
}

/** Undefined for a component that is not in the state. */
export async function readComponentStoredData(name: string): Promise<StoredData | undefined> {
    const found = (await readStateResources()).find(
        ([urn, { type }]) => type === COMPONENT_TYPE && urn.split("::")[3] === name,
    );
    return found?.[1].outputs.storedData;
}

/** The Namespaces in the state, also after an update that failed. */
export async function readStateNamespaces(): Promise<readonly StateNamespace[]> {
    return (await readStateResources())
        .filter(([, { type }]) => type === NAMESPACE_TYPE)
        .map(([urn, { outputs }]) => ({
            name: outputs.metadata?.name ?? "",
            topLevel: urn.split("::")[2] === NAMESPACE_TYPE,
            managed: outputs.metadata?.annotations?.["pulumi.com/patchForce"] !== undefined,
        }));
}

/** The resources in the state by their URN. */
async function readStateResources(): Promise<readonly (readonly [string, StateResource])[]> {
    const resources = await invokeBuiltin("readStackResourceOutputs", { stackName: qualifiedStackName() });
    return Object.entries(resources as Readonly<Record<string, StateResource>>);
}

const NAMESPACE_TYPE = "kubernetes:core/v1:Namespace";

interface StateResource {
    readonly type: string;
    readonly outputs: {
        readonly storedData?: StoredData;
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
    const organization = findOrganization();
    const stack = pulumi.getStack();
    return organization === undefined ? stack : `${organization}/${pulumi.getProject()}/${stack}`;
}

/** Undefined in a component package under a Pulumi that does not tell it; Pulumi then looks in the current one. */
function findOrganization(): string | undefined {
    try {
        return pulumi.getOrganization();
    } catch {
        return undefined;
    }
}
