import * as z from "zod";
import { NAMES_AFTER_FAILURE } from "../../../components/rules/metrics";
import { RECORDED } from "../../../components/rules/recording";
import { isRecord } from "../../../tools/mocked-stack";
import { data } from "./ask";

const matchers = z.array(z.object({ name: z.string(), type: z.enum(["=", "!=", "=~", "!~"]), value: z.string() }));

/** What a healthy stack has no series of, and why. */
const ABSENT: readonly { readonly pattern: RegExp; readonly why: string }[] = [
    {
        pattern: new RegExp(`__name__="(${NAMES_AFTER_FAILURE.join("|")})"`),
        why: "the counter appears with the first failure",
    },
    {
        pattern: new RegExp(`__name__="(${[RECORDED.queueFull, RECORDED.dropped, RECORDED.limited].join("|")})"`),
        why: "recorded from such a counter",
    },
    { pattern: new RegExp(`__name__="${RECORDED.queueLeft}"`), why: "recorded while a queue grows" },
    { pattern: new RegExp(`__name__="${RECORDED.queueLost}"`), why: "recorded when a queue is lost" },
    {
        pattern: /__name__="loki_discarded_samples_total"/,
        why: "the counter appears with the first record thrown away",
    },
    {
        pattern: /status_code="(401|UNAUTHENTICATED)"/,
        why: "the Collector asks nobody for credentials, or nobody comes without",
    },
    { pattern: new RegExp(`__name__="${RECORDED.unauthenticated}"`), why: "recorded from such answers" },
    { pattern: /otel_metric_overflow="true"/, why: "no service has too many operations" },
];

/**
 * The selectors of a query that must find series. A query may answer without them, such as by `or vector(0)`, and an
 * alert answers nothing while all is well: their selectors show whether they read what is there.
 */
export async function selectorsOf(prometheusUrl: string, expr: string): Promise<readonly string[]> {
    const parsed = await data(`${prometheusUrl}/api/v1/parse_query`, { query: expr });
    return selectorsIn(parsed).filter((selector) => !ABSENT.some(({ pattern }) => pattern.test(selector)));
}

/** Every selector in a parsed query, without its window and offset. */
function selectorsIn(node: unknown): string[] {
    if (Array.isArray(node)) {
        return node.flatMap(selectorsIn);
    }
    if (!isRecord(node)) {
        return [];
    }
    const own = node.type === "vectorSelector" || node.type === "matrixSelector" ? [selectorFrom(node.matchers)] : [];
    return [...own, ...Object.values(node).flatMap(selectorsIn)];
}

function selectorFrom(parsed: unknown): string {
    const all = matchers.parse(parsed).map(({ name, type, value }) => `${name}${type}${JSON.stringify(value)}`);
    return `{${all.sort().join(",")}}`;
}
