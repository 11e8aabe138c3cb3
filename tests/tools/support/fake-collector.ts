import * as grpc from "@grpc/grpc-js";
import { type FakeServer, startHttpServer, type Reply } from "./fake-server";

/** Every OTLP request that a fake collector took, as bytes, which contain the ids unchanged. */
export class ReceivedRequests {
    private readonly bodies: Buffer[] = [];

    constructor(private readonly onAdd: (body: Buffer) => void = () => undefined) {}

    add(body: Buffer): void {
        this.bodies.push(body);
        this.onAdd(body);
    }

    has(id: string): boolean {
        return this.bodies.some((body) => body.includes(id));
    }

    /**
     * A trace id is bytes in protobuf and hexadecimal in JSON.
     *
     * @param text What the body must include too, because log records have trace ids as well.
     */
    bodyOfTrace(traceId: string, text = ""): Buffer | undefined {
        return this.bodies
            .filter((body) => body.includes(text))
            .find((body) => body.includes(Buffer.from(traceId, "hex")) || body.includes(traceId));
    }

    get count(): number {
        return this.bodies.length;
    }
}

export function startOtlpHttp(received: ReceivedRequests, rejectWith?: () => Reply | undefined): Promise<FakeServer> {
    return startHttpServer((_path, body) => {
        const rejection = rejectWith?.();
        if (rejection !== undefined) {
            return rejection;
        }
        received.add(body);
        return { body: {} };
    });
}

const SERVICES = [
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
];

const bytes = (value: Buffer): Buffer => value;

function createMethod(path: string): grpc.MethodDefinition<Buffer, Buffer> {
    return {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: bytes,
        requestDeserialize: bytes,
        responseSerialize: bytes,
        responseDeserialize: bytes,
    };
}

/** @param rejectWith the gRPC status to refuse a request with, if it is to be refused */
export async function startOtlpGrpc(
    received: ReceivedRequests,
    rejectWith?: () => grpc.status | undefined,
): Promise<FakeServer> {
    const server = new grpc.Server();
    const handler: grpc.handleUnaryCall<Buffer, Buffer> = ({ request }, reply) => {
        const code = rejectWith?.();
        if (code !== undefined) {
            reply({ code, details: "refused by the test" });
            return;
        }
        received.add(request);
        reply(null, Buffer.alloc(0));
    };
    for (const path of SERVICES) {
        server.addService({ Export: createMethod(path) }, { Export: handler });
    }
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
            if (error === null) {
                resolve(bound);
            } else {
                reject(error);
            }
        });
    });
    const close = (): Promise<void> => {
        server.forceShutdown();
        return Promise.resolve();
    };
    return { url: `http://127.0.0.1:${port}`, port, close };
}
