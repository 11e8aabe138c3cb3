import { pulumiOutput, type Stack } from "./stack";

/** A resource in Pulumi's state of a stack. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    /** URN of the parent. */
    readonly parent?: string;
    /** True for a resource that a replacement has left to delete. */
    readonly delete?: boolean;
    readonly inputs?: {
        readonly apiVersion?: string;
        readonly kind?: string;
        readonly metadata?: { readonly name?: string; readonly namespace?: string };
    };
}

/** An operation that an interrupted update has not completed. */
export interface PendingOperation {
    readonly type: string;
    readonly resource: StateResource;
}

export interface StackState {
    readonly resources: readonly StateResource[];
    readonly pendingOperations: readonly PendingOperation[];
}

/** Reads the state with `pulumi stack export`. A stack that was never deployed has an empty one. */
export async function readState(stack: Stack): Promise<StackState> {
    const { deployment } = JSON.parse(await pulumiOutput(stack, ["stack", "export"])) as {
        readonly deployment: {
            readonly resources?: readonly StateResource[];
            readonly pending_operations?: readonly PendingOperation[];
        };
    };
    return { resources: deployment.resources ?? [], pendingOperations: deployment.pending_operations ?? [] };
}
