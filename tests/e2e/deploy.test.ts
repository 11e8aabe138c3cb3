import assert from "node:assert/strict";
import { runTelemetrygen } from "../../tools/commands/commands";
import { listObjects, kubectl, getLastChanges, type NamedObject, NAMESPACE, listStackObjects } from "./support/cluster";
import { configureTargetStack, tryPulumi, pulumiUp, assertVerified } from "./support/stack";

const stack = configureTargetStack();

describe("first deployment", () => {
    it("is previewed without creating anything", async () => {
        const { ok, output } = await tryPulumi(stack, ["preview"]);
        assert.ok(ok, output);
        assert.match(output, /to create/);
        assert.deepEqual(await listStackObjects(), []);
    });

    it("rejects invalid settings, all at once", async () => {
        const bad = { "collector.replicas": 0, "prometheus.retention": 15, "jaeger.maxSpanPerTrace": 10 };
        const { ok, output } = await tryPulumi(configureTargetStack(bad), ["up", "--yes", "--skip-preview"]);
        assert.equal(ok, false);
        assert.match(output, /otel-stack:collector\.replicas/);
        assert.match(output, /otel-stack:prometheus\.retention/);
        assert.match(output, /otel-stack:jaeger\.maxSpanPerTrace.*maxSpansPerTrace/s);
        assert.deepEqual(await listStackObjects(), []);
    });

    it("succeeds", async () => {
        assert.deepEqual(Object.keys(await pulumiUp(stack)), ["create"]);
    });

    it("is unchanged by a second up and by refresh", async () => {
        for (const command of ["up", "refresh"]) {
            const { ok, output } = await tryPulumi(stack, [command, "--yes", "--skip-preview", "--expect-no-changes"]);
            assert.ok(ok, output);
        }
    });

    it("passes verify", async () => {
        await assertVerified(stack);
    });

    it("has a Collector without configuration warnings", async () => {
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

    it("restarts no pod", async () => {
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

    it("reruns only its telemetrygen Jobs", async () => {
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
