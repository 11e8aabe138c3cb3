import type { CollectorSettings, GuardSettings } from "../../config/schema";
import { concurrentStreams } from "../../config/sizing";
import { bytesOf, toMiB } from "../../config/units";
import { goDuration } from "../shared/duration";
import { everywhere } from "../shared/endpoint";
import { protectionOf } from "./guard";
import { COLLECTOR_PORTS } from "./ports";
import type { GrpcServer, HttpServer, Protection, ReceiverId, Receivers } from "./types";

export interface ReceiverArgs extends Pick<CollectorSettings, "receiver" | "resources"> {
    /** How senders outside the Namespace are let in; left out, they are not. */
    readonly guard?: GuardSettings;
    /** Of the second tier, which takes traces from the first one alone; left out, everything from everybody. */
    readonly tier?: "traces";
}

const PLAIN = "otlp" satisfies ReceiverId;
const BALANCED = "otlp/balanced" satisfies ReceiverId;
const GUARDED = "otlp/guarded" satisfies ReceiverId;

/** The receivers that every pipeline begins with. */
export function receiverIds({ guard, tier }: ReceiverArgs): readonly ReceiverId[] {
    if (tier === "traces") {
        return [BALANCED];
    }
    return guard ? [PLAIN, GUARDED] : [PLAIN];
}

/** A listener each, as authentication is one for all that a receiver takes. */
export function receiversOf(args: ReceiverArgs): Receivers {
    const { guard } = args;
    if (args.tier === "traces") {
        return { [BALANCED]: { protocols: { grpc: grpcServer(args, COLLECTOR_PORTS.otlpGrpc) } } };
    }
    const plain = {
        grpc: grpcServer(args, COLLECTOR_PORTS.otlpGrpc),
        http: httpServer(args, COLLECTOR_PORTS.otlpHttp),
    };
    return { [PLAIN]: { protocols: plain }, ...(guard ? { [GUARDED]: guardedReceiver(args, guard) } : {}) };
}

function guardedReceiver(args: ReceiverArgs, guard: GuardSettings): Receivers["otlp"] {
    const protection = protectionOf(guard);
    return {
        protocols: {
            ...(guard.grpc.enabled ? { grpc: grpcServer(args, COLLECTOR_PORTS.guardedGrpc, protection) } : {}),
            http: httpServer(args, COLLECTOR_PORTS.guardedHttp, protection),
        },
    };
}

function grpcServer({ receiver, resources }: ReceiverArgs, port: number, protection: Protection = {}): GrpcServer {
    return {
        endpoint: everywhere(port),
        max_recv_msg_size_mib: toMiB(bytesOf(receiver.maxMessageSize)),
        max_concurrent_streams: concurrentStreams(resources.limits.memory, receiver.maxMessageSize),
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
        ...protection,
    };
}

function httpServer({ receiver }: ReceiverArgs, port: number, protection: Protection = {}): HttpServer {
    return {
        endpoint: everywhere(port),
        max_request_body_size: bytesOf(receiver.maxMessageSize),
        // What OTLP asks for. A header of zstd, which is taken too by default, makes the Collector set 512 MiB aside
        // before it has seen how little there is to unpack.
        compression_algorithms: ["", "gzip"],
        read_timeout: goDuration(receiver.readTimeout),
        read_header_timeout: "10s",
        write_timeout: "30s",
        keepalive: { idle_timeout: "1m" },
        ...protection,
    };
}
