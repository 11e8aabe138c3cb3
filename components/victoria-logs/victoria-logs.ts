import * as pulumi from "@pulumi/pulumi";
import { type BackendArgs, type BackendSpec, createBackend } from "../kubernetes/backend";
import { type Endpoint, serviceEndpoint } from "../kubernetes/endpoint";
import { goMemLimitEnv } from "../kubernetes/pod";
import { parseObjectName } from "../kubernetes/resource-names";
import {
    VICTORIA_LOGS_DATA_DIR,
    VICTORIA_LOGS_PORT,
    type VictoriaLogsFlagArgs,
    renderVictoriaLogsFlags,
} from "./config";

/** The image names no user. Any non-root user works. */
const VICTORIA_LOGS_USER = 65534;

export interface VictoriaLogsArgs extends BackendArgs, VictoriaLogsFlagArgs {}

export interface VictoriaLogsEndpoints {
    readonly api: Endpoint;
    /** Without the path of a signal. */
    readonly otlpUrl: string;
}

export function victoriaLogsEndpoints(name: string, namespace: string): VictoriaLogsEndpoints {
    const api = serviceEndpoint(name, namespace, VICTORIA_LOGS_PORT);
    return { api, otlpUrl: `http://${api.address}/insert/opentelemetry` };
}

/** Log backend, API and web UI: one process, one volume. */
export class VictoriaLogs extends pulumi.ComponentResource {
    readonly endpoints: pulumi.Output<VictoriaLogsEndpoints>;

    constructor(name: string, args: VictoriaLogsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:VictoriaLogs", name, args, opts);

        createBackend(name, describeVictoriaLogs(args), args, { parent: this });

        this.endpoints = pulumi.output(args.namespace).apply((ns) => victoriaLogsEndpoints(parseObjectName(name), ns));
        this.registerOutputs({ endpoints: this.endpoints });
    }
}

function describeVictoriaLogs(args: VictoriaLogsArgs): BackendSpec {
    return {
        container: "victoria-logs",
        component: "log-store",
        user: VICTORIA_LOGS_USER,
        args: renderVictoriaLogsFlags(args),
        env: [goMemLimitEnv(args.resources)],
        files: {},
        dataDir: VICTORIA_LOGS_DATA_DIR,
        ports: [{ name: "http", port: VICTORIA_LOGS_PORT, appProtocol: "http" }],
        health: { port: "http", live: "/-/healthy", ready: "/health" },
        // Time to flush memory to disk.
        terminationGracePeriodSeconds: 60,
    };
}
