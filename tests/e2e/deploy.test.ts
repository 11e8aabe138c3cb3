import assert from "node:assert/strict";
import { runTelemetrygen } from "../../tools/commands/commands";
import { listObjects, kubectl, getLastChanges, type NamedObject, NAMESPACE, listStackObjects } from "./support/cluster";
import { configureTargetStack, tryPulumi, pulumiUp, assertVerified } from "./support/stack";

const stack = configureTargetStack();

describe("a new stack", () => {
    it("is previewed, and nothing is created by that", async () => {
        const { ok, output } = await tryPulumi(stack, ["preview"]);
        assert.ok(ok, output);
        assert.match(output, /to create/);
        assert.deepEqual(await listStackObjects(), []);
    });

    it("is refused with bad settings, all of them named at once", async () => {
        const bad = { "collector.replicas": 0, "prometheus.retention": 15, "jaeger.maxTrace": 10 };
        const { ok, output } = await tryPulumi(configureTargetStack(bad), ["up", "--yes", "--skip-preview"]);
        assert.equal(ok, false);
        assert.match(output, /otel-stack:collector\.replicas/);
        assert.match(output, /otel-stack:prometheus\.retention/);
        assert.match(output, /otel-stack:jaeger\.maxTrace[^s].*maxTraces/s);
        assert.deepEqual(await listStackObjects(), []);
    });

    it("comes up", async () => {
        assert.deepEqual(Object.keys(await pulumiUp(stack)), ["create"]);
    });

    it("is not changed by another up, nor by a refresh", async () => {
        for (const command of ["up", "refresh"]) {
            const { ok, output } = await tryPulumi(stack, [command, "--yes", "--skip-preview", "--expect-no-changes"]);
            assert.ok(ok, output);
        }
    });

    it("takes telemetry and gives it back", async () => {
        await assertVerified(stack);
    });

    it("has a collector that finds nothing to warn of in its configuration", async () => {
        const log = await kubectl("logs", "--namespace", NAMESPACE, "deployment/otel-collector", "--tail=-1");
        const [start = "", rest] = log.split("Everything is ready");
        assert.ok(rest !== undefined, "it has not started");
        const warnings = start.match(/\twarn\t.*/g) ?? [];
        // It may start before Jaeger does, and then logs an error.
        assert.deepEqual(
            warnings.filter((line) => !line.includes('"grpc_log": true')),
            [],
        );
    });

    it("needs no restart of any pod", async () => {
        const pods = await listObjects<{ status: { containerStatuses: { name: string; restartCount: number }[] } }>(
            "pods",
        );
        const containers = pods.flatMap(({ status }) => status.containerStatuses);
        assert.ok(containers.length >= 3);
        assert.deepEqual(
            containers.filter(({ restartCount }) => restartCount > 0),
            [],
        );
    });

    it("runs its telemetrygen Jobs again and touches nothing else", async () => {
        const before = await listObjects<NamedObject>("jobs");
        await runTelemetrygen(stack);
        const after = await listObjects<NamedObject>("jobs");
        const names = (jobs: readonly NamedObject[]): string[] => jobs.map(({ metadata }) => metadata.name).sort();
        assert.deepEqual(names(after), ["telemetrygen-logs", "telemetrygen-metrics", "telemetrygen-traces"]);
        assert.deepEqual(names(after), names(before));
        const old = before.map(({ metadata }) => metadata.uid);
        assert.ok(after.every(({ metadata }) => !old.includes(metadata.uid)));
        const changes = await getLastChanges(stack);
        assert.deepEqual(changes, { replace: 3 });
    });
});
