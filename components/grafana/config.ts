import { renderYaml } from "../telemetry/yaml";
import { type DataSourceArgs, renderDataSources } from "./data-sources";

export const GRAFANA_PORT = 3000;
export const GRAFANA_ADMIN = "admin";
/** Mount path of the dashboards. */
export const DASHBOARDS_DIR = "/etc/otel-stack/dashboards";

export interface GrafanaConfigArgs extends DataSourceArgs {
    /** Base URL for the links that Grafana creates. */
    readonly rootUrl: string;
    /** File of the home dashboard. Undefined uses Grafana's home page. */
    readonly homeDashboard?: string;
}

type Ini = Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;

/**
 * Renders Grafana's configuration file. Passwords come from files of a Secret instead.
 *
 * https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/
 */
function renderGrafanaIni({ rootUrl, homeDashboard }: Pick<GrafanaConfigArgs, "rootUrl" | "homeDashboard">): Ini {
    return {
        server: {
            root_url: rootUrl,
            // The controller forwards the path, and does not remove it.
            ...(new URL(rootUrl).pathname === "/" ? {} : { serve_from_sub_path: true }),
        },
        // No connections out of the cluster: no usage statistics, update checks, avatars, news, snapshots or downloads.
        analytics: {
            check_for_plugin_updates: false,
            check_for_updates: false,
            feedback_links_enabled: false,
            reporting_enabled: false,
        },
        news: { news_feed_enabled: false },
        snapshots: { external_enabled: false },
        // The image contains the data sources.
        plugins: { plugin_admin_enabled: false, preinstall_disabled: true, public_key_retrieval_disabled: true },
        security: {
            admin_user: GRAFANA_ADMIN,
            disable_gravatar: true,
            // Browsers send the session cookie only over TLS.
            ...(rootUrl.startsWith("https:") ? { cookie_secure: true } : {}),
        },
        "auth.anonymous": { enabled: false },
        users: { allow_org_create: false, allow_sign_up: false },
        // The root file system is read-only.
        log: { mode: "console" },
        ...(homeDashboard === undefined ? {} : { dashboards: { default_home_dashboard_path: homeDashboard } }),
    };
}

/** Loads the dashboards once. The directory is immutable, and a change creates a new pod. */
const DASHBOARD_PROVIDER = {
    apiVersion: 1,
    providers: [
        {
            name: "otel-stack",
            type: "file",
            folder: "OpenTelemetry",
            allowUiUpdates: false,
            disableDeletion: true,
            options: { path: DASHBOARDS_DIR },
        },
    ],
} as const;

/** Renders the files that Grafana reads when it starts, by file name. */
export function renderGrafanaFiles(args: GrafanaConfigArgs): Readonly<Record<string, string>> {
    return {
        "grafana.ini": renderIni(renderGrafanaIni(args)),
        "datasources.yaml": renderYaml(renderDataSources(args)),
        "dashboards.yaml": renderYaml(DASHBOARD_PROVIDER),
    };
}

function renderIni(ini: Ini): string {
    const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);
    return Object.entries(ini)
        .sort(byName)
        .map(([section, keys]) => {
            const lines = Object.entries(keys).sort(byName);
            return [`[${section}]`, ...lines.map(([key, value]) => `${key} = ${String(value)}`), ""].join("\n");
        })
        .join("\n");
}
