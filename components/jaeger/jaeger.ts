import * as pulumi from "@pulumi/pulumi";
import type { JaegerSettings } from "../../config/schema/schema";
import { type BackendArgs, type BackendSpec, createBackend } from "../kubernetes/backend";
import { type Endpoint, serviceEndpoint } from "../kubernetes/endpoint";
import { goMemLimitEnv } from "../kubernetes/pod";
import { parseObjectName } from "../kubernetes/resource-names";
import type { ServicePort } from "../kubernetes/service";
import { renderYaml } from "../telemetry/yaml";
import { JAEGER_DATA_DIR, JAEGER_PORTS, type JaegerConfigArgs, renderJaegerConfig } from "./config";

const CONFIG_FILE = "/etc/jaeger/config.yaml";
/** Jaeger replays its write-ahead log and reads the names of all services from its disk before it is ready. */
const START_SECONDS = 600;
/** USER of Jaeger's image. */
const JAEGER_USER = 10001;

export interface JaegerArgs
    extends
        BackendArgs,
        Omit<JaegerSettings, "enabled" | "maxSpansPerTrace" | "pods" | "volumeSize">,
        JaegerConfigArgs {}

export interface JaegerEndpoints {
    readonly otlp: Endpoint;
    readonly otlpHttp: Endpoint;
    readonly ui: Endpoint;
    /** Jaeger's own metrics. */
    readonly telemetry: Endpoint;
}

export function jaegerEndpoints(name: string, namespace: string, basePath: string): JaegerEndpoints {
    return {
        otlp: serviceEndpoint(name, namespace, JAEGER_PORTS.otlpGrpc),
        otlpHttp: serviceEndpoint(name, namespace, JAEGER_PORTS.otlpHttp),
        ui: serviceEndpoint(name, namespace, JAEGER_PORTS.ui, "http", basePath),
        telemetry: serviceEndpoint(name, namespace, JAEGER_PORTS.telemetry),
    };
}

/** Trace backend, API and UI. Without a volume, traces are in the pod and are deleted with it. */
export class Jaeger extends pulumi.ComponentResource {
    readonly endpoints: pulumi.Output<JaegerEndpoints>;

    constructor(name: string, args: JaegerArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Jaeger", name, args, opts);

        createBackend(name, describeJaeger(args), args, { parent: this });

        this.endpoints = pulumi
            .output(args.namespace)
            .apply((ns) => jaegerEndpoints(parseObjectName(name), ns, args.basePath));
        this.registerOutputs({ endpoints: this.endpoints });
    }
}

function describeJaeger(args: JaegerArgs): BackendSpec {
    return {
        container: "jaeger",
        component: "trace-store",
        user: JAEGER_USER,
        args: [`--config=${CONFIG_FILE}`],
        env: [
            goMemLimitEnv(args.resources),
            // Otherwise traces of Jaeger's own queries would mix with those of applications.
            { name: "OTEL_TRACES_SAMPLER", value: "always_off" },
        ],
        files: { [CONFIG_FILE]: renderYaml(renderJaegerConfig(args)) },
        dataDir: JAEGER_DATA_DIR,
        ports: renderJaegerPorts(args),
        healthPort: JAEGER_PORTS.health,
        health: { port: "health", live: "/status", ready: "/status", startSeconds: START_SECONDS },
    };
}

function renderJaegerPorts({ acceptsOtlpHttp }: JaegerArgs): readonly ServicePort[] {
    return [
        { name: "otlp-grpc", port: JAEGER_PORTS.otlpGrpc, appProtocol: "grpc" },
        ...(acceptsOtlpHttp ? [{ name: "otlp-http", port: JAEGER_PORTS.otlpHttp, appProtocol: "http" } as const] : []),
        { name: "ui", port: JAEGER_PORTS.ui, appProtocol: "http" },
        { name: "telemetry", port: JAEGER_PORTS.telemetry, appProtocol: "http" },
    ];
}
