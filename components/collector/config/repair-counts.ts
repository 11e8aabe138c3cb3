import type { Signal } from "../../../config/types/signal";
import { REPAIRED_ATTRIBUTE } from "./repairs";
import { POD_NAME_ENV } from "./span-metrics";
import type { CollectorConfig, ConnectorId, ConnectorTypes, ProcessorId } from "./types/collector-config";

/** Counts the marked items of all signals. It looks for the attribute first, which costs little for unmarked items. */
export const COUNT_REPAIRS = "signal_to_metrics/repairs" as const satisfies ConnectorId;
/** Gives the counts their final labels. */
const LABEL_REPAIRS = "transform/repairs" as const satisfies ProcessorId;
/** Adds up the counts, because Prometheus stores totals. */
const ACCUMULATE_REPAIRS = "delta_to_cumulative/repairs" as const satisfies ProcessorId;
/** Sends one point of each series, whatever the number of requests with repairs. */
const INTERVAL_REPAIRS = "interval/repairs" as const satisfies ProcessorId;

/** The processors of the counts, in order. */
export const REPAIR_PROCESSORS = [LABEL_REPAIRS, ACCUMULATE_REPAIRS, INTERVAL_REPAIRS] as const;

/** Prometheus stores it as `otel_stack_repaired_items_total`. */
const REPAIRED_ITEMS = "otel_stack.repaired.items";
/** Bounds the series of the counts, because a client chooses its service's name. */
const MAX_COUNTED_SERIES = 1000;
/** After this time without a repair, a counter starts again at zero. The recording rule knows it. */
export const REPAIRS_EXPIRATION = "1h";

/** Renders the connector that counts marked items. */
export function renderCountRepairs(): ConnectorTypes["signal_to_metrics"] {
    const count = (signal: Signal) => [
        {
            name: REPAIRED_ITEMS,
            description: "Items that were repaired because a store cannot take them as they are",
            unit: "{item}",
            include_resource_attributes: [
                { key: "service.name", optional: true },
                { key: "service.namespace", optional: true },
            ],
            attributes: [{ key: REPAIRED_ATTRIBUTE }, { key: "signal", default_value: signal }],
            sum: { value: "1", monotonic: true } as const,
        },
    ];
    return { error_mode: "ignore", spans: count("traces"), datapoints: count("metrics"), logs: count("logs") };
}

/** Renders the processors of the counts. Each pod of the Collector has its own counters. */
export function renderRepairProcessors(): CollectorConfig["processors"] {
    const reason = `datapoint.attributes["${REPAIRED_ATTRIBUTE}"]`;
    return {
        [LABEL_REPAIRS]: {
            error_mode: "ignore",
            metric_statements: [
                'keep_keys(resource.attributes, ["service.name", "service.namespace"])',
                `set(resource.attributes["service.instance.id"], "\${env:${POD_NAME_ENV}:-unknown}")`,
                `set(datapoint.attributes["reason"], ${reason})`,
                `delete_key(datapoint.attributes, "${REPAIRED_ATTRIBUTE}")`,
            ],
        },
        [ACCUMULATE_REPAIRS]: { max_streams: MAX_COUNTED_SERIES, max_stale: REPAIRS_EXPIRATION },
        [INTERVAL_REPAIRS]: { interval: "10s" },
    };
}
