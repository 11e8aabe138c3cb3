import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { TRUNCATED_ATTRIBUTE } from "../../components/collector/config/jaeger-limits";
import { PERSISTENT_QUEUE_CONSUMERS } from "../../config/model/durability";
import { DATA_OWNERS } from "../../config/schema/durability";
import { getTrace, queryPrometheus, type Trace } from "../../tools/verify/store-api";
import { kubectl, NAMESPACE, sumCollectorMetric, KUBECTL_TIMEOUT } from "./support/cluster";
import { renderKeyCorruption, renderPageCorruption, QUEUE_FILES } from "./support/bbolt-corruption";
import { PortForwards } from "./support/port-forwards";
import { evictPod, killCollector, killPrometheus, measureReplacement } from "./support/pod-faults";
import { LoadGenerator } from "./support/load-generator";
import {
    assertNothingLost,
    type LossReport,
    measureLoss,
    printReports,
    runOutage,
    type LoadRunArgs,
    scaleBackends,
    type StatefulBackend,
    STATEFUL_BACKENDS,
} from "./support/data-loss";
import { postOtlp, renderLongAttributeTrace } from "./support/otlp-requests";
import { eventually } from "./support/query-assertions";
import { describeSignals } from "./support/signals";
import { startSpanSender, countStoredTraces } from "./support/span-sender-pod";
import { configureStack, pulumiUp, assertVerified } from "./support/stack";
import { VolumePod } from "./support/volume-pod";
import { needsSandbox } from "./support/target";

needsSandbox("it kills programs of the node and needs the volumes of the sandbox");

/** The defaults are sized for half an hour. Five minutes are short enough for a test of every change. */
const OUTAGE_MINUTES = Number(process.env.E2E_OUTAGE_MINUTES ?? 5);
/** For each pod. */
const POD_DELETIONS = Number(process.env.E2E_DELETIONS ?? 2);
const PER_SECOND = 200;
const KILL_COUNT = 3;
const READY_TIMEOUT_SECONDS = 30;
const STORE_TIMEOUT_SECONDS = 120;
const DETECTION_TIMEOUT_SECONDS = 180;
/** For all waits of a test together. */
const TEST_TIMEOUT = "12m";

const COLLECTOR_SELECTOR = "app.kubernetes.io/name=otel-collector";
const QUEUE_CLAIM = "queues-otel-collector-0";
/** Long enough to queue more data than the alert ignores. */
const QUEUED_MS = 40_000;
/** How long an item waits in the queue of a backend that accepts it, on a busy machine. */
const MAX_QUEUED_SECONDS = 5;
/** More than is in flight when no backend responds: four requests, and the batch for the next one. */
const MIN_STUCK_BYTES = 1_500_000;

/** More than the 65,000 bytes of a key in Jaeger's database. */
const LONG_BYTES = 70_000;
/** Concurrent batches of one queue. */
const CONSUMERS = PERSISTENT_QUEUE_CONSUMERS.own;

/** The amount in flight at any time, at this rate. */
const MAX_REPLAYED_BYTES = 300_000;
const OUT_OF_ORDER_QUERY = 'sum(prometheus_tsdb_head_out_of_order_samples_appended_total{job="prometheus"})';

/**
 * Only what the scenario needs, and nothing else that sends. Volumes keep their sizes, because those of the sandbox
 * cannot grow.
 */
const SETTINGS = {
    "jaeger.retention": "1h",
    "jaeger.volumeSize": "4Gi",
    "victoriaLogs.volumeSize": "8Gi",
    "prometheus.volumeSize": "1Gi",
    "shop.enabled": false,
    "telemetrygen.enabled": false,
};
/** Backends with persistent data, so that missing data was lost before it reached them. */
const PERSISTENT_BACKENDS = {
    "jaeger.persistence": { enabled: true },
    "jaeger.resources": { requests: { memory: "128Mi" }, limits: { memory: "512Mi" } },
    "victoriaLogs.persistence": { enabled: true },
    "prometheus.persistence": { enabled: true },
};

