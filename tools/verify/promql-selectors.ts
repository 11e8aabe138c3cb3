import * as z from "zod";
import { LAZY_COUNTERS, METRICS } from "../../components/prometheus/rules/metrics";
import { RECORDING_RULES } from "../../components/prometheus/rules/recording";
import { isRecord } from "../../config/types/raw";
import { fetchData } from "./store-api";

const matcherList = z.array(z.object({ name: z.string(), type: z.enum(["=", "!=", "=~", "!~"]), value: z.string() }));

const LAZY_RECORDING_RULES = [
    RECORDING_RULES.queueFull,
    RECORDING_RULES.dropped,
    RECORDING_RULES.limited,
    RECORDING_RULES.repaired,
    RECORDING_RULES.rejected,
    RECORDING_RULES.deltaDropped,
    RECORDING_RULES.seriesDropped,
    RECORDING_RULES.metricDropped,
    RECORDING_RULES.unpairedSpans,
];

/** Series that a healthy stack does not have, and why. */
const ABSENT_WHEN_HEALTHY: readonly { readonly pattern: RegExp; readonly why: string }[] = [
    {
        pattern: new RegExp(`__name__="(${LAZY_COUNTERS.join("|")})"`),
        why: "the counter appears with the first failure",
    },
    {
        pattern: new RegExp(`__name__="(${LAZY_RECORDING_RULES.join("|")})"`),
        why: "recorded from such a counter",
    },
    { pattern: new RegExp(`__name__="${RECORDING_RULES.queueTimeToFull}"`), why: "recorded while a queue grows" },
    { pattern: new RegExp(`__name__="${RECORDING_RULES.queueLost}"`), why: "recorded when a queue is lost" },
    { pattern: new RegExp(`__name__="${RECORDING_RULES.largestMetric}"`), why: "recorded once a minute" },
    {
        pattern: /__name__="loki_discarded_samples_total"/,
        why: "the counter appears with the first record thrown away",
    },
    {
        pattern: /status_code="(400|401|413|415|RESOURCE_EXHAUSTED|UNAUTHENTICATED)"/,
        why: "the Collector asks nobody for credentials, or nobody comes without, and no request is too large or malformed",
    },
    { pattern: new RegExp(`__name__="${RECORDING_RULES.unauthenticated}"`), why: "recorded from such answers" },
    { pattern: /http_response_status_code!~"2\.\."/, why: "Azure Monitor accepts all requests" },
    { pattern: new RegExp(`__name__="${RECORDING_RULES.azureFailed}"`), why: "recorded from such answers" },
    {
        pattern: new RegExp(`__name__="(${RECORDING_RULES.undecided}|${METRICS.undecided})"`),
        why: "tail sampling decides on each trace",
    },
    { pattern: /otel_metric_overflow="true"/, why: "no service has too many operations" },
];

/**
 * The selectors of a query that must match series. A query can return data without them, for example with `or
 * vector(0)`, and an alert returns nothing on a healthy stack. So the test checks that each selector matches.
 */
export async function findRequiredSelectors(prometheusUrl: string, expr: string): Promise<readonly string[]> {
    const parsed = await fetchData(`${prometheusUrl}/api/v1/parse_query`, { query: expr });
    return collectSelectors(parsed).filter(
        (selector) => !ABSENT_WHEN_HEALTHY.some(({ pattern }) => pattern.test(selector)),
    );
}

/** All selectors of a parsed query, without range and offset. */
function collectSelectors(node: unknown): string[] {
    if (Array.isArray(node)) {
        return node.flatMap(collectSelectors);
    }
    if (!isRecord(node)) {
        return [];
    }
    const own = node.type === "vectorSelector" || node.type === "matrixSelector" ? [renderSelector(node.matchers)] : [];
    return [...own, ...Object.values(node).flatMap(collectSelectors)];
}

function renderSelector(parsed: unknown): string {
    const all = matcherList.parse(parsed).map(({ name, type, value }) => `${name}${type}${JSON.stringify(value)}`);
    return `{${all.sort().join(",")}}`;
}
