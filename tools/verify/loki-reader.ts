import * as z from "zod";
import { SERVICE_LABEL, TRACE_FIELDS } from "../../components/telemetry/names";
import { VERIFY_SERVICE } from "../../config/types/signal";
import { renderRecentQuery } from "./recent-query";
import { getJson } from "./json-client";
import { EVENT_NAME, ID_ATTRIBUTE, type ReadResult } from "./types";

const recordsSchema = z.object({
    status: z.literal("success"),
    data: z.object({ result: z.array(z.object({ values: z.array(z.unknown()) })) }),
});

/** Renders the LogQL query for a record. Selects it as Grafana does from a trace: by service label and trace id. */
export function renderLogQlQuery(traceId: string, id: string): string {
    return `{${SERVICE_LABEL}="${VERIFY_SERVICE}"} | ${TRACE_FIELDS.traceId}="${traceId}" | ${ID_ATTRIBUTE}="${id}"`;
}

/** Returns whether Loki finds the record and the event with the id by their trace. */
export async function queryLoki(lokiUrl: string, traceId: string, id: string): Promise<ReadResult> {
    const record = renderLogQlQuery(traceId, id);
    for (const query of [record, `${record} |= "${EVENT_NAME}"`]) {
        const parameters = new URLSearchParams({ ...renderRecentQuery(query), limit: "1" });
        const { status, body } = await getJson(`${lokiUrl}/loki/api/v1/query_range?${parameters.toString()}`);
        if (status !== 200) {
            throw new Error(`Loki responded with HTTP ${status}: ${JSON.stringify(body).slice(0, 200)}`);
        }
        if (!recordsSchema.parse(body).data.result.some(({ values }) => values.length > 0)) {
            return { state: "absent", why: `no record for ${query}` };
        }
    }
    return { state: "found" };
}
