import type { LogRoute } from "../../../config/model/log-stores";
import { LOG_LANGUAGES } from "../log-languages";
import type { DashboardSpec } from "./model";
import { NO_DATA } from "./no-data";
import { logsPanel, timeSeriesPanel } from "./panels";

/** The log records of all or selected services. */
export function logsDashboard(source: LogRoute): DashboardSpec {
    const { all, allServices, environments, errors, namespaces, recordsOfServices, rateBy, services } =
        LOG_LANGUAGES[source];
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
            { name: "namespace", label: "Namespace", source, query: namespaces, all },
            { name: "environment", label: "Environment", source, query: environments, all },
        ],
        rows: [
            {
                title: "Rates",
                panels: [
                    timeSeriesPanel({
                        title: "Records by service",
                        description: "Log records per second by service.",
                        noData: NO_DATA.logs,
                        source,
                        width: 12,
                        unit: "cps",
                        queries: [rateBy("service", recordsOfServices)],
                    }),
                    timeSeriesPanel({
                        title: "Records by severity",
                        description:
                            "Log records per second by level: of the severity, or of the text of a record without one.",
                        noData: NO_DATA.logs,
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
                        description:
                            "Records of severity ERROR and above, or with such a level in their text. Open a record for a link to its trace.",
                        noData: "The records say their severity in another way than by number, by an attribute `level` or in their text.",
                        source,
                        width: 24,
                        queries: [
                            {
                                expr: errors(recordsOfServices),
                                emptyWhen: "no error was logged",
                            },
                        ],
                    }),
                    logsPanel({
                        title: "All records",
                        description: "The newest records. Open a record for its fields and a link to its trace.",
                        noData: NO_DATA.logs,
                        source,
                        width: 24,
                        queries: [{ expr: recordsOfServices }],
                    }),
                ],
            },
        ],
    };
}