const PERSISTENT_QUEUES = {
    "durability.mode": "disk",
    "durability.maxOutage": `${OUTAGE_MINUTES}m`,
    "durability.itemsPerSecond": PER_SECOND,
};

const inMemoryStack = configureStack("sandbox", { ...SETTINGS, ...PERSISTENT_BACKENDS });
const persistentStack = configureStack("sandbox", { ...SETTINGS, ...PERSISTENT_QUEUES });
/** Longer than an update. */
const SPAN_RATE = { perSecond: 50, seconds: 45 };

describe("migration from memory to disk", () => {
    it("loses no span", async () => {
        await pulumiUp(inMemoryStack);
        const spans = await startSpanSender("spans-to-disk", SPAN_RATE);
        await pulumiUp(persistentStack);
        assert.equal(await countStoredTraces(spans), spans.count);
    });

    it("delivers all signals", async () => {
        await assertVerified(persistentStack);
    });
});

describeSignals("dashboards, rules and correlations with persistent queues", persistentStack);

describe("persistent queues", () => {
    let forwards: PortForwards | undefined;
    let run: LoadRunArgs;

    before(async () => {
        forwards = await PortForwards.open(persistentStack);
        run = { collector: forwards.collector, backends: forwards.backends, perSecond: PER_SECOND };
    });

    after(async () => {
        await forwards?.close();
    });

    it(`deliver all accepted data after ${OUTAGE_MINUTES} minutes of outage and ${KILL_COUNT} kills`, async function () {
        this.timeout(`${6 * OUTAGE_MINUTES + 10}m`);
        const balances = await runOutage({ ...run, outageMs: OUTAGE_MINUTES * 60_000, kills: KILL_COUNT });
        await assertDelivered(balances);
    });

    it("lose nothing during a rollout or an eviction", async function () {
        this.timeout(TEST_TIMEOUT);
        const balances = await measureLoss(run, STORE_TIMEOUT_SECONDS, async () => {
            await pulumiUp(
                configureStack("sandbox", {
                    ...SETTINGS,
                    ...PERSISTENT_QUEUES,
                    "collector.batch.flushTimeout": "2s",
                }),
            );
            await evictPod("otel-collector");
            await pulumiUp(persistentStack);
        });
        await assertDelivered(balances);
    });

    it("store all out-of-order points of a replay, even when Prometheus is killed afterwards", async function () {
        this.timeout(TEST_TIMEOUT);
        const balances = await measureLoss(run, STORE_TIMEOUT_SECONDS, async () => {
            await scaleBackends(["prometheus"], 0);
            await sleep(QUEUED_MS);
            await scaleBackends(["prometheus"], 1);
            await eventually(async () => {
                assert.ok((await countOutOfOrderPoints(run)) > 0, "no point came out of order");
                assert.ok(
                    (await getQueueBytes("otlp_http/prometheus")) < MAX_REPLAYED_BYTES,
                    "the queue still replays",
                );
            }, STORE_TIMEOUT_SECONDS);
            // Its in-memory data is replayed from the write-ahead log. Prometheus 3.14 could lose out-of-order points:
            // https://github.com/prometheus/prometheus/issues/19744
            await killPrometheus();
        });
        await assertDelivered(balances);
    });

    it("truncate a long attribute for Jaeger, and deliver the traces of other services", async () => {
        const names = ["before", "long", "after"] as const;
        // Three requests within a second, so that they are in one batch.
        const first = names.map((name) => renderLongAttributeTrace(`e2e-${name}`, name === "long" ? LONG_BYTES : 10));
        for (const { request } of first) {
            await postOtlp(run.collector, "traces", request);
        }
        const [before, long, after] = await Promise.all(first.map(({ traceId }) => waitForTrace(traceId, run)));
        for (const neighbour of [before, after]) {
            assert.deepEqual(getTags(neighbour), { text: "x".repeat(10), nested: '{"text":"xxxxxxxxxx"}' });
        }
        const { text, nested, [TRUNCATED_ATTRIBUTE]: marked } = getTags(long);
        assert.match(String(text), /^x{32000,}\.\.\. \[truncated\]$/);
        assert.match(String(nested), /^\{"text":"x{32000,}\.\.\. \[truncated\]$/);
        // All attributes of a span that is too long become text.
        assert.equal(String(marked), "true");

        // No consumer retries the batch.
        for (let count = 0; count < CONSUMERS; count++) {
            await postOtlp(run.collector, "traces", renderLongAttributeTrace("e2e-long", LONG_BYTES).request);
        }
        const later = renderLongAttributeTrace("e2e-later", 10);
        await postOtlp(run.collector, "traces", later.request);
        await waitForTrace(later.traceId, run);
    });

    for (const name of ["otel-collector", ...STATEFUL_BACKENDS]) {
        it(`let ${name} become ready within ${READY_TIMEOUT_SECONDS} s after each deletion of its pod`, async function () {
            this.timeout((POD_DELETIONS + 1) * READY_TIMEOUT_SECONDS * 1000);
            for (let deletion = 0; deletion < POD_DELETIONS; deletion++) {
                const seconds = await measureReplacement(name, READY_TIMEOUT_SECONDS);
                console.log(`        ${seconds.toFixed(1)} s`);
            }
        });
    }

    it("reject data when the volume is full, alert, and recover when space is freed", async function () {
        this.timeout(TEST_TIMEOUT);
        const volume = await VolumePod.start(QUEUE_CLAIM);
        const whileFull = { first: 0, last: 0 };
        const balances = await measureLoss(run, STORE_TIMEOUT_SECONDS, async (load) => {
            await scaleBackends(["jaeger"], 0);
            // Data that is being removed from a queue needs space too: docs/explanation/delivery-guarantees.md.
            await eventually(async () => {
                assert.ok(
                    (await getQueueBytes("otlp_http/jaeger")) > MIN_STUCK_BYTES,
                    "traces still leave their queue",
                );
            }, DETECTION_TIMEOUT_SECONDS);
            whileFull.first = load.made - MAX_QUEUED_SECONDS * PER_SECOND;
            await volume.run("dd if=/dev/zero of=/data/filler bs=1M 2>&1; sync");
            await eventually(() => {
                assert.ok(load.countRetries("traces") > 0, "no span was refused");
                return Promise.resolve();
            }, DETECTION_TIMEOUT_SECONDS);
            await assertAlertFires("CollectorQueueFull", "jaeger", run);
            await volume.run("rm /data/filler");
            whileFull.last = load.made;
            await scaleBackends(["jaeger"], 1);
        }).finally(() => volume.stop());
        printReports(balances);
        for (const { signal, made, accepted } of balances) {
            assert.equal(accepted, made, `${signal}: not all were accepted in the end`);
        }
        await assertNothingLost(balances.map((report) => excludeReadWhileFull(report, whileFull)));
    });

    /** Fills the queue of a backend, corrupts its file, and kills the Collector, which then finds the corrupt file. */
    async function breakQueue(backend: keyof typeof QUEUE_FILES, script: (file: string) => string): Promise<void> {
        await scaleBackends([backend], 0);
        const load = new LoadGenerator({ ...run, run: randomBytes(8).toString("hex") });
        await sleep(QUEUED_MS);
        await load.stop(0);
        const volume = await VolumePod.start(QUEUE_CLAIM);
        await volume.run(script(QUEUE_FILES[backend]));
        await volume.stop();
        await killCollector();
    }

    it("recreate a corrupt file and report the loss", async function () {
        this.timeout(TEST_TIMEOUT);
        await breakQueue("victorialogs", renderKeyCorruption);
        await eventually(async () => {
            const log = await kubectl("logs", "-n", NAMESPACE, "otel-collector-0");
            assert.match(log, /Database corruption detected, recreating database file/);
        }, DETECTION_TIMEOUT_SECONDS);
        await assertAlertFires("CollectorPersistentQueueLost", "victorialogs", run);
        await scaleBackends(["victorialogs"], 1);
        await assertVerified(persistentStack);
    });

    it("fail to start with corrupt pages, and report the loss when the volume is replaced", async function () {
        this.timeout(TEST_TIMEOUT);
        await breakQueue("jaeger", renderPageCorruption);
        // The symptoms and the fix from docs/reference/alerts.md.
        await eventually(async () => {
            const log = await kubectl("logs", "-n", NAMESPACE, "otel-collector-0", "--previous");
            assert.match(log, /panic: assertion failed: Page expected to be|freepages|invalid database/);
        }, DETECTION_TIMEOUT_SECONDS);
        await kubectl("delete", "pvc", "-n", NAMESPACE, QUEUE_CLAIM, "--wait=false");
        await kubectl("delete", "pod", "-n", NAMESPACE, "otel-collector-0");
        await kubectl("rollout", "status", "-n", NAMESPACE, "statefulset/otel-collector", KUBECTL_TIMEOUT);
        await assertAlertFires("CollectorPersistentQueueLost", "jaeger", run);
        await scaleBackends(["jaeger"], 1);
        await assertVerified(persistentStack);
    });
});

describe("migration from disk to memory", () => {
    after(async () => {
        await pulumiUp(configureStack("sandbox", { allowDataLoss: [...DATA_OWNERS] }));
        await kubectl("delete", "persistentvolumeclaims", "-n", NAMESPACE, "--selector", COLLECTOR_SELECTOR);
    });

    it("loses no span", async () => {
        const spans = await startSpanSender("spans-to-memory", SPAN_RATE);
        const toMemory = configureStack("sandbox", {
            ...SETTINGS,
            ...PERSISTENT_BACKENDS,
            allowDataLoss: ["collector"],
        });
        await pulumiUp(toMemory);
        assert.equal(await countStoredTraces(spans), spans.count);
        await assertVerified(toMemory);
    });
});

/** Number of out-of-order points that Prometheus stored since its start. */
async function countOutOfOrderPoints({ backends }: LoadRunArgs): Promise<number> {
    const [points = 0] = await queryPrometheus(await backends.prometheus.url(), OUT_OF_ORDER_QUERY, true);
    return points;
}

async function waitForTrace(traceId: string, { backends }: LoadRunArgs): Promise<Trace> {
    let trace: Trace | undefined;
    await eventually(async () => {
        trace = await getTrace(await backends.jaeger.url(), traceId);
    }, STORE_TIMEOUT_SECONDS);
    return trace ?? assert.fail("no trace");
}

/** The attributes of the only span that the test sets, and the mark. */
function getTags(trace: Trace | undefined): Readonly<Record<string, unknown>> {
    const tags = trace?.spans[0]?.tags ?? [];
    return Object.fromEntries(
        tags
            .filter(({ key }) => ["text", "nested", TRUNCATED_ATTRIBUTE].includes(key))
            .map(({ key, value }) => [key, value]),
    );
}

async function getQueueBytes(exporter: string): Promise<number> {
    return sumCollectorMetric("otelcol_exporter_queue_size", `exporter="${exporter}"`);
}

async function assertAlertFires(alert: string, queueOf: StatefulBackend, { backends }: LoadRunArgs): Promise<void> {
    const series = `ALERTS{alertname="${alert}",alertstate="firing",exporter="otlp_http/${queueOf}"}`;
    await eventually(async () => {
        const firing = await queryPrometheus(await backends.prometheus.url(), series, true);
        assert.deepEqual(firing, [1], `${alert} does not fire`);
    }, DETECTION_TIMEOUT_SECONDS);
}

/**
 * Drops the items that leave a queue while its volume is full. The Collector writes to a queue what it reads from it, and
 * drops the request if it cannot: docs/explanation/delivery-guarantees.md. Nothing leaves the queue of traces.
 */
function excludeReadWhileFull(
    { missing, ...report }: LossReport,
    { first, last }: { readonly first: number; readonly last: number },
): LossReport {
    const isExcused = (id: number): boolean => report.signal !== "traces" && id >= first && id <= last;
    return { ...report, missing: missing.filter((id) => !isExcused(id)) };
}

async function assertDelivered(reports: readonly LossReport[]): Promise<void> {
    printReports(reports);
    for (const { signal, made, accepted } of reports) {
        assert.ok(accepted > 0.9 * made, `${signal}: only ${accepted} of ${made} were accepted`);
    }
    await assertNothingLost(reports);
}
