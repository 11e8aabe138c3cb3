import { SERVICE_ATTRIBUTE, TRACE_FIELDS } from "../../components/shared/correlation";
import { VERIFY_SERVICE } from "../../config/signals";
import { renderQueryAroundNow } from "./around-now";
import { getJsonLines } from "./http";
import { ID_ATTRIBUTE, type Look } from "./model";

/** The record with that id by its trace, as one jumps from a trace to its logs, in the stream of its service. */
export function logsQlOf(traceId: string, id: string): string {
    return `{${SERVICE_ATTRIBUTE}="${VERIFY_SERVICE}"} ${TRACE_FIELDS.traceId}:="${traceId}" ${ID_ATTRIBUTE}:="${id}"`;
}

/** Whether VictoriaLogs has the record with the id, and finds it by its trace. */
export async function lookInVictoriaLogs(victoriaLogsUrl: string, traceId: string, id: string): Promise<Look> {
    const query = logsQlOf(traceId, id);
    const parameters = new URLSearchParams({ ...renderQueryAroundNow(query), limit: "1" });
    const found = await getJsonLines(`${victoriaLogsUrl}/select/logsql/query?${parameters.toString()}`);
    return found.length > 0 ? { state: "found" } : { state: "absent", why: `no record for ${query}` };
}
