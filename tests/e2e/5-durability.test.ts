import assert from "node:assert/strict";
import { PortForward } from "../../tools/verify/port-forward";
import { outputsOf } from "../../tools/verify/stack";
import { kubectl, NAMESPACE } from "./support/cluster";
import { secondsToReplace } from "./support/kill";
import { rideOut } from "./support/outage";
import type { Backends } from "./support/questions";
import { startSpans, storedSpans } from "./support/spans";
import { stackWith, up, verifyHolds } from "./support/stack";

/** Half an hour is what the defaults are made for; five minutes fit a test that runs for every change. */
const MINUTES = Number(process.env.E2E_OUTAGE_MINUTES ?? 5);
/** Of each pod. */
const DELETIONS = Number(process.env.E2E_DELETIONS ?? 2);
const PER_SECOND = 200;
const KILLS = 3;
const READY_WITHIN_SECONDS = 30;

/** Volumes that the sandbox's pool has, and a retention that they hold. */
const SMALL = {
    outage: { duration: `${2 * MINUTES}m`, itemsPerSecond: PER_SECOND / 2 },
    "jaeger.retention": "1h",
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
    const memory = stackWith("sandbox", { ...SMALL, ...KEEPING });
    const disk = stackWith("sandbox", { ...SMALL, durability: "disk" });
    const forwards: PortForward[] = [];

    const during = { perSecond: 50, seconds: 45 };

    after(async () => {
        await Promise.all(forwards.map((forward) => forward.close()));
        await up(stackWith("sandbox"));
        const claims = "app.kubernetes.io/name=otel-collector";
        await kubectl("delete", "persistentvolumeclaims", "-n", NAMESPACE, "--selector", claims);
    });

    it("goes from memory to disk while spans flow, and none is lost", async () => {
        await up(memory);
        const spans = await startSpans("spans-to-disk", during);
        await up(disk);
        assert.equal(await storedSpans(spans), spans.count);
    });

    it("gives every signal a way that works", async () => {
        await verifyHolds(disk);
    });

    it(`rides out ${MINUTES} minutes without backends and ${KILLS} kills: all that was accepted is stored`, async function () {
        this.timeout(`${3 * MINUTES + 10}m`);
        const { portForwards } = await outputsOf(disk);
        const forward = (to: keyof typeof portForwards): PortForward => {
            const started = new PortForward(portForwards[to]?.command ?? assert.fail(`no way to ${to}`), disk.env);
            forwards.push(started);
            return started;
        };
        const backends: Backends = {
            prometheus: forward("prometheus"),
            jaeger: forward("jaeger"),
            loki: forward("loki"),
        };
        const balances = await rideOut({
            collector: forward("otelCollectorHttp"),
            backends,
            perSecond: PER_SECOND,
            outageMs: MINUTES * 60_000,
            kills: KILLS,
        });
        console.table(balances.map(({ missing, ...balance }) => ({ ...balance, lost: missing.length })));
        for (const { signal, accepted, missing } of balances) {
            assert.ok(accepted >= 0.9 * MINUTES * 60 * PER_SECOND, `${signal}: only ${accepted} were accepted`);
            assert.deepEqual(missing, [], signal);
        }
    });

    for (const name of ["otel-collector", "jaeger", "loki", "prometheus"]) {
        it(`has ${name} ready again within ${READY_WITHIN_SECONDS} s whenever its pod is deleted`, async function () {
            this.timeout((DELETIONS + 1) * READY_WITHIN_SECONDS * 1000);
            for (let deletion = 0; deletion < DELETIONS; deletion++) {
                const seconds = await secondsToReplace(name, READY_WITHIN_SECONDS);
                console.log(`        ${seconds.toFixed(1)} s`);
            }
        });
    }

    it("goes back to memory while spans flow, and none is lost", async () => {
        const spans = await startSpans("spans-to-memory", during);
        await up(memory);
        assert.equal(await storedSpans(spans), spans.count);
        await verifyHolds(memory);
    });
});
