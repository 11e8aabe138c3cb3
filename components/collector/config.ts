import { type Routes, SIGNALS, type Signal } from "../../config/routes";
import type { CollectorSettings } from "../../config/schema";
import { memoryPlan } from "../../config/sizing";
import { bytesOf, toMiB } from "../../config/units";
import { goDuration } from "../shared/duration";
import { type Backends, EXPORTERS, exportersOf } from "./destinations";
import { assertComplete } from "./graph";
import { COLLECTOR_PORTS } from "./ports";
import type { CollectorConfig, Pipeline } from "./types";

export interface CollectorConfigArgs extends Omit<CollectorSettings, "replicas"> {
    readonly routes: Routes;
    readonly backends: Backends;
}

/**
 * The Collector's configuration file. Pure, so that a test can read it without Pulumi.
 *
 * A signal without a destination has no pipeline: its clients are told, instead of losing what they send.
 */
export function collectorConfig(args: CollectorConfigArgs): CollectorConfig {
    const { routes } = args;
    const config: CollectorConfig = {
        extensions: { health_check: { endpoint: everywhere(COLLECTOR_PORTS.health) } },
        receivers: { otlp: otlpReceiver(args) },
        processors: { memory_limiter: memoryLimiter(args) },
        exporters: exportersOf(routes, args, args.backends),
        service: {
            extensions: ["health_check"],
            telemetry: { metrics: { readers: [ownMetrics()] } },
            pipelines: Object.fromEntries(
                SIGNALS.filter((signal) => routes[signal].length > 0).map((signal) => [
                    signal,
                    pipeline(routes, signal),
                ]),
            ),
        },
    };
    assertComplete(config);
    return config;
}

function pipeline(routes: Routes, signal: Signal): Pipeline {
    return {
        receivers: ["otlp"],
        // First, so that it refuses data before anything else has taken memory for it.
        processors: ["memory_limiter"],
        exporters: routes[signal].map((route) => EXPORTERS[route]),
    };
}

function otlpReceiver({ receiver }: CollectorConfigArgs): CollectorConfig["receivers"]["otlp"] & object {
    return {
        protocols: {
            grpc: {
                endpoint: everywhere(COLLECTOR_PORTS.otlpGrpc),
                max_recv_msg_size_mib: toMiB(bytesOf(receiver.maxMessageSize)),
                // A connection that never ends would stay with its pod, and a new replica would get nothing to do.
                keepalive: { server_parameters: { max_connection_age: "5m", max_connection_age_grace: "30s" } },
            },
            http: {
                endpoint: everywhere(COLLECTOR_PORTS.otlpHttp),
                max_request_body_size: bytesOf(receiver.maxMessageSize),
                read_timeout: goDuration(receiver.readTimeout),
                read_header_timeout: "10s",
            },
        },
    };
}

function memoryLimiter({ resources }: CollectorConfigArgs): CollectorConfig["processors"]["memory_limiter"] & object {
    const { limitMiB, spikeLimitMiB } = memoryPlan(resources.limits.memory);
    return { check_interval: "1s", limit_mib: limitMiB, spike_limit_mib: spikeLimitMiB };
}

/** The default reader's naming on all addresses of the pod. */
function ownMetrics(): CollectorConfig["service"]["telemetry"]["metrics"]["readers"][number] {
    return {
        pull: {
            exporter: {
                prometheus: {
                    host: "0.0.0.0",
                    port: COLLECTOR_PORTS.telemetry,
                    without_scope_info: true,
                    without_type_suffix: true,
                    without_units: true,
                },
            },
        },
    };
}

/** All addresses of the pod: localhost, the default, is reached by nobody, and the pod's IP alone not by port-forward. */
function everywhere(port: number): string {
    return `0.0.0.0:${port}`;
}
