import type { CollectorSettings, SecureOtlpSettings } from "../../../config/schema/schema";
import { maxConcurrentStreams } from "../../../config/model/memory";
import { parseBytes, bytesToMiB } from "../../../config/types/units";
import { goDuration } from "../../telemetry/go-duration";
import { bindAll } from "../../kubernetes/endpoint";
import { renderServerSecurity } from "./secure-listener";
import { COLLECTOR_PORTS } from "./ports";
import type { GrpcServer, HttpServer, ServerSecurity, ReceiverId, Receivers } from "./types/collector-config";

export interface ReceiverArgs extends Pick<CollectorSettings, "receiver" | "resources"> {
    /** The secure OTLP listener. Undefined creates no such listener. */
    readonly secureOtlp?: SecureOtlpSettings | undefined;
    /**
     * `traces` for the trace tier, which accepts only traces, and only from the ingest tier. Undefined accepts all
     * signals.
     */
    readonly tier?: "traces";
}

const OTLP_RECEIVER = "otlp" satisfies ReceiverId;
const TRACE_TIER_RECEIVER = "otlp/trace-tier" satisfies ReceiverId;
const SECURE_RECEIVER = "otlp/secure" satisfies ReceiverId;

export function receiverIds({ secureOtlp, tier }: ReceiverArgs): readonly ReceiverId[] {
    if (tier === "traces") {
        return [TRACE_TIER_RECEIVER];
    }
    return secureOtlp ? [OTLP_RECEIVER, SECURE_RECEIVER] : [OTLP_RECEIVER];
}

/** Renders one receiver for each listener, because authentication applies to a whole receiver. */
export function renderReceivers(args: ReceiverArgs): Receivers {
    const { secureOtlp } = args;
    if (args.tier === "traces") {
        return { [TRACE_TIER_RECEIVER]: { protocols: { grpc: grpcServer(args, COLLECTOR_PORTS.otlpGrpc) } } };
    }
    const plain = {
        grpc: grpcServer(args, COLLECTOR_PORTS.otlpGrpc),
        http: httpServer(args, COLLECTOR_PORTS.otlpHttp),
    };
    return {
        [OTLP_RECEIVER]: { protocols: plain },
        ...(secureOtlp ? { [SECURE_RECEIVER]: secureReceiver(args, secureOtlp) } : {}),
    };
}

function secureReceiver(args: ReceiverArgs, secureOtlp: SecureOtlpSettings): Receivers["otlp"] {
    const security = renderServerSecurity(secureOtlp);
    return {
        protocols: {
            ...(secureOtlp.grpc.enabled ? { grpc: grpcServer(args, COLLECTOR_PORTS.secureGrpc, security) } : {}),
            http: httpServer(args, COLLECTOR_PORTS.secureHttp, security),
        },
    };
}

function grpcServer({ receiver, resources }: ReceiverArgs, port: number, security: ServerSecurity = {}): GrpcServer {
    return {
        endpoint: bindAll(port),
        max_recv_msg_size_mib: bytesToMiB(parseBytes(receiver.maxRequestSize)),
        max_concurrent_streams: maxConcurrentStreams(resources.limits.memory, receiver.maxRequestSize),
        keepalive: {
            server_parameters: {
                // A connection without an age limit would stay on its pod, and new replicas would get no traffic.
                max_connection_age: goDuration(receiver.maxConnectionAge),
                max_connection_age_grace: "30s",
                max_connection_idle: "2m",
                // The default of two hours would keep connections of dead clients for too long.
                time: "1m",
                timeout: "20s",
            },
            // The interval of the Collector's own exporter. By default, the server disconnects clients that ping more
            // than once in five minutes.
            enforcement_policy: { min_time: "10s", permit_without_stream: true },
        },
        ...security,
    };
}

function httpServer({ receiver }: ReceiverArgs, port: number, security: ServerSecurity = {}): HttpServer {
    return {
        endpoint: bindAll(port),
        max_request_body_size: parseBytes(receiver.maxRequestSize),
        // The encodings that OTLP requires. The default also accepts zstd, for which the Collector allocates up to 512
        // MiB before it knows the size of the content.
        compression_algorithms: ["", "gzip"],
        read_timeout: goDuration(receiver.readTimeout),
        read_header_timeout: "10s",
        write_timeout: "30s",
        keepalive: { idle_timeout: "1m" },
        ...security,
    };
}
