import type { JsonObject } from "./json";

/** A provider without its protocol: plain requests in, plain results or errors out. */
export interface Provider {
    readonly name: string;
    /** Of the official plugin that it stands in for. */
    readonly version: string;
    readonly description: string;
    configure(request: ConfigureRequest): Promise<void>;
    check(request: CheckRequest): Promise<CheckResult>;
    diff(request: DiffRequest): Promise<DiffResult>;
    create(request: CreateRequest): Promise<CreateResult>;
    /** Undefined when the resource is gone. */
    read(request: ReadRequest): Promise<ReadResult | undefined>;
    update(request: UpdateRequest): Promise<JsonObject>;
    delete(request: DeleteRequest): Promise<void>;
    /** Ends what is under way as soon as it can. */
    cancel(): void;
}

export interface ConfigureRequest {
    /** May hold unknown values in a preview. */
    readonly args: JsonObject;
}

export interface CheckRequest {
    readonly urn: string;
    readonly olds: JsonObject;
    readonly news: JsonObject;
}

export interface CheckFailure {
    readonly property: string;
    readonly reason: string;
}

export interface CheckResult {
    readonly inputs: JsonObject;
    readonly failures: readonly CheckFailure[];
}

export interface DiffRequest {
    readonly id: string;
    readonly urn: string;
    readonly oldInputs: JsonObject;
    readonly oldOutputs: JsonObject;
    readonly news: JsonObject;
}

export type ChangeKind = "add" | "delete" | "update";

export interface DiffResult {
    /** Property path to how it changed; empty means nothing changed. */
    readonly changes: ReadonlyMap<string, ChangeKind>;
    /** Property paths that cannot change in place; each is also a change. */
    readonly replaces: readonly string[];
    readonly deleteBeforeReplace: boolean;
}

export interface CreateRequest {
    readonly urn: string;
    readonly inputs: JsonObject;
    /** Seconds, from customTimeouts; 0 is none. */
    readonly timeout: number;
    readonly preview: boolean;
}

export interface CreateResult {
    /** Empty in a preview. */
    readonly id: string;
    readonly outputs: JsonObject;
}

export interface ReadRequest {
    readonly id: string;
    readonly urn: string;
    /** Empty for an import. */
    readonly inputs: JsonObject;
    readonly outputs: JsonObject;
}

export interface ReadResult {
    readonly id: string;
    readonly inputs: JsonObject;
    readonly outputs: JsonObject;
}

export interface UpdateRequest {
    readonly id: string;
    readonly urn: string;
    readonly oldInputs: JsonObject;
    readonly oldOutputs: JsonObject;
    readonly news: JsonObject;
    readonly timeout: number;
    readonly preview: boolean;
}

export interface DeleteRequest {
    readonly id: string;
    readonly urn: string;
    readonly inputs: JsonObject;
    readonly outputs: JsonObject;
    readonly timeout: number;
}

/** `urn:pulumi:stack::project::parent$kubernetes:core/v1:Secret::name` to `kubernetes:core/v1:Secret`. */
export function typeOfUrn(urn: string): string {
    return urn.split("::")[2]?.split("$").at(-1) ?? "";
}
