import * as z from "zod";
import { count, flag } from "./kinds";
import { resources, setting } from "./setting";

/** The settings of Grafana. */
export const grafana = z.strictObject({
    enabled: setting(
        flag.default(true),
        "Whether Grafana is deployed, with dashboards and with links from each signal to the others.",
        "One looks before one queries.",
    ),
    passwordGeneration: setting(
        count(1, 1_000_000).default(1),
        "Counts the administrator's passwords: another number makes a new one, and a new pod that knows it.",
        "The first.",
    ),
    resources: resources(
        "Grafana",
        { cpu: "50m", memory: "128Mi" },
        { cpu: "1", memory: "512Mi" },
        "It starts one process for each kind of data source, and grows with the queries that run at once.",
    ),
});
