import type { LogRoute } from "../../config/log-stores";
import { SERVICE_ATTRIBUTE, SERVICE_LABEL, TRACE_FIELDS } from "../shared/correlation";

/** A query that counts records, and the names of its series. */
export interface Counted {
    readonly expr: string;
    readonly legend: string;
}

/** What Grafana asks a log store, in the store's own language. `$service` is what a person has chosen. */
export interface LogLanguage {
    /** The records of everybody. */
    readonly everything: string;
    /** Those of one service. */
    readonly ofService: string;
    /** Those of several services, or of all. */
    readonly ofServices: string;
    /** All of a trace; `$$` as provisioning would read `${` as an environment variable. */
    readonly ofTrace: string;
    /** The records among those that have at least that severity: https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
    readonly atLeast: (severityNumber: number, records: string) => string;
    /** Records a second of each service, or of each severity as the services name it. */
    readonly rateBy: (what: "service" | "severity", records: string) => Counted;
    /** Where the list of services comes from. */
    readonly services: string;
    /** What stands for all services. */
    readonly allServices: string;
}

const SEVERITY = { text: "severity_text", number: "severity_number" } as const;
const TRACE_ID = "$${__trace.traceId}";

/** https://grafana.com/docs/loki/latest/query/ */
const LOGQL: LogLanguage = {
    everything: `{${SERVICE_LABEL}=~".+"}`,
    ofService: `{${SERVICE_LABEL}="$service"}`,
    ofServices: `{${SERVICE_LABEL}=~"$service"}`,
    ofTrace: `{${SERVICE_LABEL}=~".+"} | ${TRACE_FIELDS.traceId}="${TRACE_ID}"`,
    atLeast: (severityNumber, records) => `${records} | ${SEVERITY.number} >= ${severityNumber}`,
    rateBy: (what, records) => {
        const field = what === "service" ? SERVICE_LABEL : SEVERITY.text;
        return { expr: `sum by (${field}) (rate(${records}[$__auto]))`, legend: `{{${field}}}` };
    },
    services: `label_values(${SERVICE_LABEL})`,
    allServices: ".+",
};

/** https://docs.victoriametrics.com/victorialogs/logsql/ */
const LOGSQL: LogLanguage = {
    everything: `${SERVICE_ATTRIBUTE}:*`,
    ofService: `${SERVICE_ATTRIBUTE}:="$service"`,
    ofServices: `${SERVICE_ATTRIBUTE}:in($service)`,
    ofTrace: `${TRACE_FIELDS.traceId}:="${TRACE_ID}"`,
    atLeast: (severityNumber, records) => `${records} ${SEVERITY.number}:>=${severityNumber}`,
    rateBy: (what, records) => {
        const field = what === "service" ? SERVICE_ATTRIBUTE : SEVERITY.text;
        return { expr: `${records} | stats by (${field}) rate() as records`, legend: `{{${field}}}` };
    },
    services: SERVICE_ATTRIBUTE,
    allServices: "*",
};

export const LOG_LANGUAGES: Readonly<Record<LogRoute, LogLanguage>> = { loki: LOGQL, victorialogs: LOGSQL };
