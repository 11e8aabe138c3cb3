import { SERVICE_ATTRIBUTE, TRACE_FIELDS } from "../../components/shared/correlation";
import { VERIFY_SERVICE } from "../../config/signals";
import { getJsonLines } from "./http";
import { ID_ATTRIBUTE, type Look } from "./model";

/** How far back and ahead the look goes, in seconds: a record keeps its sender's time, and clocks differ. */
const AROUND_SECONDS = 600;

/** The record with that id by its trace, as one jumps from a trace to its logs, in the stream of its service. */
export function logsQlOf(traceId: string, id: string): string {
    return `{${SERVICE_ATTRIBUTE}="${VERIFY_SERVICE}"} ${TRACE_FIELDS.traceId}:="${traceId}" ${ID_ATTRIBUTE}:="${id}"`;
}

/** Whether VictoriaLogs has the record with the id, and finds it by its trace. */
export async function lookInVictoriaLogs(victoriaLogsUrl: string, traceId: string, id: string): Promise<Look> {
    const query = logsQlOf(traceId, id);
    const now = Math.floor(Date.now() / 1000);
    const parameters = new URLSearchParams({
        query,
        start: String(now - AROUND_SECONDS),
        end: String(now + AROUND_SECONDS),
        limit: "1",
    });
    const found = await getJsonLines(`${victoriaLogsUrl}/select/logsql/query?${parameters.toString()}`);
    return found.length > 0 ? { state: "found" } : { state: "absent", why: `no record for ${query}` };
}
