import type { LogRoute } from "../../config/model/log-stores";
import { SERVICE_ATTRIBUTE, SERVICE_LABEL, TRACE_FIELDS } from "../telemetry/names";

/** A query that counts records, and the legend of its series. */
interface CountQuery {
    readonly expr: string;
    readonly legend: string;
}

/** The queries to a log store in its query language. `$service` is the dashboard variable. */
export interface LogLanguage {
    /** The records of all services. */
    readonly allRecords: string;
    /** The records of one service. */
    readonly recordsOfService: string;
    /** The records of several services, or of all. */
    readonly recordsOfServices: string;
    /** The records of a trace. `$$`, because provisioning would expand `${` as an environment variable. */
    readonly recordsOfTrace: string;
    /**
     * Selects the records with at least this severity:
     * https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
     */
    readonly withMinSeverity: (severityNumber: number, records: string) => string;
    /** Records per second of each service or each severity text. */
    readonly rateBy: (what: "service" | "severity", records: string) => CountQuery;
    /** The query for the list of services. */
    readonly services: string;
    /** The value that selects all services. */
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
