import { SERVICE_LABEL } from "../../shared/correlation";
import type { DashboardSpec } from "./model";
import { logRecords, timeSeries } from "./panels";

const CHOSEN = `{${SERVICE_LABEL}=~"$service"}`;
/** OpenTelemetry's first number of an error: https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
const ERROR = 17;

/** The log records of all or some services. */
export const logs: DashboardSpec = {
    uid: "otel-logs",
    title: "Logs",
    description: "How many records come from whom, the errors among them, and the records themselves.",
    needs: "loki",
    variables: [
        {
            name: "service",
            label: "Service",
            source: "loki",
            query: `label_values(${SERVICE_LABEL})`,
            all: true,
        },
    ],
    rows: [
        {
            title: "How many",
            panels: [
                timeSeries({
                    title: "Records by service",
                    description: "Log records a second of each service.",
                    source: "loki",
                    width: 12,
                    unit: "cps",
                    queries: [
                        {
                            expr: `sum by (${SERVICE_LABEL}) (rate(${CHOSEN}[$__auto]))`,
                            legend: `{{${SERVICE_LABEL}}}`,
                        },
                    ],
                }),
                timeSeries({
                    title: "Records by severity",
                    description: "Log records a second of each severity, as the services name it.",
                    source: "loki",
                    width: 12,
                    unit: "cps",
                    queries: [
                        { expr: `sum by (severity_text) (rate(${CHOSEN}[$__auto]))`, legend: "{{severity_text}}" },
                    ],
                }),
            ],
        },
        {
            title: "Records",
            panels: [
                logRecords({
                    title: "Errors",
                    description: "Records of severity ERROR and above. Open one to go to its trace.",
                    source: "loki",
                    width: 24,
                    queries: [{ expr: `${CHOSEN} | severity_number >= ${ERROR}`, emptyWhen: "no error was logged" }],
                }),
                logRecords({
                    title: "All",
                    description: "The newest records. Open one to see what came with it and to go to its trace.",
                    source: "loki",
                    width: 24,
                    queries: [{ expr: CHOSEN }],
                }),
            ],
        },
    ],
};
