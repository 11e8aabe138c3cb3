import * as pulumi from "@pulumi/pulumi";
import type { LokiSettings } from "../../config/schema/schema";
import { type BackendArgs, type BackendSpec, createBackend } from "../kubernetes/backend";
import { type Endpoint, serviceEndpoint } from "../kubernetes/endpoint";
import { goMemLimitEnv } from "../kubernetes/pod";
import { parseObjectName } from "../kubernetes/resource-names";
import { renderYaml } from "../telemetry/yaml";
import { type LokiConfigArgs, LOKI_DATA_DIR, LOKI_PORT, renderLokiConfig } from "./config";

const CONFIG_FILE = "/etc/loki/config.yaml";
/** USER of Loki's image. */
const LOKI_USER = 10001;

export interface LokiArgs extends BackendArgs, Omit<LokiSettings, "enabled" | "pods" | "volumeSize">, LokiConfigArgs {}

export interface LokiEndpoints {
    readonly api: Endpoint;
    /** Without the path of a signal. */
    readonly otlpUrl: string;
}

export function lokiEndpoints(name: string, namespace: string): LokiEndpoints {
    const api = serviceEndpoint(name, namespace, LOKI_PORT);
    return { api, otlpUrl: `http://${api.address}/otlp` };
}

/** Log backend and API: one process, one volume. */
export class Loki extends pulumi.ComponentResource {
    readonly endpoints: pulumi.Output<LokiEndpoints>;

    constructor(name: string, args: LokiArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Loki", name, args, opts);

        createBackend(name, describeLoki(args), args, { parent: this });

        this.endpoints = pulumi.output(args.namespace).apply((ns) => lokiEndpoints(parseObjectName(name), ns));
        this.registerOutputs({ endpoints: this.endpoints });
    }
}

function describeLoki(args: LokiArgs): BackendSpec {
    return {
        container: "loki",
        component: "log-store",
        user: LOKI_USER,
        args: [`-config.file=${CONFIG_FILE}`],
        env: [goMemLimitEnv(args.resources)],
        files: { [CONFIG_FILE]: renderYaml(renderLokiConfig(args)) },
        dataDir: LOKI_DATA_DIR,
        ports: [{ name: "http", port: LOKI_PORT, appProtocol: "http" }],
        health: { port: "http", live: "/loki/api/v1/status/buildinfo", ready: "/ready" },
        // Time to flush chunks to disk.
        terminationGracePeriodSeconds: 60,
    };
}
