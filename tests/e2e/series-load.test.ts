import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { fetchData } from "../../tools/verify/store-api";
import { listContainers } from "./support/cluster";
import { assertNearlyAllStored, type LossReport, measureLoss } from "./support/data-loss";
import { postOtlp } from "./support/otlp-requests";
import { PortForwards } from "./support/port-forwards";
import { eventually } from "./support/query-assertions";
import { sendSeries, renderGauges, renderHistograms, renderTexts } from "./support/series-load";
import { configureStack, pulumiUp } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it fills the memory of the Collector and of Prometheus");

/** By default for 20 s. With a number, the test also waits until the stack is as before. */
const SERIES = Number(process.env.E2E_SERIES ?? 60_000);
const WAITS_FOR_RECOVERY = process.env.E2E_SERIES !== undefined;
const HISTOGRAMS = SERIES / 10;
const TEXTS = 500;
/** Requests with texts of 10 KiB have to be smaller than the limit of a request. */
const TEXTS_PER_REQUEST = 100;
const ALERT_SECONDS = 120;
const RECOVERY_SECONDS = 600;
/** A pod that is nearer to its limit is killed by the next load. */
const MAX_MEMORY_RATIO = 0.95;

const vector = z.object({
    result: z.array(
        z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]).optional() }),
    ),
});
const alerts = z.object({
    alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), state: z.string() })),
});

describe("series that are too many", () => {
    const stack = configureStack("sandbox", { "shop.enabled": false, "telemetrygen.enabled": false });
    const run = Date.now().toString(36);
    const services = { gauges: `gauges-${run}`, histograms: `histograms-${run}`, texts: `texts-${run}` };
    let forwards: PortForwards;
    let containers: unknown;
    let reports: readonly LossReport[];
    let alertSeconds = Infinity;

    const query = async (expr: string) => {
        const url = `${await forwards.backends.prometheus.url()}/api/v1/query`;
        return vector.parse(await fetchData(url, { query: expr })).result;
    };
    const queryNumber = async (expr: string) => {
        const [first] = await query(expr);
        return Number(first?.value?.[1] ?? NaN);
    };
    const listAlerts = async () => {
        const url = `${await forwards.backends.prometheus.url()}/api/v1/alerts`;
        const { alerts: active } = alerts.parse(await fetchData(url));
        return active
            .filter(({ labels, state }) => labels.alertname === "CollectorDroppingSeries" && state === "firing")
            .map(({ labels: { job, metric } }) => `${job ?? ""}: ${metric ?? ""}`);
    };

    before(async () => {
        await pulumiUp(stack);
        forwards = await PortForwards.open(stack);
        containers = await listContainers();
        reports = await measureLoss(
            { collector: forwards.collector, backends: forwards.backends, perSecond: 10 },
            60,
            async () => {
                await sleep(3_000);
                // Before the others, with one of which it may share a limit.
                await sendSeries(forwards.collector, renderTexts(services.texts), TEXTS, TEXTS_PER_REQUEST);
                const start = performance.now();
                const alerted = eventually(async () => {
                    assert.ok((await listAlerts()).includes(`${services.gauges}: orders.in_flight`));
                    alertSeconds = (performance.now() - start) / 1000;
                }, ALERT_SECONDS).catch(() => undefined);
                await sendSeries(forwards.collector, renderGauges(services.gauges), SERIES);
                await sendSeries(forwards.collector, renderHistograms(services.histograms), HISTOGRAMS);
                await alerted;
            },
        );
    });

    after(async () => {
        await forwards.close();
    });

    it("restart no container", async () => {
        assert.deepEqual(await listContainers(), containers);
    });

    it("leave room below the memory limits", async () => {
        const ratios = await query("max by (job) (max_over_time(otel_stack:memory:ratio[5m]))");
        const high = ratios.filter(({ value }) => Number(value?.[1]) > MAX_MEMORY_RATIO);
        assert.ok(ratios.length > 0);
        assert.deepEqual(high, []);
    });

    it("cost a well-behaved client nothing", () => {
        assertNearlyAllStored(reports);
        assert.equal(reports.length, 3);
    });

    it("fire an alert with the service and the metric within two minutes", async () => {
        assert.ok(alertSeconds <= ALERT_SECONDS, `${alertSeconds} s`);
        await eventually(async () => {
            assert.deepEqual((await listAlerts()).sort(), [
                `${services.gauges}: orders.in_flight`,
                `${services.histograms}: orders.duration`,
            ]);
        }, ALERT_SECONDS);
    });

    it("are stored up to the limits, and the others are counted", async () => {
        const stored = (series: string) => queryNumber(`count(last_over_time(${series}[10m]))`);
        const limit = await stored(`orders_in_flight{job="${services.gauges}"}`);
        assert.ok(limit > 1000 && limit < SERIES / 4, `${limit} gauges`);
        const histograms = await stored(`orders_duration_count{job="${services.histograms}"}`);
        assert.ok(histograms > 100 && histograms < HISTOGRAMS / 4, `${histograms} histograms`);
        const countDropped = (service: string) =>
            queryNumber(`sum(max_over_time(otel_stack_dropped_points_total{job="${service}"}[10m]))`);
        assert.equal(await countDropped(services.gauges), SERIES - limit);
        assert.equal(await countDropped(services.histograms), HISTOGRAMS - histograms);
    });

    it("are bounded in their size", async () => {
        const [stored] = await query(`last_over_time({job="${services.texts}",user_id=~"user-.*"}[10m])`);
        assert.ok(stored, "there is no series with long texts");
        assert.ok(Object.entries(stored.metric).every(([key, value]) => key.length <= 255 && value.length <= 1024));
        assert.match(stored.metric.otel_stack_repaired ?? "", /name_too_long/);
    });

    if (WAITS_FOR_RECOVERY) {
        it("leave the service its series within ten minutes after the load", async () => {
            await eventually(async () => {
                const request = renderGauges(services.gauges).render([Date.now()]);
                const resource = { attributes: [{ key: "service.name", value: { stringValue: services.gauges } }] };
                const metrics = [{ name: "after", ...request }];
                await postOtlp(forwards.collector, "metrics", {
                    resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }],
                });
                await sleep(5_000);
                assert.ok((await query(`after{job="${services.gauges}"}`)).length > 0);
            }, RECOVERY_SECONDS);
            await eventually(async () => {
                assert.deepEqual(await listAlerts(), []);
            }, RECOVERY_SECONDS);
        });
    }
});
