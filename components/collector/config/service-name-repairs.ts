import { NAMESPACE_ATTRIBUTE, SERVICE_ATTRIBUTE, STREAM_ATTRIBUTES } from "../../telemetry/names";
import type { Repair } from "./repairs";
import type { StatementGroup } from "./types/cluster-telemetry";

/** Loki rejects label values above 2048 bytes, and Jaeger on a volume has 65,000 bytes for a name and an attribute. */
const MAX_NAME_BYTES = 1024;
/** https://opentelemetry.io/docs/specs/semconv/resource/service/ */
const UNKNOWN_SERVICE = "unknown_service";

/**
 * Matches a byte that is no UTF-8. The class has two characters, because Go searches for the bytes of a single one
 * instead of its meaning.
 */
const NOT_UTF8 = String.raw`[\\x{FFFC}-\\x{FFFD}]`;

const SERVICE_NAME = `resource.attributes["${SERVICE_ATTRIBUTE}"]`;

/**
 * Repairs the name of the service. Without a name, spans are in no span metric and log records in a stream of all
 * services; a name that is no text gets another name in each backend.
 */
export const SERVICE_NAME_REPAIRS: readonly Repair[] = [
    {
        reason: "service_name",
        condition: `not IsString(${SERVICE_NAME}) or ${SERVICE_NAME} == ""`,
        statements: [
            `set(${SERVICE_NAME}, String(${SERVICE_NAME})) where ${SERVICE_NAME} != nil and not IsString(${SERVICE_NAME})`,
            `set(${SERVICE_NAME}, "${UNKNOWN_SERVICE}") where ${SERVICE_NAME} == nil or ${SERVICE_NAME} == ""`,
        ],
    },
    ...limitName(SERVICE_ATTRIBUTE),
];

const NAMESPACE = `resource.attributes["${NAMESPACE_ATTRIBUTE}"]`;

/**
 * Removes an empty namespace, which means none. Prometheus would make `job` of a slash and the name, and two resources
 * would write the same series. No repair, because nothing is lost.
 */
export const DELETE_EMPTY_NAMESPACE: StatementGroup<"resource"> = {
    context: "resource",
    conditions: [`${NAMESPACE} == ""`],
    statements: [`delete_key(resource.attributes, "${NAMESPACE_ATTRIBUTE}")`],
};

/** Repairs the other attributes that separate the streams of a log store. */
export const STREAM_REPAIRS: readonly Repair[] = STREAM_ATTRIBUTES.filter((key) => key !== SERVICE_ATTRIBUTE).flatMap(
    (key) => {
        const path = `resource.attributes["${key}"]`;
        return [
            {
                // Loki would make a label of each key.
                reason: "stream_attribute_type",
                condition: `${path} != nil and not IsString(${path})`,
                statements: [`set(${path}, String(${path})) where not IsString(${path})`],
            },
            ...limitName(key),
        ];
    },
);

function limitName(key: string): readonly Repair[] {
    const path = `resource.attributes["${key}"]`;
    return [
        {
            reason: "name_too_long",
            condition: `${path} != nil and Len(${path}) > ${MAX_NAME_BYTES}`,
            // Without a marker, because the name is a label and a search term.
            statements: [`set(${path}, Substring(${path}, 0, ${MAX_NAME_BYTES}, utf8_safe = true))`],
        },
        {
            reason: "name_not_utf8",
            condition: `${path} != nil and IsMatch(${path}, "${NOT_UTF8}")`,
            statements: [`replace_pattern(${path}, "${NOT_UTF8}", "?")`],
        },
    ];
}
