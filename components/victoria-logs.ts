import * as pulumi from "@pulumi/pulumi";
import type { VictoriaLogsSettings } from "../config/schema";
import { goMemLimit } from "../config/sizing";
import { type Endpoint, endpointOf } from "./shared/endpoint";
import { labelsFor } from "./shared/labels";
import { podTemplate, probes } from "./shared/pod";
import { storeVolume } from "./shared/store-volume";
import { workload } from "./shared/workload";
import {
    VICTORIA_LOGS_FOLDER,
    VICTORIA_LOGS_PORT,
    type VictoriaLogsFlagArgs,
    victoriaLogsFlags,
} from "./victoria-logs-config";

/** The image names no user: any that is not root. */
const VICTORIA_LOGS_USER = 65534;

export interface VictoriaLogsArgs extends VictoriaLogsFlagArgs, Pick<VictoriaLogsSettings, "persistence"> {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
}

export function victoriaLogsEndpoints(
    name: string,
    namespace: string,
): { readonly api: Endpoint; readonly otlpUrl: string } {
    const api = endpointOf(name, namespace, VICTORIA_LOGS_PORT);
    return { api, otlpUrl: `http://${api.address}/insert/opentelemetry` };
}

/** Log store, API and web UI: one process, one disk. */
export class VictoriaLogs extends pulumi.ComponentResource {
    constructor(name: string, args: VictoriaLogsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:VictoriaLogs", name, args, opts);

        const { namespace, image, rolloutTimeout } = args;
        const labels = labelsFor({ name, component: "log-store", image });
        const store = storeVolume(name, { ...args, labels, folder: VICTORIA_LOGS_FOLDER }, { parent: this });

        workload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: store.strategy,
                template: podTemplate({
                    name: "victoria-logs",
                    labels,
                    image,
                    user: VICTORIA_LOGS_USER,
                    args: victoriaLogsFlags(args),
                    resources: args.resources,
                    disk: store.disk,
                    container: {
                        env: [{ name: "GOMEMLIMIT", value: goMemLimit(args.resources.limits.memory) }],
                        ports: [{ name: "http", containerPort: VICTORIA_LOGS_PORT }],
                        ...probes({ port: "http", live: "/-/healthy", ready: "/health" }),
                        volumeMounts: [store.mount],
                    },
                    spec: {
                        // It writes what is in memory to disk before it ends.
                        terminationGracePeriodSeconds: 60,
                        volumes: [store.volume],
                    },
                }),
                ports: [{ name: "http", port: VICTORIA_LOGS_PORT, appProtocol: "http" }],
            },
            { parent: this },
        );

        this.registerOutputs();
    }
}
