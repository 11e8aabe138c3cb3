import assert from "node:assert/strict";
import * as z from "zod";
import { DATA_OWNERS } from "../../config/schema/durability";
import { fetchData, type LogRecord } from "../../tools/verify/store-api";
import { kubectl, NAMESPACE } from "./support/cluster";
import { NEIGHBOUR, type OddItem } from "./support/odd-items";
import { ODD_RECORDS } from "./support/odd-logs";
import { createOddMetrics, renderGauge } from "./support/odd-metrics";
import { ODD_SPANS } from "./support/odd-spans";
import { postOtlp } from "./support/otlp-requests";
import { PortForwards } from "./support/port-forwards";
import { eventually } from "./support/query-assertions";
import { configureStack, pulumiUp } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it changes the durability of a stack without volumes");

const SETTINGS = { "shop.enabled": false, "telemetrygen.enabled": false };
/** The counts are sent every ten seconds. */
const COUNT_TIMEOUT_SECONDS = 60;
/** Names of series that nobody sent: what the Collector adds, and what Prometheus derives from it with the same `job`. */
const DERIVED_SERIES = "target_info|otel_stack[:_].*|ALERTS.*";

type Labels = Readonly<Record<string, string>>;
const vector = z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.unknown().optional() })),
});
const alerts = z.object({
    alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), state: z.string() })),
});

/** Label sets by case, for a comparison of both push protocols. */
const storedLabels: Record<string, Record<string, readonly Labels[]>> = {};

