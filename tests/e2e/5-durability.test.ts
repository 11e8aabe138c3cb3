import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DATA_OWNERS } from "../../config/schema-durability";
import { numbers } from "./support/ask";
import { kubectl, NAMESPACE, ownMetric, PATIENCE } from "./support/cluster";
import { breakKeys, breakPages, QUEUE_FILES } from "./support/corruption";
import { Forwards } from "./support/forwards";
import { evict, killCollector, killPrometheus, secondsToReplace } from "./support/kill";
import { Load } from "./support/load";
import { type Balance, balanceOf, rideOut, type RunArgs, scale, type Store, STORES } from "./support/outage";
import { eventually } from "./support/questions";
import { describeSignals } from "./support/signals";
import { startSpans, storedSpans } from "./support/spans";
import { stackWith, up, verifyHolds } from "./support/stack";
import { VolumePod } from "./support/volume-pod";
import { needsSandbox } from "./support/target";

needsSandbox("it kills programs of the node and needs the volumes of the sandbox");

/** Half an hour is what the defaults are made for; five minutes fit a test that runs for every change. */
const MINUTES = Number(process.env.E2E_OUTAGE_MINUTES ?? 5);
/** Of each pod. */
const DELETIONS = Number(process.env.E2E_DELETIONS ?? 2);
const PER_SECOND = 200;
const KILLS = 3;
const READY_WITHIN_SECONDS = 30;
const STORED_WITHIN_SECONDS = 120;
const NOTICED_WITHIN_SECONDS = 180;
/** For all that a test waits for, one after the other. */
const ALL_WITHIN = "12m";

const COLLECTOR_CLAIMS = "app.kubernetes.io/name=otel-collector";
const CLAIM = "queues-otel-collector-0";
/** For more than the alert takes no notice of. */
const QUEUED_MS = 40_000;
/** More than are on their way when a backend answers nobody: four requests, and what is gathered for the next. */
const STUCK_BYTES = 1_500_000;

/** What is on its way at any time, at this rate. */
const REPLAYED_BYTES = 300_000;
const OUT_OF_ORDER = 'sum(prometheus_tsdb_head_out_of_order_samples_appended_total{job="prometheus"})';

/** What the scenario takes, and nothing else that sends. The volumes keep their sizes: those of the sandbox do not grow. */
const SETTINGS = {
    outage: { duration: `${MINUTES}m`, itemsPerSecond: PER_SECOND },
    "jaeger.retention": "1h",
    "jaeger.storage": "4Gi",
    "victoriaLogs.storage": "8Gi",
    "prometheus.storage": "1Gi",
    "app.enabled": false,
    "telemetrygen.enabled": false,
};
/** Backends that forget nothing, so that what is missing in them was lost before. */
const KEEPING = {
    "jaeger.persistence": { enabled: true },
    "jaeger.resources": { requests: { memory: "128Mi" }, limits: { memory: "512Mi" } },
    "victoriaLogs.persistence": { enabled: true },
    "prometheus.persistence": { enabled: true },
};

const memory = stackWith("sandbox", { ...SETTINGS, ...KEEPING });
const disk = stackWith("sandbox", { ...SETTINGS, durability: "disk" });
/** Longer than an update takes. */
const DURING = { perSecond: 50, seconds: 45 };

describe("a stack that goes from memory to disk", () => {
    it("loses none of the spans that flow meanwhile", async () => {
        await up(memory);
        const spans = await startSpans("spans-to-disk", DURING);
        await up(disk);
        assert.equal(await storedSpans(spans), spans.count);
    });

    it("has a way that works for every signal", async () => {
        await verifyHolds(disk);
    });
});

describeSignals("the signals of two services, kept on disk", disk);

