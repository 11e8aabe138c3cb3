import type { LogStore } from "../../config/model/log-stores";
import { LOKI_PORT } from "../loki/config";
import { VICTORIA_LOGS_PORT } from "../victoria-logs/config";

/** The port of each log store, for OTLP, queries and its own metrics. */
export const LOG_STORE_PORTS: Readonly<Record<LogStore, number>> = {
    loki: LOKI_PORT,
    victoriaLogs: VICTORIA_LOGS_PORT,
};

/** The path of each log store's UI, if it has one. */
export const LOG_STORE_UI_PATHS: Readonly<Partial<Record<LogStore, string>>> = { victoriaLogs: "/select/vmui" };
