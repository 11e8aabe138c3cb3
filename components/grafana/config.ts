import { renderYaml } from "../telemetry/yaml";
import { type DataSourceArgs, renderDataSources } from "./data-sources";

export const GRAFANA_PORT = 3000;
export const GRAFANA_ADMIN = "admin";
/** Where the dashboards' files are mounted. */
export const DASHBOARDS_DIR = "/etc/otel-stack/dashboards";

export interface GrafanaConfigArgs extends DataSourceArgs {
    /** URL by which people reach it, for the links that it makes. */
    readonly rootUrl: string;
    /** File of the dashboard to start with; Grafana's own page where there is none. */
    readonly homeDashboard?: string;
}

type Ini = Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;

/**
 * Grafana's own settings. The passwords are not among them: they come from files of a Secret.
 *
 * https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/
 */
export function renderGrafanaIni({
    rootUrl,
    homeDashboard,
}: Pick<GrafanaConfigArgs, "rootUrl" | "homeDashboard">): Ini {
    return {
        server: { root_url: rootUrl },
        // Nothing leaves the cluster: no counters, no look for updates, no avatars, news, snapshots and downloads.
        analytics: {
            check_for_plugin_updates: false,
            check_for_updates: false,
            feedback_links_enabled: false,
            reporting_enabled: false,
        },
        news: { news_feed_enabled: false },
        snapshots: { external_enabled: false },
        // The data sources come with the image.
        plugins: { plugin_admin_enabled: false, preinstall_disabled: true, public_key_retrieval_disabled: true },
        security: {
            admin_user: GRAFANA_ADMIN,
            disable_gravatar: true,
            // A session that begins under TLS is never shown without.
            ...(rootUrl.startsWith("https:") ? { cookie_secure: true } : {}),
        },
        "auth.anonymous": { enabled: false },
        users: { allow_org_create: false, allow_sign_up: false },
        // The root file system is read-only.
        log: { mode: "console" },
        ...(homeDashboard === undefined ? {} : { dashboards: { default_home_dashboard_path: homeDashboard } }),
    };
}

/** Reads the dashboards once: their folder is immutable, and a change makes a new pod. */
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

/** The files that Grafana reads at its start, by name. */
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