describe("a stack that keeps on disk what it has accepted", () => {
    let forwards: Forwards | undefined;
    let run: RunArgs;

    before(async () => {
        forwards = await Forwards.of(disk);
        run = { collector: forwards.collector, backends: forwards.backends, perSecond: PER_SECOND };
    });

    after(async () => {
        await forwards?.close();
    });

    it(`rides out ${MINUTES} minutes without backends and ${KILLS} kills: all that was accepted is stored`, async function () {
        this.timeout(`${6 * MINUTES + 10}m`);
        const balances = await rideOut({ ...run, outageMs: MINUTES * 60_000, kills: KILLS });
        assertNothingLost(balances);
    });

    it("loses nothing when a change rolls out, nor when a pod is evicted", async function () {
        this.timeout(ALL_WITHIN);
        const balances = await balanceOf(run, STORED_WITHIN_SECONDS, async () => {
            await up(stackWith("sandbox", { ...SETTINGS, durability: "disk", "collector.batch.timeout": "2s" }));
            await evict("otel-collector");
            await up(disk);
        });
        assertNothingLost(balances);
    });

    it("stores all points of a replay that come out of order, also when Prometheus is killed after it", async function () {
        this.timeout(ALL_WITHIN);
        const balances = await balanceOf(run, STORED_WITHIN_SECONDS, async () => {
            await scale(["prometheus"], 0);
            await sleep(QUEUED_MS);
            await scale(["prometheus"], 1);
            await eventually(async () => {
                assert.ok((await outOfOrderPoints(run)) > 0, "no point came out of order");
                assert.ok((await queuedBytes("otlp_http/prometheus")) < REPLAYED_BYTES, "the queue still replays");
            }, STORED_WITHIN_SECONDS);
            // What it had in memory comes back from the logs on its volume. Prometheus 3.14 could lose points out of order
            // then: https://github.com/prometheus/prometheus/issues/19744
            await killPrometheus();
        });
        assertNothingLost(balances);
    });

    for (const name of ["otel-collector", ...STORES]) {
        it(`has ${name} ready again within ${READY_WITHIN_SECONDS} s whenever its pod is deleted`, async function () {
            this.timeout((DELETIONS + 1) * READY_WITHIN_SECONDS * 1000);
            for (let deletion = 0; deletion < DELETIONS; deletion++) {
                const seconds = await secondsToReplace(name, READY_WITHIN_SECONDS);
                console.log(`        ${seconds.toFixed(1)} s`);
            }
        });
    }

    it("refuses what a full volume cannot take, says so, and goes on by itself once there is room", async function () {
        this.timeout(ALL_WITHIN);
        const volume = await VolumePod.start(CLAIM);
        const balances = await balanceOf(run, STORED_WITHIN_SECONDS, async (load) => {
            await scale(["jaeger"], 0);
            // What is just being taken out of a queue needs room too: docs/reliability.md.
            await eventually(async () => {
                assert.ok((await queuedBytes("otlp_http/jaeger")) > STUCK_BYTES, "traces still leave their queue");
            }, NOTICED_WITHIN_SECONDS);
            await volume.run("dd if=/dev/zero of=/data/filler bs=1M 2>&1; sync");
            await eventually(() => {
                assert.ok(load.sentAgain("traces") > 0, "no span was refused");
                return Promise.resolve();
            }, NOTICED_WITHIN_SECONDS);
            await assertFires("CollectorQueueFull", "jaeger", run);
            await volume.run("rm /data/filler");
            await scale(["jaeger"], 1);
        }).finally(() => volume.stop());
        assertNothingLost(balances);
        for (const { signal, made, accepted } of balances) {
            assert.equal(accepted, made, `${signal}: not all were taken in the end`);
        }
    });

    /** Has the queue of a backend fill, breaks its file, and kills the Collector, which finds it so at its start. */
    async function breakQueue(backend: keyof typeof QUEUE_FILES, script: (file: string) => string): Promise<void> {
        await scale([backend], 0);
        const load = new Load({ ...run, run: randomBytes(8).toString("hex") });
        await sleep(QUEUED_MS);
        await load.stop(0);
        const volume = await VolumePod.start(CLAIM);
        await volume.run(script(QUEUE_FILES[backend]));
        await volume.stop();
        await killCollector();
    }

    it("starts anew with a queue whose file it finds corrupt, says what is lost, and goes on", async function () {
        this.timeout(ALL_WITHIN);
        await breakQueue("victorialogs", breakKeys);
        await eventually(async () => {
            const log = await kubectl("logs", "-n", NAMESPACE, "otel-collector-0");
            assert.match(log, /Database corruption detected, recreating database file/);
        }, NOTICED_WITHIN_SECONDS);
        await assertFires("CollectorQueueLost", "victorialogs", run);
        await scale(["victorialogs"], 1);
        await verifyHolds(disk);
    });

    it("says why it does not start with broken pages, and what is lost when it is given an empty volume", async function () {
        this.timeout(ALL_WITHIN);
        await breakQueue("jaeger", breakPages);
        // What docs/runbook.md says to look for, and to do.
        await eventually(async () => {
            const log = await kubectl("logs", "-n", NAMESPACE, "otel-collector-0", "--previous");
            assert.match(log, /panic: assertion failed: Page expected to be|freepages|invalid database/);
        }, NOTICED_WITHIN_SECONDS);
        await kubectl("delete", "pvc", "-n", NAMESPACE, CLAIM, "--wait=false");
        await kubectl("delete", "pod", "-n", NAMESPACE, "otel-collector-0");
        await kubectl("rollout", "status", "-n", NAMESPACE, "statefulset/otel-collector", PATIENCE);
        await assertFires("CollectorQueueLost", "jaeger", run);
        await scale(["jaeger"], 1);
        await verifyHolds(disk);
    });
});

describe("a stack that goes from disk to memory", () => {
    after(async () => {
        await up(stackWith("sandbox", { allowDataLoss: [...DATA_OWNERS] }));
        await kubectl("delete", "persistentvolumeclaims", "-n", NAMESPACE, "--selector", COLLECTOR_CLAIMS);
    });

    it("loses none of the spans that flow meanwhile", async () => {
        const spans = await startSpans("spans-to-memory", DURING);
        const toMemory = stackWith("sandbox", { ...SETTINGS, ...KEEPING, allowDataLoss: ["collector"] });
        await up(toMemory);
        assert.equal(await storedSpans(spans), spans.count);
        await verifyHolds(toMemory);
    });
});

/** Points that Prometheus has stored out of order since it started. */
async function outOfOrderPoints({ backends }: RunArgs): Promise<number> {
    const [points = 0] = await numbers(await backends.prometheus.url(), OUT_OF_ORDER, true);
    return points;
}

async function queuedBytes(exporter: string): Promise<number> {
    return ownMetric("otelcol_exporter_queue_size", `exporter="${exporter}"`);
}

async function assertFires(alert: string, queueOf: Store, { backends }: RunArgs): Promise<void> {
    const series = `ALERTS{alertname="${alert}",alertstate="firing",exporter="otlp_http/${queueOf}"}`;
    await eventually(async () => {
        const firing = await numbers(await backends.prometheus.url(), series, true);
        assert.deepEqual(firing, [1], `${alert} does not fire`);
    }, NOTICED_WITHIN_SECONDS);
}

/** Prints the table for docs/reliability.md. */
function assertNothingLost(balances: readonly Balance[]): void {
    console.table(balances.map(({ missing, ...balance }) => ({ ...balance, lost: missing.length })));
    for (const { signal, made, accepted, missing } of balances) {
        assert.ok(accepted > 0.9 * made, `${signal}: only ${accepted} of ${made} were accepted`);
        assert.deepEqual(missing, [], signal);
    }
}
