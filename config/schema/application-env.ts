import * as z from "zod";
import { dnsLabels } from "../types/dns";
import { duration } from "../types/quantities";
import { setting } from "./setting";

/** Settings of the environment variables that the stack offers to applications. */
export const applicationEnv = z.strictObject({
    metricExportInterval: setting(
        duration("1s", "10m").default("10s"),
        "Interval at which applications that use the environment of the stack export metrics (`OTEL_METRIC_EXPORT_INTERVAL`). At most 2m with `prometheus.enabled`. Set it to the interval of applications that do not use the environment if theirs is longer: Grafana's shortest window of rates is four of the longest intervals.",
        { rationale: "Shows the first metrics soon. The default of SDKs, 60s, sends a sixth of the data." },
    ),
    namespaces: setting(
        dnsLabels.default([]),
        "Additional Namespaces with the ConfigMap `otel-application-env`, for the `envFrom` of their pods. They must exist. The stack's own Namespace always has it.",
    ),
});