for (const mode of ["memory", "disk"] as const) {
    describe(`odd items with durability.mode ${mode}`, () => {
        const stack = configureStack("sandbox", { ...SETTINGS, "durability.mode": mode });
        /** Unique, so that the second mode does not find what the first one stored. */
        const run = `${mode}-${Date.now().toString(36)}`;
        let forwards: PortForwards;

        const assertCounted = async (service: string, signal: string, reason: string, expected: number) => {
            const selector = `otel_stack_repaired_items_total{job="${service}",signal="${signal}",reason="${reason}"}`;
            await eventually(async () => {
                const [count] = await query(`sum(${selector})`);
                assert.equal(z.tuple([z.number(), z.string()]).parse(count?.value)[1], String(expected));
            }, COUNT_TIMEOUT_SECONDS);
        };

        /** Pending and firing alerts of services of this run. */
        const assertAlerts = async (
            signal: string,
            reasons: readonly (string | undefined)[],
            services: readonly string[] = [],
        ) => {
            const url = `${await forwards.backends.prometheus.url()}/api/v1/alerts`;
            await eventually(async () => {
                const { alerts: active } = alerts.parse(await fetchData(url));
                const named = active
                    .filter(({ labels }) => labels.alertname === "CollectorRepairingItems" && labels.signal === signal)
                    .filter(({ labels: { job = "" } }) => job.endsWith(run) || services.includes(job));
                const expected = new Set(reasons.flatMap((reason) => reason ?? []));
                assert.deepEqual(new Set(named.map(({ labels }) => labels.reason)), expected);
            }, COUNT_TIMEOUT_SECONDS);
        };

        const query = async (expr: string) => {
            const url = `${await forwards.backends.prometheus.url()}/api/v1/query`;
            return vector.parse(await fetchData(url, { query: expr })).result;
        };

        before(async () => {
            await pulumiUp(stack);
            forwards = await PortForwards.open(stack);
        });

        after(async () => {
            await forwards.close();
            await pulumiUp(configureStack("sandbox", { allowDataLoss: [...DATA_OWNERS] }));
            await kubectl("delete", "persistentvolumeclaims", "-n", NAMESPACE, "--all");
        });

        for (const [index, { about }] of createOddMetrics().entries()) {
            const service = (place: string) => `${place}-${index}-${run}`;
            const resource = (place: string) => ({
                attributes: [{ key: "service.name", value: { stringValue: service(place) } }],
            });
            const neighbour = (place: string) => ({
                resource: resource(place),
                scopeMetrics: [{ metrics: [renderGauge("neighbour")] }],
            });

            it(`cost no neighbour when metrics include: ${about}`, async () => {
                const odd = createOddMetrics()[index] ?? assert.fail();
                const middle = () => ({
                    resource: resource("odd"),
                    scopeMetrics: [{ metrics: [createOddMetrics()[index]?.metric] }],
                });
                // Three requests within a second, as from three services, and one request, as from an agent.
                for (const resourceMetrics of [[neighbour("before")], [middle()], [neighbour("after")]]) {
                    await postOtlp(forwards.collector, "metrics", { resourceMetrics });
                }
                const together = [neighbour("together-before"), middle(), neighbour("together-after")];
                await postOtlp(forwards.collector, "metrics", { resourceMetrics: together });

                await eventually(async () => {
                    for (const place of ["before", "after", "together-before", "together-after"]) {
                        assert.equal((await query(`neighbour{job="${service(place)}"}`)).length, 1, place);
                    }
                    const own = await query(`{job="${service("odd")}",__name__!~"${DERIVED_SERIES}"}`);
                    const labels = own.map(({ metric }) => metric);
                    assert.deepEqual([...new Set(labels.map((set) => set.__name__))].sort(), odd.stored);
                    (storedLabels[about] ??= {})[mode] = labels.map((set) => ({ ...set, job: "" }));
                });
            });

            it(`are counted under their service's name: ${about}`, async () => {
                const { reason, repaired = 1 } = createOddMetrics()[index] ?? assert.fail();
                if (reason === undefined) {
                    assert.deepEqual(await query(`otel_stack_repaired_items_total{job="${service("odd")}"}`), []);
                    return;
                }
                await assertCounted(service("odd"), "metrics", reason, 2 * repaired);
            });
        }

        it("do not stop the scrape of the other services' metrics", async () => {
            assert.deepEqual(
                (await query('up{job="otel-collector"} == 0')).map(({ metric }) => metric),
                [],
            );
        });

        it("fire an alert that names the service, the signal and the reason", async () => {
            await assertAlerts(
                "metrics",
                createOddMetrics().map(({ reason }) => reason),
            );
        });

        for (const odds of [ODD_SPANS, ODD_RECORDS]) {
            const { signal } = odds;
            const rows = odds.createItems();

            for (const [index, { about, reason, service: ownName }] of rows.entries()) {
                const service = (place: string) => `${place}-${signal}-${index}-${run}`;
                const neighbour = (place: string) => odds.renderPart(service(place), odds.createNeighbour());
                const sent: OddItem[] = [];
                const middle = () => {
                    const odd = odds.createItems()[index] ?? assert.fail();
                    sent.push(odd);
                    return odds.renderPart(service("odd"), odd.item, odd);
                };

                it(`cost no neighbour when ${signal} include: ${about}`, async () => {
                    // Three requests within a second, as from three services, and one request, as from an agent.
                    for (const part of [neighbour("before"), middle(), neighbour("after")]) {
                        await postOtlp(forwards.collector, signal, odds.renderRequest([part]));
                    }
                    const together = [neighbour("together-before"), middle(), neighbour("together-after")];
                    await postOtlp(forwards.collector, signal, odds.renderRequest(together));

                    await eventually(async () => {
                        for (const place of ["before", "after", "together-before", "together-after"]) {
                            const found = await odds.findStored(forwards.backends, service(place));
                            assert.deepEqual(
                                found.map(({ line }) => line),
                                [NEIGHBOUR],
                                place,
                            );
                        }
                        assert.equal(
                            (await odds.findStored(forwards.backends, service("odd"), sent[0])).length,
                            sent.length,
                        );
                    });
                });

                it(`are stored after the repair of ${signal}: ${about}`, async () => {
                    const stored = await odds.findStored(forwards.backends, service("odd"), sent[0]);
                    assert.equal(stored.length, 2);
                    for (const item of stored) {
                        const { fields } = item;
                        assert.equal(fields["otel_stack.repaired"] ?? fields.otel_stack_repaired, reason);
                        // The two were not sent in the same millisecond.
                        const errors = sent.flatMap((odd) => findError(odd, item) ?? []);
                        assert.ok(errors.length < sent.length, errors.join("\n"));
                    }
                });

                it(`are counted under their service's name if repaired in ${signal}: ${about}`, async () => {
                    if (reason === undefined) {
                        assert.deepEqual(await query(`otel_stack_repaired_items_total{job="${service("odd")}"}`), []);
                        return;
                    }
                    await assertCounted(ownName ?? service("odd"), signal, reason, 2);
                });
            }

            it(`fire an alert that names the service and the reason of each repair of ${signal}`, async () => {
                await assertAlerts(
                    signal,
                    rows.map(({ reason }) => reason),
                    rows.flatMap(({ service }) => service ?? []),
                );
            });
        }

        it("include requests that are too large, which an alert counts", async () => {
            const large = { resourceMetrics: [{ schemaUrl: "x".repeat(5 * 2 ** 20) }] };
            await assert.rejects(postOtlp(forwards.collector, "metrics", large), /request body too large/);
            const url = `${await forwards.backends.prometheus.url()}/api/v1/alerts`;
            await eventually(async () => {
                const { alerts: active } = alerts.parse(await fetchData(url));
                const found = active.find(({ labels }) => labels.alertname === "CollectorRejectingRequests");
                assert.equal(found?.labels.code, "400");
            }, COUNT_TIMEOUT_SECONDS);
        });
    });
}

function findError(odd: OddItem, stored: LogRecord): string | undefined {
    try {
        odd.assertStored(stored);
        return undefined;
    } catch (error) {
        return String(error);
    }
}

describe("labels of odd items", () => {
    it("are the same by remote write and by OTLP", () => {
        const sorted = (sets: readonly Labels[] | undefined) =>
            sets?.map((set) => JSON.stringify(Object.entries(set).sort())).sort();
        for (const [about, { memory, disk }] of Object.entries(storedLabels)) {
            assert.deepEqual(sorted(memory), sorted(disk), about);
        }
        assert.equal(Object.keys(storedLabels).length, createOddMetrics().length);
    });
});
