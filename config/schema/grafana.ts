import * as z from "zod";
import { integer, booleanType, stringType } from "../types/values";
import { httpUrl } from "../types/otlp";
import { DOCS_URL, pageUrl } from "../types/page-url";
import { createPodsSchema } from "./pods";
import { createSecretNameSetting } from "./secret-name";
import { resources, setting } from "./setting";

/** Settings of Grafana. */
export const grafana = z.strictObject({
    enabled: setting(
        booleanType.default(true),
        "Deploy Grafana, with dashboards and with links between traces, metrics and logs.",
    ),
    adminPasswordVersion: setting(
        integer(1, 1_000_000).default(1),
        "Version of the admin password. Change it to generate a new password and restart Grafana.",
    ),
    secretName: createSecretNameSetting(
        "the admin password (key `admin-password`) and the key that signs sessions (`secret-key`)",
        "the stack generates both",
    ),
    dashboardDocsUrl: setting(
        pageUrl("https://wiki.example.com/otel-stack/dashboards").default(`${DOCS_URL}/reference/dashboards`),
        'Absolute URL of the folder with the pages of the dashboards. The link "No data: why?" of each panel is this URL, followed by `/`, the file of the page, `#` and the panel\'s heading.',
    ),
    victoriaLogsPlugin: z
        .strictObject({
            enabled: setting(
                booleanType.optional(),
                "Install the VictoriaLogs data source plugin at each start of Grafana, and configure the data source.",
                { whenUnset: "true with `victoriaLogs.enabled` and without `loki.enabled`" },
            ),
            version: setting(
                stringType("version", "a version such as 0.30.1", (value) => /^\d+\.\d+\.\d+$/.test(value)).default(
                    "0.30.1",
                ),
                "Version of the plugin. This one needs Grafana 10.4 or newer.",
            ),
            url: setting(
                httpUrl.optional(),
                "URL of the plugin's archive (.zip), for a cluster that cannot reach grafana.com. `version` then has no effect.",
                { whenUnset: "the plugin catalog of grafana.com" },
            ),
        })
        .prefault({}),
    pods: createPodsSchema("the pod of Grafana"),
    resources: resources(
        "Grafana",
        { cpu: "50m", memory: "128Mi" },
        { cpu: "1", memory: "512Mi" },
        "Grafana starts one process per type of data source, and its memory grows with concurrent queries.",
    ),
});
