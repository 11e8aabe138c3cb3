import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { GRAFANA_SECRET_KEYS } from "../../config/model/existing-secrets";
import type { GrafanaSettings } from "../../config/schema/schema";
import { type Endpoint, serviceEndpoint } from "../kubernetes/endpoint";
import { createHashedConfigMap } from "../kubernetes/config-map";
import { type Labels, labelsFor } from "../kubernetes/labels";
import { type PodOptions, goMemLimitEnv, mountConfigMapFiles, renderPodTemplate, probes } from "../kubernetes/pod";
import { VICTORIA_LOGS_PLUGIN } from "../telemetry/names";
import { createWorkload } from "../kubernetes/workload";
import { type AdminSecret, createAdminSecret } from "./admin";
import { DASHBOARDS_DIR, GRAFANA_PORT, type GrafanaConfigArgs, renderGrafanaFiles } from "./config";
import type { DashboardContext } from "./dashboards/model";
import type * as Dashboards from "./dashboards/render";
import { parseObjectName } from "../kubernetes/resource-names";

/** USER of Grafana's image. */
const GRAFANA_USER = 472;
const CONFIG_DIR = "/etc/grafana";
const SECRET_DIR = "/etc/otel-stack/admin";
/** The database, which contains only sessions and provisioned objects, and temporary files. */
const WRITABLE_DIRS = [
    { name: "data", mountPath: "/var/lib/grafana", mib: 256 },
    { name: "tmp", mountPath: "/tmp", mib: 64 },
] as const;
/** For a plugin's archive, which contains binaries for several platforms, and its unpacked files. */
const PLUGIN_MIB = 512;
const LOG_MIB = 128;
const HOME_DASHBOARD = "otel-overview.json";

export interface GrafanaArgs
    extends
        Omit<GrafanaSettings, "enabled" | "pods" | "victoriaLogsPlugin">,
        Omit<GrafanaConfigArgs, "homeDashboard" | "spanMetrics"> {
    readonly namespace: pulumi.Input<string>;
    readonly image: string;
    readonly pods: PodOptions;
    readonly rolloutTimeout: string;
    /** The plugin that reads VictoriaLogs. Undefined installs no plugin. */
    readonly plugin?: Pick<GrafanaSettings["victoriaLogsPlugin"], "url" | "version"> | undefined;
    /** What the dashboards are rendered for. */
    readonly dashboards: DashboardContext;
    /** Path below which Grafana has its pages and its API. Empty for the root. */
    readonly basePath: string;
}

export interface GrafanaEndpoints {
    readonly ui: Endpoint;
}

export function grafanaEndpoints(name: string, namespace: string, basePath: string): GrafanaEndpoints {
    return { ui: serviceEndpoint(name, namespace, GRAFANA_PORT, "http", basePath) };
}

/** Dashboards, and links between traces, metrics and logs. Manual changes are lost when the pod is replaced. */
export class Grafana extends pulumi.ComponentResource {
    /** The administrator's password, a Pulumi secret. Undefined if the user created the Secret with it. */
    readonly adminPassword: pulumi.Output<string> | undefined;
    readonly endpoints: pulumi.Output<GrafanaEndpoints>;

    constructor(name: string, args: GrafanaArgs, opts?: pulumi.ComponentResourceOptions) {
        super("otel-stack:index:Grafana", name, args, opts);

        const { namespace, image, rolloutTimeout } = args;
        const labels = labelsFor({ name: parseObjectName(name), component: "dashboards", image });

        const admin: AdminSecret =
            args.secretName === undefined
                ? createAdminSecret(
                      name,
                      { namespace, labels: labels.all, version: args.adminPasswordVersion },
                      { parent: this },
                  )
                : { name: args.secretName, password: undefined };
        const dashboards = loadDashboards().renderDashboardFiles(args.dashboards);
        const configMap = (suffix: string, data: Readonly<Record<string, string>>) =>
            createHashedConfigMap(`${name}-${suffix}`, { namespace, labels: labels.all, data }, { parent: this });
        const config = configMap("config", renderConfigFiles(args, dashboards));
        const dashboardMap = configMap("dashboards", dashboards);

        createWorkload(
            name,
            {
                namespace,
                labels,
                rolloutTimeout,
                strategy: "RollingUpdate",
                template: renderGrafanaPod(args, labels, {
                    config: config.metadata.name,
                    dashboards: dashboardMap.metadata.name,
                    secret: admin.name,
                }),
                ports: [{ name: "http", port: GRAFANA_PORT, appProtocol: "http" }],
            },
            { parent: this },
        );

        this.adminPassword = admin.password;
        this.endpoints = pulumi
            .output(namespace)
            .apply((ns) => grafanaEndpoints(parseObjectName(name), ns, args.basePath));
        this.registerOutputs({
            ...(this.adminPassword === undefined ? {} : { adminPassword: this.adminPassword }),
            endpoints: this.endpoints,
        });
    }
}

