import * as pulumi from "@pulumi/pulumi";
import type { PrometheusSettings } from "../../config/schema/schema";
import type { MetricsPushProtocol } from "../../config/model/routes";
import { PROMETHEUS_PORT, type PrometheusConfigArgs, RULES_FILE, renderPrometheusConfig } from "./config";
import { renderRulesFile } from "./rules/rules";
import type { RuleGroup } from "./rules/types";
import { type Endpoint, serviceEndpoint } from "../kubernetes/endpoint";
import { createHashedConfigMap } from "../kubernetes/config-map";
import { labelsFor } from "../kubernetes/labels";
import { mountConfigMapFile, renderPodTemplate, probes } from "../kubernetes/pod";
import { createDataVolume } from "../kubernetes/data-volume";
import { createWorkload } from "../kubernetes/workload";
import type { DnsTarget, StaticTarget } from "../telemetry/scrape-target";
import { renderYaml } from "../telemetry/yaml";
import { parseObjectName } from "../kubernetes/resource-names";

const CONFIG_DIR = "/etc/prometheus";
const CONFIG_FILE = `${CONFIG_DIR}/prometheus.yml`;
const DATA_DIR = "/prometheus";
/** `nobody`, the USER of Prometheus' image, as a number. The kubelet cannot verify that a named user is not root. */
const PROMETHEUS_USER = 65534;
/** The flag that enables the receiver of each push protocol. */
const RECEIVER_FLAGS: Readonly<Record<MetricsPushProtocol, string>> = {
    remote_write: "--web.enable-remote-write-receiver",
    otlp: "--web.enable-otlp-receiver",
};

export interface PrometheusArgs
    extends
        Omit<PrometheusSettings, "enabled" | "rules" | "volumeSize">,
        Pick<PrometheusConfigArgs, "maxReplayDelaySeconds" | "pushProtocol" | "volumeSize"> {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly rolloutTimeout: string;
    /** Scrape targets other than Prometheus itself. */
    readonly targets: readonly (DnsTarget | StaticTarget)[];
    /** Recording and alerting rules. Without any there is no rules file. */
    readonly ruleGroups: readonly RuleGroup[];
    /** Base URL for links in Prometheus' responses. By default, the URL of the request. */
    readonly externalUrl?: string | undefined;
    /** Path below which Prometheus has its pages and its API: the path of the external URL. Empty for the root. */
    readonly basePath: string;
}

export interface PrometheusEndpoints {
    readonly api: Endpoint;
    readonly remoteWriteUrl: string;
    /** Without the path of a signal. */
    readonly otlpUrl: string;
}

export function prometheusEndpoints(name: string, namespace: string, basePath: string): PrometheusEndpoints {
    const api = serviceEndpoint(name, namespace, PROMETHEUS_PORT, "http", basePath);
    const base = `${api.urls.short}/api/v1`;
    return { api, remoteWriteUrl: `${base}/write`, otlpUrl: `${base}/otlp` };
}

/** Metrics backend, API and UI. Without a volume, a new pod starts empty. */
export class Prometheus extends pulumi.ComponentResource {
    readonly endpoints: pulumi.Output<PrometheusEndpoints>;

    constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Prometheus", name, args, opts);

        const { namespace, image, rolloutTimeout } = args;
        const labels = labelsFor({ name: parseObjectName(name), component: "metric-store", image });

        const config = createHashedConfigMap(
            `${name}-config`,
            { namespace, labels: labels.all, data: renderConfigFiles(args) },
            { parent: this },
        );
        const file = mountConfigMapFile(config.metadata.name, CONFIG_FILE);
        const rules = mountConfigMapFile(config.metadata.name, `${CONFIG_DIR}/${RULES_FILE}`);
        const dataVolume = createDataVolume(name, { ...args, labels, mountPath: DATA_DIR }, { parent: this });

        createWorkload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: dataVolume.strategy,
                template: renderPodTemplate({
                    name: "prometheus",
                    labels,
                    image,
                    user: PROMETHEUS_USER,
                    args: [
                        `--config.file=${CONFIG_FILE}`,
                        `--storage.tsdb.path=${DATA_DIR}`,
                        ...(args.externalUrl === undefined ? [] : [`--web.external-url=${args.externalUrl}`]),
                        // Exemplars link a metric to a trace.
                        "--enable-feature=exemplar-storage",
                        ...(args.pushProtocol === undefined ? [] : [RECEIVER_FLAGS[args.pushProtocol]]),
                    ],
                    resources: args.resources,
                    ephemeralStorage: dataVolume.ephemeralStorage,
                    container: {
                        ports: [{ name: "http", containerPort: PROMETHEUS_PORT }],
                        ...probes({
                            port: "http",
                            live: `${args.basePath}/-/healthy`,
                            ready: `${args.basePath}/-/ready`,
                        }),
                        volumeMounts: [
                            file.mount,
                            ...(args.ruleGroups.length > 0 ? [rules.mount] : []),
                            dataVolume.mount,
                        ],
                    },
                    spec: {
                        // Time to flush the head block to disk.
                        terminationGracePeriodSeconds: 60,
                        volumes: [file.volume, dataVolume.volume],
                    },
                }),
                ports: [{ name: "http", port: PROMETHEUS_PORT, appProtocol: "http" }],
            },
            { parent: this },
        );

        this.endpoints = pulumi
            .output(namespace)
            .apply((ns) => prometheusEndpoints(parseObjectName(name), ns, args.basePath));
        this.registerOutputs({ endpoints: this.endpoints });
    }
}

function renderConfigFiles(args: PrometheusArgs): Readonly<Record<string, string>> {
    return {
        "prometheus.yml": renderYaml(renderPrometheusConfig(args)),
        ...(args.ruleGroups.length > 0 ? { [RULES_FILE]: renderRulesFile(args.ruleGroups) } : {}),
    };
}
