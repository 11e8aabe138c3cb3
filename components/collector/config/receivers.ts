import type { CollectorSettings, SecureOtlpSettings } from "../../../config/schema/schema";
import { maxConcurrentStreams } from "../../../config/model/memory";
import { parseBytes, bytesToMiB } from "../../../config/types/units";
import { goDuration } from "../../telemetry/go-duration";
import { bindAll } from "../../kubernetes/endpoint";
import { renderServerSecurity } from "./secure-listener";
import { COLLECTOR_PORTS } from "./ports";
import type { GrpcServer, HttpServer, ServerSecurity, ReceiverId, Receivers } from "./types/collector-config";

export interface ReceiverArgs extends Pick<CollectorSettings, "receiver" | "resources"> {
    /** How senders outside the Namespace are let in; left out, they are not. */
    readonly secureOtlp?: SecureOtlpSettings | undefined;
    /** Of the second tier, which takes traces from the first one alone; left out, everything from everybody. */
    readonly tier?: "traces";
}

const OTLP_RECEIVER = "otlp" satisfies ReceiverId;
const TRACE_TIER_RECEIVER = "otlp/trace-tier" satisfies ReceiverId;
const SECURE_RECEIVER = "otlp/secure" satisfies ReceiverId;

/** The receivers that every pipeline begins with. */
export function receiverIds({ secureOtlp, tier }: ReceiverArgs): readonly ReceiverId[] {
    if (tier === "traces") {
        return [TRACE_TIER_RECEIVER];
    }
    return secureOtlp ? [OTLP_RECEIVER, SECURE_RECEIVER] : [OTLP_RECEIVER];
}

/** A listener each, as authentication is one for all that a receiver takes. */
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
                // A connection that never ends would stay with its pod, and a new replica would get nothing to do.
                max_connection_age: goDuration(receiver.maxConnectionAge),
                max_connection_age_grace: "30s",
                max_connection_idle: "2m",
                // By default one whose client is gone without a word stays for two hours.
                time: "1m",
                timeout: "20s",
            },
            // As often as the Collector's own exporter asks: by default, who asks twice within five minutes is disconnected.
            enforcement_policy: { min_time: "10s", permit_without_stream: true },
        },
        ...security,
    };
}

function httpServer({ receiver }: ReceiverArgs, port: number, security: ServerSecurity = {}): HttpServer {
    return {
        endpoint: bindAll(port),
        max_request_body_size: parseBytes(receiver.maxRequestSize),
        // What OTLP asks for. A header of zstd, which is taken too by default, makes the Collector set 512 MiB aside
        // before it has seen how little there is to unpack.
        compression_algorithms: ["", "gzip"],
        read_timeout: goDuration(receiver.readTimeout),
        read_header_timeout: "10s",
        write_timeout: "30s",
        keepalive: { idle_timeout: "1m" },
        ...security,
    };
}
