import type { LogRoute } from "../../../config/model/log-stores";
import { LOG_LANGUAGES } from "../log-languages";
import type { DashboardSpec } from "./model";
import { logsPanel, timeSeriesPanel } from "./panels";

/** SeverityNumber of ERROR: https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const ERROR_SEVERITY = 17;

/** The log records of all or selected services. */
export function logsDashboard(source: LogRoute): DashboardSpec {
    const { allServices, withMinSeverity, recordsOfServices, rateBy, services } = LOG_LANGUAGES[source];
    return {
        uid: "otel-logs",
        title: "Logs",
        description: "Log records: their number by service and severity, errors, and the records.",
        requires: source,
        variables: [
            {
                name: "service",
                label: "Service",
                source,
                query: services,
                all: allServices,
            },
        ],
        rows: [
            {
                title: "Rates",
                panels: [
                    timeSeriesPanel({
                        title: "Records by service",
                        description: "Log records per second by service.",
                        source,
                        width: 12,
                        unit: "cps",
                        queries: [rateBy("service", recordsOfServices)],
                    }),
                    timeSeriesPanel({
                        title: "Records by severity",
                        description: "Log records per second by severity text.",
                        source,
                        width: 12,
                        unit: "cps",
                        queries: [rateBy("severity", recordsOfServices)],
                    }),
                ],
            },
            {
                title: "Records",
                panels: [
                    logsPanel({
                        title: "Errors",
                        description: "Records of severity ERROR and above. Open a record for a link to its trace.",
                        source,
                        width: 24,
                        queries: [
                            {
                                expr: withMinSeverity(ERROR_SEVERITY, recordsOfServices),
                                emptyWhen: "no error was logged",
                            },
                        ],
                    }),
                    logsPanel({
                        title: "All records",
                        description: "The newest records. Open a record for its fields and a link to its trace.",
                        source,
                        width: 24,
                        queries: [{ expr: recordsOfServices }],
                    }),
                ],
            },
        ],
    };
}
