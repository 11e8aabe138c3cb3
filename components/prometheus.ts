import * as pulumi from "@pulumi/pulumi";
import type { PrometheusSettings } from "../config/schema";
import { MIB, bytesOf } from "../config/units";
import {
    PROMETHEUS_PORT,
    RULES_FILE,
    type ScrapeTarget,
    type ServiceTarget,
    prometheusConfig,
} from "./prometheus-config";
import { renderRules } from "./rules/rules";
import type { RuleGroup } from "./rules/types";
import { type Endpoint, endpointOf } from "./shared/endpoint";
import { hashedConfigMap } from "./shared/hashed-config-map";
import { labelsFor } from "./shared/labels";
import { mountFile, podTemplate, probes } from "./shared/pod";
import { workload } from "./shared/workload";
import { renderYaml } from "./shared/yaml";

const CONFIG_FOLDER = "/etc/prometheus";
const CONFIG_FILE = `${CONFIG_FOLDER}/prometheus.yml`;
const DATA_FOLDER = "/prometheus";
/** `nobody`, the USER of Prometheus' image, by number: the kubelet cannot tell that a name is not root. */
const PROMETHEUS_USER = 65534;
/** Disk beside the samples, for the container's log. */
const LOG_MIB = 128;

export interface PrometheusArgs extends Omit<PrometheusSettings, "enabled" | "rules"> {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
    /** What it scrapes beside itself. */
    readonly targets: readonly (ScrapeTarget | ServiceTarget)[];
    /** What it computes; none leaves it without a file of rules. */
    readonly ruleGroups: readonly RuleGroup[];
    /** Whether others may push samples by remote write. */
    readonly remoteWriteReceiver: boolean;
}

export function prometheusEndpoints(
    name: string,
    namespace: string,
): { readonly api: Endpoint; readonly remoteWriteUrl: string } {
    const api = endpointOf(name, namespace, PROMETHEUS_PORT);
    return { api, remoteWriteUrl: `http://${api.address}/api/v1/write` };
}

/** Metric store, API and UI. The samples stand in the pod's own folder: a new pod starts empty. */
export class Prometheus extends pulumi.ComponentResource {
    constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Prometheus", name, args, opts);

        const { namespace, image, rolloutTimeout } = args;
        const labels = labelsFor({ name, component: "metric-store", image });

        const config = hashedConfigMap(
            `${name}-config`,
            { namespace, labels: labels.all, data: filesOf(args) },
            { parent: this },
        );
        const file = mountFile(config.metadata.name, CONFIG_FILE);
        const rules = mountFile(config.metadata.name, `${CONFIG_FOLDER}/${RULES_FILE}`);
        const storageMiB = Math.ceil(bytesOf(args.storage) / MIB);

        workload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: "Recreate",
                template: podTemplate({
                    name: "prometheus",
                    labels,
                    image,
                    user: PROMETHEUS_USER,
                    args: [
                        `--config.file=${CONFIG_FILE}`,
                        `--storage.tsdb.path=${DATA_FOLDER}`,
                        // Lead from a point of a graph to a trace.
                        "--enable-feature=exemplar-storage",
                        ...(args.remoteWriteReceiver ? ["--web.enable-remote-write-receiver"] : []),
                    ],
                    resources: args.resources,
                    disk: { request: "256Mi", limit: `${storageMiB + LOG_MIB}Mi` },
                    container: {
                        ports: [{ name: "http", containerPort: PROMETHEUS_PORT }],
                        ...probes({ port: "http", live: "/-/healthy", ready: "/-/ready" }),
                        volumeMounts: [
                            file.mount,
                            ...(args.ruleGroups.length > 0 ? [rules.mount] : []),
                            { name: "data", mountPath: DATA_FOLDER },
                        ],
                    },
                    spec: {
                        // It writes its head to disk before it ends.
                        terminationGracePeriodSeconds: 60,
                        volumes: [file.volume, { name: "data", emptyDir: { sizeLimit: `${storageMiB}Mi` } }],
                    },
                }),
                ports: [{ name: "http", port: PROMETHEUS_PORT, appProtocol: "http" }],
            },
            { parent: this },
        );

        this.registerOutputs();
    }
}

function filesOf(args: PrometheusArgs): Readonly<Record<string, string>> {
    return {
        "prometheus.yml": renderYaml(prometheusConfig(args)),
        ...(args.ruleGroups.length > 0 ? { [RULES_FILE]: renderRules(args.ruleGroups) } : {}),
    };
}
