import { SERVICE_ATTRIBUTE, TRACE_FIELDS } from "../../components/telemetry/names";
import { VERIFY_SERVICE } from "../../config/types/signal";
import { renderRecentQuery } from "./recent-query";
import { getJsonLines } from "./json-client";
import { EVENT_NAME, ID_ATTRIBUTE, type ReadResult } from "./types";

/** Renders the LogsQL query for a record. Selects it as Grafana does from a trace: by service stream and trace id. */
export function renderLogsQlQuery(traceId: string, id: string): string {
    return `{${SERVICE_ATTRIBUTE}="${VERIFY_SERVICE}"} ${TRACE_FIELDS.traceId}:="${traceId}" ${ID_ATTRIBUTE}:="${id}"`;
}

/** Returns whether VictoriaLogs finds the record and the event with the id by their trace. */
export async function queryVictoriaLogs(victoriaLogsUrl: string, traceId: string, id: string): Promise<ReadResult> {
    const record = renderLogsQlQuery(traceId, id);
    for (const query of [record, `${record} _msg:="${EVENT_NAME}"`]) {
        const parameters = new URLSearchParams({ ...renderRecentQuery(query), limit: "1" });
        const found = await getJsonLines(`${victoriaLogsUrl}/select/logsql/query?${parameters.toString()}`);
        if (found.length === 0) {
            return { state: "absent", why: `no record for ${query}` };
        }
    }
    return { state: "found" };
}
