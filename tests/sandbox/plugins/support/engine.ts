import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { JsonObject } from "../../../../sandbox/plugins/shared/json";
import { fromStruct, toStruct } from "../../../../sandbox/plugins/shared/properties";
import type { Provider } from "../../../../sandbox/plugins/shared/provider";
import { type RunningServer, startServer } from "../../../../sandbox/plugins/shared/server";

type Callback<Response> = (error: ServiceError | null, response: Response) => void;

/** Calls a provider as Pulumi's engine does: over gRPC. */
export class Engine {
    private constructor(
        private readonly server: RunningServer,
        readonly client: ResourceProviderClient,
    ) {}

    static async start(provider: Provider): Promise<Engine> {
        const server = await startServer(provider);
        return new Engine(server, new ResourceProviderClient(`127.0.0.1:${server.port}`, credentials.createInsecure()));
    }

    stop(): void {
        this.client.close();
        this.server.stop();
    }

    async configure(args: JsonObject): Promise<rpc.ConfigureResponse> {
        const request = new rpc.ConfigureRequest().setArgs(toStruct(args)).setAcceptsecrets(true);
        return await call<rpc.ConfigureResponse>((done) => this.client.configure(request, done));
    }

    async check(urn: string, news: JsonObject): Promise<{ inputs: JsonObject; failures: string[] }> {
        const request = new rpc.CheckRequest().setUrn(urn).setNews(toStruct(news));
        const response = await call<rpc.CheckResponse>((done) => this.client.check(request, done));
        const failures = response
            .getFailuresList()
            .map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
        return { inputs: fromStruct(response.getInputs()), failures };
    }

    async diff(urn: string, id: string, old: Resource, news: JsonObject): Promise<rpc.DiffResponse> {
        const request = new rpc.DiffRequest()
            .setUrn(urn)
            .setId(id)
            .setOldInputs(toStruct(old.inputs))
            .setOlds(toStruct(old.outputs))
            .setNews(toStruct(news));
        return await call<rpc.DiffResponse>((done) => this.client.diff(request, done));
    }

    async create(urn: string, inputs: JsonObject, preview = false, timeout = 0): Promise<Resource> {
        const request = new rpc.CreateRequest()
            .setUrn(urn)
            .setProperties(toStruct(inputs))
            .setPreview(preview)
            .setTimeout(timeout);
        const response = await call<rpc.CreateResponse>((done) => this.client.create(request, done));
        return { id: response.getId(), inputs, outputs: fromStruct(response.getProperties()) };
    }

    async update(urn: string, old: Resource, news: JsonObject): Promise<JsonObject> {
        const request = new rpc.UpdateRequest()
            .setUrn(urn)
            .setId(old.id)
            .setOldInputs(toStruct(old.inputs))
            .setOlds(toStruct(old.outputs))
            .setNews(toStruct(news));
        return fromStruct(
            (await call<rpc.UpdateResponse>((done) => this.client.update(request, done))).getProperties(),
        );
    }

    async read(urn: string, old: Resource): Promise<Resource> {
        const request = new rpc.ReadRequest()
            .setUrn(urn)
            .setId(old.id)
            .setInputs(toStruct(old.inputs))
            .setProperties(toStruct(old.outputs));
        const response = await call<rpc.ReadResponse>((done) => this.client.read(request, done));
        return {
            id: response.getId(),
            inputs: fromStruct(response.getInputs()),
            outputs: fromStruct(response.getProperties()),
        };
    }

    async delete(urn: string, old: Resource): Promise<void> {
        const request = new rpc.DeleteRequest()
            .setUrn(urn)
            .setId(old.id)
            .setOldInputs(toStruct(old.inputs))
            .setProperties(toStruct(old.outputs));
        await call<Empty>((done) => this.client.delete(request, done));
    }

    async cancel(): Promise<void> {
        await call<Empty>((done) => this.client.cancel(new Empty(), done));
    }
}

export interface Resource {
    readonly id: string;
    readonly inputs: JsonObject;
    readonly outputs: JsonObject;
}

function call<Response>(start: (done: Callback<Response>) => unknown): Promise<Response> {
    return new Promise((resolve, reject) => {
        start((error, response) => {
            if (error === null) {
                resolve(response);
            } else {
                reject(error);
            }
        });
    });
}

/** The error that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<ServiceError> {
    const outcome = await call.then(
        () => undefined,
        (error: unknown) => error,
    );
    if (!(outcome instanceof Error) || !isServiceError(outcome)) {
        throw new Error("the call should have failed");
    }
    return outcome;
}

function isServiceError(error: Error): error is ServiceError {
    return "metadata" in error && "code" in error;
}

/** What an error says of a resource that exists but is not ready, as the engine reads it. */
export function initFailure(error: ServiceError): { id: string; properties: JsonObject; reasons: string[] } {
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    if (!(bytes instanceof Uint8Array)) {
        throw new Error(`no details in: ${error.message}`);
    }
    const [any] = Status.deserializeBinary(bytes).getDetailsList();
    const detail = any?.unpack((data) => rpc.ErrorResourceInitFailed.deserializeBinary(data), any.getTypeName());
    if (detail === null || detail === undefined || any?.getTypeName() !== "pulumirpc.ErrorResourceInitFailed") {
        throw new Error(`other details in: ${error.message}`);
    }
    return { id: detail.getId(), properties: fromStruct(detail.getProperties()), reasons: detail.getReasonsList() };
}
