import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** What a person sees beside a resource while Pulumi works on it. */
export interface Log {
    /** Replaced by the next one, and gone when the resource is done. */
    status(urn: string, message: string): void;
    info(urn: string, message: string): void;
    warning(urn: string, message: string): void;
}

/** Sends to the engine's own log. Losing a line is no failure of the update. */
export class EngineLog implements Log {
    private readonly client: EngineClient;

    constructor(address: string) {
        this.client = new EngineClient(address, credentials.createInsecure());
    }

    status(urn: string, message: string): void {
        this.send(urn, message, LogSeverity.INFO, true);
    }

    info(urn: string, message: string): void {
        this.send(urn, message, LogSeverity.INFO, false);
    }

    warning(urn: string, message: string): void {
        this.send(urn, message, LogSeverity.WARNING, false);
    }

    private send(urn: string, message: string, severity: LogSeverity, ephemeral: boolean): void {
        const request = new LogRequest();
        request.setSeverity(severity).setMessage(message).setUrn(urn).setEphemeral(ephemeral);
        this.client.log(request, () => undefined);
    }
}
