import { type LogLimits, MAX_CLOCK_SKEW_SECONDS } from "../../../config/model/log-stores";
import { addResourceRepairs, type Repair, renderRepairs } from "./repairs";
import { SERVICE_NAME_REPAIRS, STREAM_REPAIRS } from "./service-name-repairs";
import { convertToNanoseconds, hasOtherUnit, MIN_UNIX_NANO } from "./time-repairs";
import type { ProcessorId, ProcessorTypes } from "./types/collector-config";

export const LOG_REPAIRS = "transform/log-repairs" as const satisfies ProcessorId;

const NANOSECONDS_PER_SECOND = 1_000_000_000;

const TIME = "log.time_unix_nano";
const OBSERVED = "log.observed_time_unix_nano";
const NOW = "UnixNano(Now())";
const MAX_SKEW = String(MAX_CLOCK_SKEW_SECONDS * NANOSECONDS_PER_SECOND);
/** Keeps what the client sent. */
const KEEP_TIME = `set(log.attributes["otel_stack.time_unix_nano"], ${TIME})`;

const UNIT_REPAIR: Repair = {
    reason: "time_unit",
    condition: `${TIME} < ${MIN_UNIX_NANO} and ${hasOtherUnit(TIME)}`,
    statements: [KEEP_TIME, ...convertToNanoseconds("log.cache", [TIME])],
};

const AHEAD_REPAIR: Repair = {
    reason: "time_ahead",
    condition: `${TIME} > ${NOW} + ${MAX_SKEW}`,
    statements: [KEEP_TIME, `set(${TIME}, ${NOW})`],
};

/** The time when the SDK or an agent first saw the record, if it is usable. */
function repairAge(maxAgeSeconds: number): Repair {
    const maxAge = `${maxAgeSeconds}000000000`;
    return {
        reason: "time_too_old",
        condition: `${TIME} != 0 and ${TIME} < ${NOW} - ${maxAge}`,
        statements: [KEEP_TIME, `set(${TIME}, ${NOW})`],
    };
}

/** Log stores use the observed time of a record without a time. */
const OBSERVED_REPAIR: Repair = {
    reason: "observed_time",
    condition: `${TIME} == 0 and ${OBSERVED} != 0 and (${OBSERVED} < ${MIN_UNIX_NANO} or ${OBSERVED} > ${NOW} + ${MAX_SKEW})`,
    statements: [`set(${OBSERVED}, ${NOW})`],
};

/**
 * The smallest number of each severity, by the names that loggers use:
 * https://opentelemetry.io/docs/specs/otel/logs/data-model-appendix/#appendix-b-severitynumber-example-mappings
 */
const SEVERITIES = [
    { number: 1, names: "trace[1-4]?|verbose|finest|all" },
    { number: 5, names: "debug[1-4]?|dbug|finer|fine|config" },
    { number: 9, names: "info[1-4]?|information|informational|notice" },
    { number: 13, names: "warn[1-4]?|warning" },
    { number: 17, names: "err|error[1-4]?|severe|critical|crit|alert" },
    { number: 21, names: "fatal[1-4]?|emerg|emergency|panic|dpanic" },
] as const;

/** Without a reason, because nothing is wrong with such a record. */
const SEVERITY_STATEMENTS = {
    conditions: ['log.severity_number == 0 and log.severity_text != ""'],
    statements: SEVERITIES.map(
        ({ number, names }) =>
            `set(log.severity_number, ${number}) where log.severity_number == 0 and IsMatch(log.severity_text, "(?i)^(?:${names})$$")`,
    ),
};

/** Otherwise an event is an empty line. */
const EVENT_STATEMENTS = {
    conditions: ['log.event_name != "" and (log.body == nil or log.body == "")'],
    statements: ['set(log.body, log.event_name) where log.event_name != "" and (log.body == nil or log.body == "")'],
};

/** Repairs log records that the log stores drop or do not find, and completes those that other tools wrote. */
export function renderLogRepairs({ maxAgeSeconds }: Pick<LogLimits, "maxAgeSeconds">): ProcessorTypes["transform"] {
    const repairs = addResourceRepairs(
        renderRepairs("log", [
            UNIT_REPAIR,
            AHEAD_REPAIR,
            ...(maxAgeSeconds === undefined ? [] : [repairAge(maxAgeSeconds)]),
            OBSERVED_REPAIR,
        ]),
    );
    return {
        error_mode: "ignore",
        log_statements: [
            renderRepairs("resource", [...SERVICE_NAME_REPAIRS, ...STREAM_REPAIRS]),
            {
                ...repairs,
                conditions: [...SEVERITY_STATEMENTS.conditions, ...EVENT_STATEMENTS.conditions, ...repairs.conditions],
                statements: [...SEVERITY_STATEMENTS.statements, ...EVENT_STATEMENTS.statements, ...repairs.statements],
            },
        ],
    };
}
