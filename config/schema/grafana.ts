import * as z from "zod";
import { integer, booleanType, stringType } from "../types/values";
import { httpUrl } from "../types/otlp";
import { resources, setting } from "./setting";

/** The settings of Grafana. */
export const grafana = z.strictObject({
    enabled: setting(
        booleanType.default(true),
        "Whether Grafana is deployed, with dashboards and with links from each signal to the others.",
        "One looks before one queries.",
    ),
    adminPasswordVersion: setting(
        integer(1, 1_000_000).default(1),
        "Counts the administrator's passwords: another number makes a new one, and a new pod that knows it.",
        "The first.",
    ),
    victoriaLogsPlugin: z
        .strictObject({
            enabled: setting(
                booleanType.optional(),
                "Whether Grafana installs the plugin that reads VictoriaLogs, each time that its pod starts, and has its data source.",
                "The plugin is no part of Grafana's image, and Loki's data source is.",
                "true with `victoriaLogs.enabled` and without `loki.enabled`",
            ),
            version: setting(
                stringType("version", "a version such as 0.30.1", (value) => /^\d+\.\d+\.\d+$/.test(value)).default(
                    "0.30.1",
                ),
                "Version of the plugin.",
                "The newest one whose documentation was read, for Grafana 10.4 or newer.",
            ),
            url: setting(
                httpUrl.optional(),
                "URL of the plugin's archive (.zip), for a cluster that does not reach grafana.com. `version` has no effect then.",
                "Grafana's catalog has it.",
                "Grafana's catalog",
            ),
        })
        .prefault({}),
    resources: resources(
        "Grafana",
        { cpu: "50m", memory: "128Mi" },
        { cpu: "1", memory: "512Mi" },
        "It starts one process for each kind of data source, and grows with the queries that run at once.",
    ),
});
