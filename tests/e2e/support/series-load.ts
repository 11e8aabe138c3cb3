import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "../../../tools/verify/connection";
import { postOtlp } from "./otlp-requests";

/** New series in one request, and in one second. */
const SERIES_PER_REQUEST = 500;
const SERIES_PER_SECOND = 3000;
const LONG_BYTES = 10 * 1024;
const BOUNDS = [5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

/** A metric of which each point is a new series. */
interface UnboundedMetric {
    readonly service: string;
    readonly name: string;
    /** The fields of the metric apart from its name. */
    readonly render: (ids: readonly number[]) => object;
}

/** A gauge with a user id as attribute. */
export function renderGauges(service: string): UnboundedMetric {
    const dataPoints = (ids: readonly number[]) =>
        ids.map((id) => ({ ...point(), asDouble: id, attributes: [attribute("user.id", `user-${id}`)] }));
    return { service, name: "orders.in_flight", render: (ids) => ({ gauge: { dataPoints: dataPoints(ids) } }) };
}

export function renderHistograms(service: string): UnboundedMetric {
    const dataPoints = (ids: readonly number[]) =>
        ids.map((id) => ({
            ...point(),
            count: "1",
            sum: 7,
            explicitBounds: BOUNDS,
            bucketCounts: ["0", "1", ...BOUNDS.slice(1).map(() => "0")],
            attributes: [attribute("user.id", `user-${id}`)],
        }));
    return {
        service,
        name: "orders.duration",
        render: (ids) => ({ histogram: { aggregationTemporality: 2, dataPoints: dataPoints(ids) } }),
    };
}

/** Names, keys and values of 10 KiB. */
export function renderTexts(service: string): UnboundedMetric {
    const long = (text: string) => text.padEnd(LONG_BYTES, "x");
    const dataPoints = (ids: readonly number[]) =>
        ids.map((id) => ({
            ...point(),
            asDouble: id,
            attributes: [attribute("user.id", long(`user-${id}-`)), attribute(long(`key-${id}-`), "value")],
        }));
    return { service, name: long("texts."), render: (ids) => ({ gauge: { dataPoints: dataPoints(ids) } }) };
}

/** Sends new series at a constant rate, over one connection. Like an SDK, it retries what is rejected. */
export async function sendSeries(
    collector: Connection,
    { name, render, service }: UnboundedMetric,
    count: number,
    perRequest = SERIES_PER_REQUEST,
): Promise<void> {
    const start = performance.now();
    for (let first = 0; first < count; first += perRequest) {
        const ids = Array.from({ length: perRequest }, (_, index) => first + index);
        const request = {
            resourceMetrics: [
                {
                    resource: { attributes: [attribute("service.name", service)] },
                    scopeMetrics: [{ metrics: [{ name, ...render(ids) }] }],
                },
            ],
        };
        for (let retries = 0; !(await isAccepted(collector, request)) && retries < 5; retries++) {
            await sleep(500);
        }
        const early = (first + perRequest) / SERIES_PER_SECOND - (performance.now() - start) / 1000;
        await sleep(Math.max(0, early * 1000));
    }
}

async function isAccepted(collector: Connection, request: object): Promise<boolean> {
    return postOtlp(collector, "metrics", request).then(
        () => true,
        () => false,
    );
}

function point(): object {
    return { timeUnixNano: `${Date.now()}000000` };
}

function attribute(key: string, value: string): object {
    return { key, value: { stringValue: value } };
}
