import * as pulumi from "@pulumi/pulumi";
import type { PrometheusSettings } from "../config/schema";
import type { PushRoute } from "../config/routes";
import {
    PROMETHEUS_PORT,
    type PrometheusConfigArgs,
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
import { storeVolume } from "./shared/store-volume";
import { workload } from "./shared/workload";
import { renderYaml } from "./shared/yaml";

const CONFIG_FOLDER = "/etc/prometheus";
const CONFIG_FILE = `${CONFIG_FOLDER}/prometheus.yml`;
const DATA_FOLDER = "/prometheus";
/** `nobody`, the USER of Prometheus' image, by number: the kubelet cannot tell that a name is not root. */
const PROMETHEUS_USER = 65534;
/** What lets others push, by each route. */
const RECEIVERS: Readonly<Record<PushRoute, string>> = {
    remote_write: "--web.enable-remote-write-receiver",
    otlp: "--web.enable-otlp-receiver",
};

export interface PrometheusArgs
    extends
        Omit<PrometheusSettings, "enabled" | "rules" | "storage">,
        Pick<PrometheusConfigArgs, "pushed" | "replaySeconds" | "storage"> {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
    /** What it scrapes beside itself. */
    readonly targets: readonly (ScrapeTarget | ServiceTarget)[];
    /** What it computes; none leaves it without a file of rules. */
    readonly ruleGroups: readonly RuleGroup[];
    /** By what people open it, for the links that it makes; by default by whatever it was asked. */
    readonly externalUrl?: string | undefined;
}

export interface PrometheusEndpoints {
    readonly api: Endpoint;
    readonly remoteWriteUrl: string;
    /** Without a signal's path. */
    readonly otlpUrl: string;
}

export function prometheusEndpoints(name: string, namespace: string): PrometheusEndpoints {
    const api = endpointOf(name, namespace, PROMETHEUS_PORT);
    const base = `http://${api.address}/api/v1`;
    return { api, remoteWriteUrl: `${base}/write`, otlpUrl: `${base}/otlp` };
}

/** Metric store, API and UI. Without a volume a new pod starts empty. */
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
        const store = storeVolume(name, { ...args, labels, folder: DATA_FOLDER }, { parent: this });

        workload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: store.strategy,
                template: podTemplate({
                    name: "prometheus",
                    labels,
                    image,
                    user: PROMETHEUS_USER,
                    args: [
                        `--config.file=${CONFIG_FILE}`,
                        `--storage.tsdb.path=${DATA_FOLDER}`,
                        ...(args.externalUrl === undefined ? [] : [`--web.external-url=${args.externalUrl}`]),
                        // Lead from a point of a graph to a trace.
                        "--enable-feature=exemplar-storage",
                        ...(args.pushed === undefined ? [] : [RECEIVERS[args.pushed]]),
                    ],
                    resources: args.resources,
                    disk: store.disk,
                    container: {
                        ports: [{ name: "http", containerPort: PROMETHEUS_PORT }],
                        ...probes({ port: "http", live: "/-/healthy", ready: "/-/ready" }),
                        volumeMounts: [file.mount, ...(args.ruleGroups.length > 0 ? [rules.mount] : []), store.mount],
                    },
                    spec: {
                        // It writes its head to disk before it ends.
                        terminationGracePeriodSeconds: 60,
                        volumes: [file.volume, store.volume],
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