function renderConfigFiles(
    args: GrafanaArgs,
    dashboards: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
    return renderGrafanaFiles({
        ...args,
        spanMetrics: args.dashboards.available.spanMetrics,
        ...(HOME_DASHBOARD in dashboards ? { homeDashboard: `${DASHBOARDS_DIR}/${HOME_DASHBOARD}` } : {}),
    });
}

interface MountNames {
    readonly config: pulumi.Input<string>;
    readonly dashboards: pulumi.Input<string>;
    readonly secret: pulumi.Input<string>;
}

/** Makes the image install the plugin before Grafana starts. */
function renderPluginEnv({ plugin }: GrafanaArgs): readonly types.input.core.v1.EnvVar[] {
    if (plugin === undefined) {
        return [];
    }
    return [
        {
            name: "GF_INSTALL_PLUGINS",
            value:
                plugin.url === undefined
                    ? `${VICTORIA_LOGS_PLUGIN} ${plugin.version}`
                    : `${plugin.url};${VICTORIA_LOGS_PLUGIN}`,
        },
        // The image's start script installs the plugin. Grafana's own installation is off with preinstall_disabled
        // (config.ts).
        { name: "GF_INSTALL_PLUGINS_FORCE", value: "true" },
    ];
}

function renderGrafanaPod(
    args: GrafanaArgs,
    labels: Labels,
    mountNames: MountNames,
): types.input.core.v1.PodTemplateSpec {
    const { image, plugin, resources } = args;
    const folders = WRITABLE_DIRS.map(({ mib, ...folder }) => ({
        ...folder,
        mib: mib + (plugin === undefined ? 0 : PLUGIN_MIB),
    }));
    const config = mountConfigMapFiles(mountNames.config, [
        `${CONFIG_DIR}/grafana.ini`,
        `${CONFIG_DIR}/provisioning/datasources/datasources.yaml`,
        `${CONFIG_DIR}/provisioning/dashboards/dashboards.yaml`,
    ]);
    return renderPodTemplate({
        name: "grafana",
        labels,
        image,
        user: GRAFANA_USER,
        args: [],
        resources,
        pods: args.pods,
        ephemeralStorage: { request: "128Mi", limit: `${folders.reduce((sum, { mib }) => sum + mib, LOG_MIB)}Mi` },
        container: {
            env: [
                // The image reads the setting from this file, so the pod's specification does not contain the password.
                { name: "GF_SECURITY_ADMIN_PASSWORD__FILE", value: `${SECRET_DIR}/${GRAFANA_SECRET_KEYS.password}` },
                { name: "GF_SECURITY_SECRET_KEY__FILE", value: `${SECRET_DIR}/${GRAFANA_SECRET_KEYS.secretKey}` },
                goMemLimitEnv(resources),
                ...renderPluginEnv(args),
            ],
            ports: [{ name: "http", containerPort: GRAFANA_PORT }],
            ...probes({ port: "http", live: `${args.basePath}/api/health`, ready: `${args.basePath}/api/health` }),
            volumeMounts: [
                ...config.mounts,
                { name: "dashboards", mountPath: DASHBOARDS_DIR, readOnly: true },
                { name: "admin", mountPath: SECRET_DIR, readOnly: true },
                ...folders.map(({ name, mountPath }) => ({ name, mountPath })),
            ],
        },
        spec: {
            volumes: [
                ...config.volumes,
                { name: "dashboards", configMap: { name: mountNames.dashboards } },
                { name: "admin", secret: { secretName: mountNames.secret, defaultMode: 0o440 } },
                ...folders.map(({ name, mib }) => ({ name, emptyDir: { sizeLimit: `${mib}Mi` } })),
            ],
        },
    });
}

/** Loads the dashboards and their large SDK when a stack has Grafana. An `import()` would make the constructor async. */
function loadDashboards(): typeof Dashboards {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the only synchronous way
    return require("./dashboards/render") as typeof Dashboards;
}
