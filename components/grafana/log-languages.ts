import type { LogRoute } from "../../config/model/log-stores";
import { SERVICE_ATTRIBUTE, SERVICE_LABEL, TRACE_FIELDS } from "../telemetry/names";

/** A query that counts records, and the names of its series. */
export interface CountQuery {
    readonly expr: string;
    readonly legend: string;
}

/** What Grafana asks a log store, in the store's own language. `$service` is what a person has chosen. */
export interface LogLanguage {
    /** The records of everybody. */
    readonly allRecords: string;
    /** Those of one service. */
    readonly recordsOfService: string;
    /** Those of several services, or of all. */
    readonly recordsOfServices: string;
    /** All of a trace; `$$` as provisioning would read `${` as an environment variable. */
    readonly recordsOfTrace: string;
    /** The records among those that have at least that severity: https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
    readonly withMinSeverity: (severityNumber: number, records: string) => string;
    /** Records a second of each service, or of each severity as the services name it. */
    readonly rateBy: (what: "service" | "severity", records: string) => CountQuery;
    /** Where the list of services comes from. */
    readonly services: string;
    /** What stands for all services. */
    readonly allServices: string;
}

const SEVERITY = { text: "severity_text", number: "severity_number" } as const;
const TRACE_ID = "$${__trace.traceId}";

/** https://grafana.com/docs/loki/latest/query/ */
const LOGQL: LogLanguage = {
    allRecords: `{${SERVICE_LABEL}=~".+"}`,
    recordsOfService: `{${SERVICE_LABEL}="$service"}`,
    recordsOfServices: `{${SERVICE_LABEL}=~"$service"}`,
    recordsOfTrace: `{${SERVICE_LABEL}=~".+"} | ${TRACE_FIELDS.traceId}="${TRACE_ID}"`,
    withMinSeverity: (severityNumber, records) => `${records} | ${SEVERITY.number} >= ${severityNumber}`,
    rateBy: (what, records) => {
        const field = what === "service" ? SERVICE_LABEL : SEVERITY.text;
        return { expr: `sum by (${field}) (rate(${records}[$__auto]))`, legend: `{{${field}}}` };
    },
    services: `label_values(${SERVICE_LABEL})`,
    allServices: ".+",
};

/** https://docs.victoriametrics.com/victorialogs/logsql/ */
const LOGSQL: LogLanguage = {
    allRecords: `${SERVICE_ATTRIBUTE}:*`,
    recordsOfService: `${SERVICE_ATTRIBUTE}:="$service"`,
    recordsOfServices: `${SERVICE_ATTRIBUTE}:in($service)`,
    recordsOfTrace: `${TRACE_FIELDS.traceId}:="${TRACE_ID}"`,
    withMinSeverity: (severityNumber, records) => `${records} ${SEVERITY.number}:>=${severityNumber}`,
    rateBy: (what, records) => {
        const field = what === "service" ? SERVICE_ATTRIBUTE : SEVERITY.text;
        return { expr: `${records} | stats by (${field}) rate() as records`, legend: `{{${field}}}` };
    },
    services: SERVICE_ATTRIBUTE,
    allServices: "*",
};

export const LOG_LANGUAGES: Readonly<Record<LogRoute, LogLanguage>> = { loki: LOGQL, victorialogs: LOGSQL };
