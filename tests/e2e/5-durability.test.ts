import assert from "node:assert/strict";
import { PortForward } from "../../tools/verify/port-forward";
import { outputsOf } from "../../tools/verify/stack";
import { numbers } from "./support/ask";
import { kubectl, NAMESPACE } from "./support/cluster";
import { fillVolume } from "./support/full-volume";
import { secondsToReplace } from "./support/kill";
import { type Balance, balanceOf, rideOut, type RunArgs, scale, STORES } from "./support/outage";
import { eventually } from "./support/questions";
import { startSpans, storedSpans } from "./support/spans";
import { stackWith, up, verifyHolds } from "./support/stack";

/** Half an hour is what the defaults are made for; five minutes fit a test that runs for every change. */
const MINUTES = Number(process.env.E2E_OUTAGE_MINUTES ?? 5);
/** Of each pod. */
const DELETIONS = Number(process.env.E2E_DELETIONS ?? 2);
const PER_SECOND = 200;
const KILLS = 3;
const READY_WITHIN_SECONDS = 30;
const STORED_WITHIN_SECONDS = 60;
const NOTICED_WITHIN_SECONDS = 90;

const COLLECTOR_CLAIMS = "app.kubernetes.io/name=otel-collector";
const QUEUE_FULL = 'ALERTS{alertname="CollectorQueueFull",alertstate="firing",exporter="otlp_http/jaeger"}';

/** What the scenario takes, and no Jobs beside it. The volumes keep their sizes: those of the sandbox do not grow. */
const SETTINGS = {
    outage: { duration: `${MINUTES}m`, itemsPerSecond: PER_SECOND },
    "jaeger.retention": "1h",
    "jaeger.storage": "4Gi",
    "loki.storage": "4Gi",
    "prometheus.storage": "1Gi",
    "telemetrygen.enabled": false,
};
/** Backends that forget nothing, so that what is missing in them was lost before. */
const KEEPING = {
    "jaeger.persistence": { enabled: true },
    "jaeger.resources": { limits: { memory: "512Mi" } },
    "loki.persistence": { enabled: true },
    "prometheus.persistence": { enabled: true },
};

describe("durability", () => {
    const memory = stackWith("sandbox", { ...SETTINGS, ...KEEPING });
    const disk = stackWith("sandbox", { ...SETTINGS, durability: "disk" });
    const forwards: PortForward[] = [];
    const during = { perSecond: 50, seconds: 45 };
    let run: RunArgs;

    after(async () => {
        await Promise.all(forwards.map((forward) => forward.close()));
        await up(stackWith("sandbox"));
        await kubectl("delete", "persistentvolumeclaims", "-n", NAMESPACE, "--selector", COLLECTOR_CLAIMS);
    });

    it("goes from memory to disk while spans flow, and none is lost", async () => {
        await up(memory);
        const spans = await startSpans("spans-to-disk", during);
        await up(disk);
        assert.equal(await storedSpans(spans), spans.count);
    });

    it("gives every signal a way that works", async () => {
        await verifyHolds(disk);
        const { portForwards } = await outputsOf(disk);
        const forward = (to: keyof typeof portForwards): PortForward => {
            const started = new PortForward(portForwards[to]?.command ?? assert.fail(`no way to ${to}`), disk.env);
            forwards.push(started);
            return started;
        };
        run = {
            collector: forward("otelCollectorHttp"),
            backends: { prometheus: forward("prometheus"), jaeger: forward("jaeger"), loki: forward("loki") },
            perSecond: PER_SECOND,
        };
    });

    it(`rides out ${MINUTES} minutes without backends and ${KILLS} kills: all that was accepted is stored`, async function () {
        this.timeout(`${3 * MINUTES + 10}m`);
        const balances = await rideOut({ ...run, outageMs: MINUTES * 60_000, kills: KILLS });
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

    it("refuses what a full volume cannot take, says so, and goes on by itself once there is room", async () => {
        const volume = await fillVolume("queues-otel-collector-0");
        const balances = await balanceOf(run, STORED_WITHIN_SECONDS, async (load) => {
            await scale(["jaeger"], 0);
            await eventually(() => {
                assert.ok(load.sentAgain("traces") > 0, "no span was refused");
                return Promise.resolve();
            }, NOTICED_WITHIN_SECONDS);
            await eventually(async () => {
                const firing = await numbers(await run.backends.prometheus.url(), QUEUE_FULL, true);
                assert.deepEqual(firing, [1]);
            }, NOTICED_WITHIN_SECONDS);
            await volume.empty();
            await scale(["jaeger"], 1);
        }).finally(() => volume.close());
        assertNothingLost(balances);
        for (const { signal, made, accepted } of balances) {
            assert.equal(accepted, made, `${signal}: not all were taken in the end`);
        }
    });

    it("goes back to memory while spans flow, and none is lost", async () => {
        const spans = await startSpans("spans-to-memory", during);
        await up(memory);
        assert.equal(await storedSpans(spans), spans.count);
        await verifyHolds(memory);
    });
});

/** Prints the table for docs/reliability.md. */
function assertNothingLost(balances: readonly Balance[]): void {
    console.table(balances.map(({ missing, ...balance }) => ({ ...balance, lost: missing.length })));
    for (const { signal, made, accepted, missing } of balances) {
        assert.ok(accepted > 0.9 * made, `${signal}: only ${accepted} of ${made} were accepted`);
        assert.deepEqual(missing, [], signal);
    }
}
