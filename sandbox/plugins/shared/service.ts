import type { handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { diffResponse } from "./diff-response";
import { toServiceError } from "./errors";
import { fromStruct, toStruct } from "./properties";
import type { CheckResult, Provider } from "./provider";
import { configDiff } from "./provider-config";

/** What Pulumi's engine calls, in terms of a Provider. Calls that are not here answer UNIMPLEMENTED. */
export function serviceOf(provider: Provider): UntypedServiceImplementation {
    return { ...configuration(provider), ...resources(provider), ...refusals(provider) };
}

function configuration(provider: Provider): UntypedServiceImplementation {
    return {
        getPluginInfo: unary<Empty, PluginInfo>(() => new PluginInfo().setVersion(provider.version)),
        getSchema: unary<rpc.GetSchemaRequest, rpc.GetSchemaResponse>(() => {
            const { name, version, description } = provider;
            return new rpc.GetSchemaResponse().setSchema(JSON.stringify({ name, version, description }));
        }),
        checkConfig: unary<rpc.CheckRequest, rpc.CheckResponse>((request) =>
            new rpc.CheckResponse().setInputs(toStruct(fromStruct(request.getNews()))),
        ),
        diffConfig: unary<rpc.DiffRequest, rpc.DiffResponse>((request) =>
            diffResponse(configDiff(fromStruct(request.getOldInputs()), fromStruct(request.getNews()))),
        ),
        configure: unary<rpc.ConfigureRequest, rpc.ConfigureResponse>(async (request) => {
            await provider.configure({ args: fromStruct(request.getArgs()) });
            return new rpc.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
        }),
        cancel: unary<Empty, Empty>(() => {
            provider.cancel();
            return new Empty();
        }),
    };
}

function resources(provider: Provider): UntypedServiceImplementation {
    return {
        check: unary<rpc.CheckRequest, rpc.CheckResponse>(async (request) =>
            checkResponse(
                await provider.check({
                    urn: request.getUrn(),
                    olds: fromStruct(request.getOlds()),
                    news: fromStruct(request.getNews()),
                }),
            ),
        ),
        diff: unary<rpc.DiffRequest, rpc.DiffResponse>(async (request) =>
            diffResponse(
                await provider.diff({
                    id: request.getId(),
                    urn: request.getUrn(),
                    oldInputs: fromStruct(request.getOldInputs()),
                    oldOutputs: fromStruct(request.getOlds()),
                    news: fromStruct(request.getNews()),
                }),
            ),
        ),
        create: unary<rpc.CreateRequest, rpc.CreateResponse>(async (request) => {
            const { id, outputs } = await provider.create({
                urn: request.getUrn(),
                inputs: fromStruct(request.getProperties()),
                timeout: request.getTimeout(),
                preview: request.getPreview(),
            });
            return new rpc.CreateResponse().setId(id).setProperties(toStruct(outputs));
        }),
        read: unary<rpc.ReadRequest, rpc.ReadResponse>(async (request) => {
            const found = await provider.read({
                id: request.getId(),
                urn: request.getUrn(),
                inputs: fromStruct(request.getInputs()),
                outputs: fromStruct(request.getProperties()),
            });
            return found === undefined
                ? new rpc.ReadResponse()
                : new rpc.ReadResponse()
                      .setId(found.id)
                      .setInputs(toStruct(found.inputs))
                      .setProperties(toStruct(found.outputs));
        }),
        update: unary<rpc.UpdateRequest, rpc.UpdateResponse>(async (request) => {
            const outputs = await provider.update({
                id: request.getId(),
                urn: request.getUrn(),
                oldInputs: fromStruct(request.getOldInputs()),
                oldOutputs: fromStruct(request.getOlds()),
                news: fromStruct(request.getNews()),
                timeout: request.getTimeout(),
                preview: request.getPreview(),
            });
            return new rpc.UpdateResponse().setProperties(toStruct(outputs));
        }),
        delete: unary<rpc.DeleteRequest, Empty>(async (request) => {
            await provider.delete({
                id: request.getId(),
                urn: request.getUrn(),
                inputs: fromStruct(request.getOldInputs()),
                outputs: fromStruct(request.getProperties()),
                timeout: request.getTimeout(),
            });
            return new Empty();
        }),
    };
}

/** Calls that a program may well make and that deserve a better answer than UNIMPLEMENTED. */
function refusals({ name }: Provider): UntypedServiceImplementation {
    const refuse = (what: string): Error =>
        new Error(`${what} is not served by the sandbox's stand-in for the ${name} plugin: use the official plugin`);
    return {
        invoke: unary<rpc.InvokeRequest, rpc.InvokeResponse>((request) => Promise.reject(refuse(request.getTok()))),
        construct: unary<rpc.ConstructRequest, rpc.ConstructResponse>((request) =>
            Promise.reject(refuse(request.getType())),
        ),
    };
}

function checkResponse({ inputs, failures }: CheckResult): rpc.CheckResponse {
    return new rpc.CheckResponse()
        .setInputs(toStruct(inputs))
        .setFailuresList(
            failures.map(({ property, reason }) => new rpc.CheckFailure().setProperty(property).setReason(reason)),
        );
}

function unary<Request, Response>(
    handle: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
    return (call, callback) => {
        Promise.resolve(call.request)
            .then(handle)
            .then(
                (response) => {
                    callback(null, response);
                },
                (error: unknown) => {
                    callback(toServiceError(error));
                },
            );
    };
}
