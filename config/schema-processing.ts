import * as z from "zod";
import { count, duration, flag, numberBetween } from "./kinds";
import { patterns } from "./kinds-processing";
import { setting } from "./setting";

/** Which traces are kept. */
export const tailSampling = z.strictObject({
    enabled: setting(
        flag.default(false),
        "Whether each trace is held until it is likely to be whole, and then kept or dropped. Those with an error and slow ones are kept, and a share of the rest. Metrics from spans and the Collector's log see all of them. It needs collector.replicas 1 and no collector.autoscaling, or layout two-tier.",
        "A playground shows every trace.",
    ),
    share: setting(
        numberBetween(0, 1).default(0.1),
        "Share of the traces without an error that are not slow either, which is kept.",
        "Enough to see what is usual.",
    ),
    slowerThan: setting(
        duration("1ms", "1h").default("1s"),
        "How long a trace takes, from its first start to its last end, that is kept for being slow.",
        "Longer than people like to wait.",
    ),
    wait: setting(
        duration("1s", "10m").default("10s"),
        "How long a trace is held after its first span. Spans that come later go the way of the others.",
        "SDKs send every 5 s.",
    ),
    maxTraces: setting(
        count(10, 1_000_000).default(2000),
        "Traces that each pod holds at once; with more, the oldest are dropped undecided, and an alert says so.",
        "200 a second for the 10 s of `wait`, some 40 MiB.",
    ),
});

const EVERYWHERE = "of spans, span events, records, points, scopes and resources";

/** What is masked before anybody sees it. */
export const redaction = z.strictObject({
    keys: setting(
        patterns.default([]),
        `Patterns of attributes' names, ${EVERYWHERE}, whose values become \`****\`. A pattern is found anywhere in a name, unless \`^\` and \`$\` say otherwise.`,
        "Nobody else knows what is sensitive; on with the first pattern.",
    ),
    values: setting(
        patterns.default([]),
        `Patterns of attributes' values, ${EVERYWHERE}, and of the text of records: what matches becomes \`****\`. Names of spans and the messages of their status stay as they are.`,
        "Nobody else knows what is sensitive; on with the first pattern.",
    ),
});
