import type { LogRoute } from "../../config/model/log-stores";
import {
    ENVIRONMENT_ATTRIBUTE,
    ENVIRONMENT_LABEL,
    NAMESPACE_ATTRIBUTE,
    NAMESPACE_LABEL,
    SERVICE_ATTRIBUTE,
    SERVICE_LABEL,
    TRACE_FIELDS,
} from "../telemetry/names";

/** A query that counts records, and the legend of its series. */
interface CountQuery {
    readonly expr: string;
    readonly legend: string;
}

/** The queries to a log store in its query language, with the variables of dashboards. */
export interface LogLanguage {
    /** The records of all services. */
    readonly allRecords: string;
    /** The records of one service: `$service`, its `$namespace`, which may be empty, and an `$environment` or all. */
    readonly recordsOfService: string;
    /** The records of several services, namespaces and environments, or of all. */
    readonly recordsOfServices: string;
    /** The records of a trace. `$$`, because provisioning would expand `${` as an environment variable. */
    readonly recordsOfTrace: string;
    /** Selects the records of severity ERROR and above, however their severity is written. */
    readonly errors: (records: string) => string;
    /** Records per second of each service or each level. */
    readonly rateBy: (what: "service" | "severity", records: string) => CountQuery;
    /** The queries for the lists of services, namespaces and environments. */
    readonly services: string;
    readonly namespaces: string;
    readonly environments: string;
    /** The value that selects all services. */
    readonly allServices: string;
    /** The value that selects all namespaces or environments, and records without any. */
    readonly all: string;
}

/** https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const SEVERITY_NUMBER = "severity_number";
const ERROR_SEVERITY = 17;
/**
 * Loki sets it from the severity, from an attribute such as `level`, or from the text of the record:
 * https://grafana.com/docs/loki/latest/get-started/labels/#automatic-log-level-detection
 */
const LOKI_LEVEL = "detected_level";
const TRACE_ID = "$${__trace.traceId}";

/** https://grafana.com/docs/loki/latest/query/ */
const LOGQL: LogLanguage = {
    allRecords: `{${SERVICE_LABEL}=~".+"}`,
    recordsOfService: `{${SERVICE_LABEL}="$service",${NAMESPACE_LABEL}="$namespace",${ENVIRONMENT_LABEL}=~"$environment"}`,
    recordsOfServices: `{${SERVICE_LABEL}=~"$service",${NAMESPACE_LABEL}=~"$namespace",${ENVIRONMENT_LABEL}=~"$environment"}`,
    recordsOfTrace: `{${SERVICE_LABEL}=~".+"} | ${TRACE_FIELDS.traceId}="${TRACE_ID}"`,
    errors: (records) =>
        `${records} | ${LOKI_LEVEL}=~"error|critical|fatal" or ${SEVERITY_NUMBER} >= ${ERROR_SEVERITY}`,
    rateBy: (what, records) => {
        const field = what === "service" ? SERVICE_LABEL : LOKI_LEVEL;
        return { expr: `sum by (${field}) (rate(${records}[$__auto]))`, legend: `{{${field}}}` };
    },
    services: `label_values(${SERVICE_LABEL})`,
    namespaces: `label_values(${NAMESPACE_LABEL})`,
    environments: `label_values(${ENVIRONMENT_LABEL})`,
    allServices: ".+",
    all: ".*",
};

/** VictoriaLogs sets no level, so the query does. `from` and `to` are severity numbers. */
const LEVEL = "log_level";
const LEVELS = [
    { level: "trace", from: 1, to: 4, words: "trace|verbose" },
    { level: "debug", from: 5, to: 8, words: "debug" },
    { level: "info", from: 9, to: 12, words: "info|information|notice" },
    { level: "warn", from: 13, to: 16, words: "warn|warning" },
    { level: "error", from: 17, to: 20, words: "error|err|severe|critical" },
    { level: "fatal", from: 21, to: 24, words: "fatal|panic" },
] as const;
const HAS_NO_SEVERITY = `${SEVERITY_NUMBER}:=0`;

/** An attribute with a level, or a text with one as loggers write it: `"level":"error"`, `level=error`. */
function matchLevel(words: string): string {
    const text = `_msg:~\`(?i)\\b(level|lvl|severity)"?\\s*[:=]\\s*"?(${words})\\b\``;
    return `(level:~"(?i)^(${words})$" or ${text})`;
}

function renderLevel({ from, level, to, words }: (typeof LEVELS)[number]): string {
    const hasLevel = `${SEVERITY_NUMBER}:range[${from}, ${to}] or (${HAS_NO_SEVERITY} ${matchLevel(words)})`;
    return `format if (${hasLevel}) "${level}" as ${LEVEL}`;
}

function renderUnknownLevel(): string {
    return `format if (${LEVEL}:"") "unknown" as ${LEVEL}`;
}

function countBy(field: string, records: string): CountQuery {
    return { expr: `${records} | stats by (${field}) rate() as records`, legend: `{{${field}}}` };
}

/** https://docs.victoriametrics.com/victorialogs/logsql/ */
const LOGSQL: LogLanguage = {
    allRecords: `${SERVICE_ATTRIBUTE}:*`,
    recordsOfService: `${SERVICE_ATTRIBUTE}:="$service" ${NAMESPACE_ATTRIBUTE}:="$namespace" ${ENVIRONMENT_ATTRIBUTE}:~"^($environment)$"`,
    recordsOfServices: `${SERVICE_ATTRIBUTE}:in($service) ${NAMESPACE_ATTRIBUTE}:in($namespace) ${ENVIRONMENT_ATTRIBUTE}:in($environment)`,
    recordsOfTrace: `${TRACE_FIELDS.traceId}:="${TRACE_ID}"`,
    errors: (records) =>
        `${records} (${SEVERITY_NUMBER}:>=${ERROR_SEVERITY} or (${HAS_NO_SEVERITY} ${matchLevel("error|err|severe|critical|fatal|panic")}))`,
    rateBy: (what, records) =>
        what === "service"
            ? countBy(SERVICE_ATTRIBUTE, records)
            : countBy(LEVEL, [records, ...LEVELS.map(renderLevel), renderUnknownLevel()].join(" | ")),
    services: SERVICE_ATTRIBUTE,
    namespaces: NAMESPACE_ATTRIBUTE,
    environments: ENVIRONMENT_ATTRIBUTE,
    allServices: "*",
    all: "*",
};

export const LOG_LANGUAGES: Readonly<Record<LogRoute, LogLanguage>> = { loki: LOGQL, victorialogs: LOGSQL };
