import * as pulumi from "@pulumi/pulumi";
import type { VictoriaLogsSettings } from "../../config/schema/schema";
import { goMemLimit } from "../../config/model/memory";
import { type Endpoint, serviceEndpoint } from "../kubernetes/endpoint";
import { labelsFor } from "../kubernetes/labels";
import { renderPodTemplate, probes } from "../kubernetes/pod";
import { createDataVolume } from "../kubernetes/data-volume";
import { createWorkload } from "../kubernetes/workload";
import {
    VICTORIA_LOGS_DATA_DIR,
    VICTORIA_LOGS_PORT,
    type VictoriaLogsFlagArgs,
    renderVictoriaLogsFlags,
} from "./config";
import { parseObjectName } from "../kubernetes/resource-names";

/** The image names no user. Any non-root user works. */
const VICTORIA_LOGS_USER = 65534;

export interface VictoriaLogsArgs extends VictoriaLogsFlagArgs, Pick<VictoriaLogsSettings, "persistence"> {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
}

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

        const { namespace, image, rolloutTimeout } = args;
        const labels = labelsFor({ name: parseObjectName(name), component: "log-store", image });
        const dataVolume = createDataVolume(
            name,
            { ...args, labels, mountPath: VICTORIA_LOGS_DATA_DIR },
            { parent: this },
        );

        createWorkload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: dataVolume.strategy,
                template: renderPodTemplate({
                    name: "victoria-logs",
                    labels,
                    image,
                    user: VICTORIA_LOGS_USER,
                    args: renderVictoriaLogsFlags(args),
                    resources: args.resources,
                    ephemeralStorage: dataVolume.ephemeralStorage,
                    container: {
                        env: [{ name: "GOMEMLIMIT", value: goMemLimit(args.resources.limits.memory) }],
                        ports: [{ name: "http", containerPort: VICTORIA_LOGS_PORT }],
                        ...probes({ port: "http", live: "/-/healthy", ready: "/health" }),
                        volumeMounts: [dataVolume.mount],
                    },
                    spec: {
                        // Time to flush memory to disk.
                        terminationGracePeriodSeconds: 60,
                        volumes: [dataVolume.volume],
                    },
                }),
                ports: [{ name: "http", port: VICTORIA_LOGS_PORT, appProtocol: "http" }],
            },
            { parent: this },
        );

        this.endpoints = pulumi.output(namespace).apply((ns) => victoriaLogsEndpoints(parseObjectName(name), ns));
        this.registerOutputs({ endpoints: this.endpoints });
    }
}
