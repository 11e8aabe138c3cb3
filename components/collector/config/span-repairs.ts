import { addResourceRepairs, type Repair, renderRepairs } from "./repairs";
import { DELETE_EMPTY_NAMESPACE, SERVICE_NAME_REPAIRS } from "./service-name-repairs";
import { convertToNanoseconds, hasOtherUnit, MIN_UNIX_NANO } from "./time-repairs";
import type { ProcessorId, ProcessorTypes } from "./types/collector-config";

export const SPAN_REPAIRS = "transform/span-repairs" as const satisfies ProcessorId;

const START = "span.start_time_unix_nano";
const END = "span.end_time_unix_nano";
const DURATION = 'span.cache["duration"]';
/** Keeps what the client sent. */
const KEEP_START = `set(span.attributes["otel_stack.start_time_unix_nano"], ${START})`;

const TIME_REPAIRS: readonly Repair[] = [
    {
        reason: "time_unit",
        condition: `${START} < ${MIN_UNIX_NANO} and ${hasOtherUnit(START)}`,
        statements: [KEEP_START, ...convertToNanoseconds("span.cache", [START, END])],
    },
    {
        // Jaeger would find it only in 1970, and from 1970 to now its operation would take all the time.
        reason: "start_time",
        condition: `${START} < ${MIN_UNIX_NANO}`,
        statements: [
            KEEP_START,
            `set(${START}, ${END}) where ${END} >= ${MIN_UNIX_NANO}`,
            // With an end that is wrong as well, the span keeps its duration and ends now.
            `set(${DURATION}, ${END} - ${START}) where ${END} >= ${START}`,
            `set(${DURATION}, 0) where ${DURATION} == nil`,
            `set(${END}, UnixNano(Now())) where ${START} < ${MIN_UNIX_NANO}`,
            `set(${START}, ${END} - ${DURATION}) where ${START} < ${MIN_UNIX_NANO}`,
        ],
    },
    {
        reason: "end_before_start",
        condition: `${END} < ${START}`,
        statements: [`set(${END}, ${START})`],
    },
];

/** Jaeger stores the spans of all services without an id as one trace, which nobody finds. */
const ID_REPAIRS: readonly Repair[] = [
    {
        reason: "trace_id",
        condition: "span.trace_id == TraceID(0x00000000000000000000000000000000)",
        statements: ["set(span.trace_id.string, MD5(UUID()))"],
    },
    {
        reason: "span_id",
        condition: "span.span_id == SpanID(0x0000000000000000)",
        statements: ["set(span.span_id.string, Substring(MD5(UUID()), 0, 16))"],
    },
];

/** Repairs spans that Jaeger stores but does not find, or that distort the metrics of their operation. */
export function renderSpanRepairs(): ProcessorTypes["transform"] {
    return {
        // An error of a statement must not drop the batch.
        error_mode: "ignore",
        trace_statements: [
            DELETE_EMPTY_NAMESPACE,
            renderRepairs("resource", SERVICE_NAME_REPAIRS),
            addResourceRepairs(renderRepairs("span", [...TIME_REPAIRS, ...ID_REPAIRS])),
        ],
    };
}
