import type { LogLimits } from "../../../config/model/log-stores";
import { TRUNCATION_MARKER } from "../../telemetry/names";
import { renderRepairs } from "./repairs";
import type { ProcessorId, ProcessorTypes } from "./types/collector-config";

export const LOKI_LIMITS = "transform/loki-limits" as const satisfies ProcessorId;

/**
 * A key without a Latin letter or a digit. Loki has no name for such an attribute, and answers 400 for all records of
 * the request.
 */
const UNNAMEABLE_KEY = "^([^a-zA-Z0-9]*)$$";

/**
 * Renames the attributes that Loki cannot store, and truncates long lines. The new key is `key_` and the MD5 of the key,
 * so that two keys stay two.
 *
 * Source: `attributeToLabels` in Loki's pkg/loghttp/push/otlp.go. It joins the keys of maps, so their inner keys need no
 * change.
 */
export function renderLokiLimits({ maxLineBytes }: Pick<LogLimits, "maxLineBytes">): ProcessorTypes["transform"] {
    const body = "log.body.string";
    return {
        error_mode: "ignore",
        log_statements: [
            { context: "resource", conditions: [], statements: [renameKeys("resource")] },
            { context: "scope", conditions: [], statements: [renameKeys("scope")] },
            {
                context: "log",
                conditions: [],
                statements: [
                    renameKeys("log"),
                    // Loki does not keep the name of an event.
                    'set(log.attributes["event_name"], log.event_name) where log.event_name != ""',
                ],
            },
            renderRepairs("log", [
                {
                    reason: "body_too_long",
                    condition: `Len(${body}) > ${maxLineBytes}`,
                    statements: [
                        `set(${body}, Concat([Substring(${body}, 0, ${maxLineBytes - TRUNCATION_MARKER.length}, utf8_safe = true), "${TRUNCATION_MARKER}"], ""))`,
                    ],
                },
            ]),
        ],
    };
}

function renameKeys(context: "log" | "resource" | "scope"): string {
    return `replace_all_patterns(${context}.attributes, "key", "${UNNAMEABLE_KEY}", "$$1", MD5, "key_%s")`;
}
