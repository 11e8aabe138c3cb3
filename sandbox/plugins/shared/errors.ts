import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { JsonObject } from "./json";
import { toStruct } from "./properties";

/** The resource exists but did not become ready: Pulumi keeps it in its state and tries again at the next update. */
export class InitError extends Error {
    constructor(
        message: string,
        readonly id: string,
        readonly properties: JsonObject,
        readonly reasons: readonly string[],
        /** What the program asked for, as a refresh found it; undefined leaves the state's inputs as they are. */
        readonly inputs?: JsonObject,
    ) {
        super(message);
        this.name = "InitError";
    }
}

/** What gRPC sends for an error. Its code is always UNKNOWN: others have a meaning of their own to the engine. */
export function toServiceError(error: unknown): ServiceError {
    const cause = error instanceof Error ? error : new Error(String(error));
    const metadata = new Metadata();
    if (cause instanceof InitError) {
        metadata.set("grpc-status-details-bin", Buffer.from(statusOf(cause).serializeBinary()));
    }
    return Object.assign(new Error(cause.message), { code: status.UNKNOWN, details: cause.message, metadata });
}

function statusOf(error: InitError): Status {
    const detail = new ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(toStruct(error.properties));
    detail.setReasonsList([...error.reasons]);
    if (error.inputs !== undefined) {
        detail.setInputs(toStruct(error.inputs));
    }
    const any = new Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    return new Status().setCode(status.UNKNOWN).setMessage(error.message).setDetailsList([any]);
}
