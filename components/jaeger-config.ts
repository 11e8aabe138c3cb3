/** Ports of Jaeger; the Service shows the first two. */
export const JAEGER_PORTS = { otlpGrpc: 4317, ui: 16686, grpcQuery: 16685, health: 13133 } as const;

/** Name of the one storage, inside the file alone. */
const STORAGE = "traces";

/**
 * Jaeger's configuration file, of the keys that read the same in 1.62's v2 and in 2.20.
 *
 * https://www.jaegertracing.io/docs/latest/deployment/configuration/
 */
export function jaegerConfig({ maxTraces }: { readonly maxTraces: number }): object {
    return {
        extensions: {
            healthcheckv2: { use_v2: true, http: { endpoint: everywhere(JAEGER_PORTS.health) } },
            jaeger_query: {
                storage: { traces: STORAGE },
                http: { endpoint: everywhere(JAEGER_PORTS.ui) },
                grpc: { endpoint: everywhere(JAEGER_PORTS.grpcQuery) },
            },
            jaeger_storage: { backends: { [STORAGE]: { memory: { max_traces: maxTraces } } } },
        },
        receivers: { otlp: { protocols: { grpc: { endpoint: everywhere(JAEGER_PORTS.otlpGrpc) } } } },
        exporters: { jaeger_storage_exporter: { trace_storage: STORAGE } },
        service: {
            extensions: ["healthcheckv2", "jaeger_storage", "jaeger_query"],
            // Nobody scrapes them, and their port would have to be kept clear of the others.
            telemetry: { metrics: { level: "none" } },
            pipelines: { traces: { receivers: ["otlp"], exporters: ["jaeger_storage_exporter"] } },
        },
    };
}

/** All addresses of the pod: localhost, the default, is reached by nobody. */
function everywhere(port: number): string {
    return `0.0.0.0:${port}`;
}
