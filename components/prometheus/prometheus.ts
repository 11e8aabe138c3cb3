import * as pulumi from "@pulumi/pulumi";
import type { MetricsPushProtocol } from "../../config/model/routes";
import type { PrometheusSettings } from "../../config/schema/schema";
import { type BackendArgs, type BackendSpec, createBackend } from "../kubernetes/backend";
import { type Endpoint, serviceEndpoint } from "../kubernetes/endpoint";
import { parseObjectName } from "../kubernetes/resource-names";
import type { DnsTarget, StaticTarget } from "../telemetry/scrape-target";
import { renderYaml } from "../telemetry/yaml";
import { PROMETHEUS_PORT, type PrometheusConfigArgs, RULES_FILE, renderPrometheusConfig } from "./config";
import { renderRulesFile } from "./rules/rules";
import type { RuleGroup } from "./rules/types";

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
        BackendArgs,
        Omit<PrometheusSettings, "enabled" | "pods" | "rules" | "volumeSize">,
        Pick<PrometheusConfigArgs, "maxReplayDelaySeconds" | "pushProtocol"> {
    /** Scrape targets other than Prometheus itself. */
    readonly targets: readonly (DnsTarget | StaticTarget)[];
    /** Addresses of all pods of Alertmanager. */
    readonly alertmanagers: readonly string[];
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
    const base = `${api.url}/api/v1`;
    return { api, remoteWriteUrl: `${base}/write`, otlpUrl: `${base}/otlp` };
}

/** Metrics backend, API and UI. Without a volume, a new pod starts empty. */
export class Prometheus extends pulumi.ComponentResource {
    readonly endpoints: pulumi.Output<PrometheusEndpoints>;

    constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Prometheus", name, args, opts);

        createBackend(name, describePrometheus(args), args, { parent: this });

        this.endpoints = pulumi
            .output(args.namespace)
            .apply((ns) => prometheusEndpoints(parseObjectName(name), ns, args.basePath));
        this.registerOutputs({ endpoints: this.endpoints });
    }
}

function describePrometheus(args: PrometheusArgs): BackendSpec {
    const { externalUrl, pushProtocol } = args;
    return {
        container: "prometheus",
        component: "metric-store",
        user: PROMETHEUS_USER,
        args: [
            `--config.file=${CONFIG_FILE}`,
            `--storage.tsdb.path=${DATA_DIR}`,
            ...(externalUrl === undefined ? [] : [`--web.external-url=${externalUrl}`]),
            // Exemplars link a metric to a trace.
            "--enable-feature=exemplar-storage",
            ...(pushProtocol === undefined ? [] : [RECEIVER_FLAGS[pushProtocol]]),
        ],
        // Prometheus sets GOMEMLIMIT itself.
        env: [],
        files: renderFiles(args),
        dataDir: DATA_DIR,
        ports: [{ name: "http", port: PROMETHEUS_PORT, appProtocol: "http" }],
        health: { port: "http", live: `${args.basePath}/-/healthy`, ready: `${args.basePath}/-/ready` },
        // Time to flush the head block to disk.
        terminationGracePeriodSeconds: 60,
    };
}

function renderFiles(args: PrometheusArgs): Readonly<Record<string, string>> {
    return {
        [CONFIG_FILE]: renderYaml(renderPrometheusConfig(args)),
        ...(args.ruleGroups.length > 0 ? { [`${CONFIG_DIR}/${RULES_FILE}`]: renderRulesFile(args.ruleGroups) } : {}),
    };
}
