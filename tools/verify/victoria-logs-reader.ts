import { SERVICE_ATTRIBUTE, TRACE_FIELDS } from "../../components/telemetry/names";
import { VERIFY_SERVICE } from "../../config/types/signal";
import { renderRecentQuery } from "./recent-query";
import { getJsonLines } from "./json-client";
import { ID_ATTRIBUTE, type ReadResult } from "./types";

/** The record with that id by its trace, as one jumps from a trace to its logs, in the stream of its service. */
export function renderLogsQlQuery(traceId: string, id: string): string {
    return `{${SERVICE_ATTRIBUTE}="${VERIFY_SERVICE}"} ${TRACE_FIELDS.traceId}:="${traceId}" ${ID_ATTRIBUTE}:="${id}"`;
}

/** Whether VictoriaLogs has the record with the id, and finds it by its trace. */
export async function queryVictoriaLogs(victoriaLogsUrl: string, traceId: string, id: string): Promise<ReadResult> {
    const query = renderLogsQlQuery(traceId, id);
    const parameters = new URLSearchParams({ ...renderRecentQuery(query), limit: "1" });
    const found = await getJsonLines(`${victoriaLogsUrl}/select/logsql/query?${parameters.toString()}`);
    return found.length > 0 ? { state: "found" } : { state: "absent", why: `no record for ${query}` };
}
