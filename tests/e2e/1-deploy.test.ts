import assert from "node:assert/strict";
import { TOOLBOX_IMAGE } from "../../sandbox/images";
import { telemetry } from "../../tools/commands";
import { stackNames } from "../../tools/stack";
import { validate } from "../../tools/validate";
import { get, kubectl, lastChanges, type Named, NAMESPACE, objectsOfTheStack, PATIENCE } from "./support/cluster";
import { eventually } from "./support/questions";
import { stackWith, tryPulumi, up, verifyHolds } from "./support/stack";

const sandbox = stackWith("sandbox");

describe("a new stack", () => {
    it("has configuration files that the programs accept", async () => {
        await validate(stackNames());
    });

    it("is previewed, and nothing is created by that", async () => {
        const { ok, output } = await tryPulumi(sandbox, ["preview"]);
        assert.ok(ok, output);
        assert.match(output, /to create/);
        assert.deepEqual(await objectsOfTheStack(), []);
    });

    it("is refused with bad settings, all of them named at once", async () => {
        const bad = { "collector.replicas": 0, "prometheus.retention": 15, "jaeger.maxTrace": 10 };
        const { ok, output } = await tryPulumi(stackWith("sandbox", bad), ["up", "--yes", "--skip-preview"]);
        assert.equal(ok, false);
        assert.match(output, /otel-stack:collector\.replicas/);
        assert.match(output, /otel-stack:prometheus\.retention/);
        assert.match(output, /otel-stack:jaeger\.maxTrace[^s].*maxTraces/s);
        assert.deepEqual(await objectsOfTheStack(), []);
    });

    it("comes up", async () => {
        assert.deepEqual(Object.keys(await up(sandbox)), ["create"]);
    });

    it("is not changed by another up, nor by a refresh", async () => {
        for (const command of ["up", "refresh"]) {
            const { ok, output } = await tryPulumi(sandbox, [
                command,
                "--yes",
                "--skip-preview",
                "--expect-no-changes",
            ]);
            assert.ok(ok, output);
        }
    });

    it("takes telemetry and gives it back", async () => {
        await verifyHolds(sandbox);
    });

    it("has a collector that finds nothing to warn of in its configuration", async () => {
        const log = await kubectl("logs", "--namespace", NAMESPACE, "deployment/otel-collector", "--tail=-1");
        const [start = "", rest] = log.split("Everything is ready");
        assert.ok(rest !== undefined, "it has not started");
        const warnings = start.match(/\twarn\t.*/g) ?? [];
        // It may be up before Jaeger is, and says so.
        assert.deepEqual(
            warnings.filter((line) => !line.includes('"grpc_log": true')),
            [],
        );
    });

    it("needs no restart of any pod", async () => {
        const pods = await get<{ status: { containerStatuses: { name: string; restartCount: number }[] } }>("pods");
        const containers = pods.flatMap(({ status }) => status.containerStatuses);
        assert.ok(containers.length >= 3);
        assert.deepEqual(
            containers.filter(({ restartCount }) => restartCount > 0),
            [],
        );
    });

    it("runs its telemetrygen Jobs again and touches nothing else", async () => {
        const before = await get<Named>("jobs");
        await telemetry(sandbox);
        const after = await get<Named>("jobs");
        const names = (jobs: readonly Named[]): string[] => jobs.map(({ metadata }) => metadata.name).sort();
        assert.deepEqual(names(after), ["telemetrygen-logs", "telemetrygen-metrics", "telemetrygen-traces"]);
        assert.deepEqual(names(after), names(before));
        const old = before.map(({ metadata }) => metadata.uid);
        assert.ok(after.every(({ metadata }) => !old.includes(metadata.uid)));
        const changes = await lastChanges(sandbox);
        assert.deepEqual(changes, { replace: 3 });
    });

    it("lets a learner's plain pod run beside it and reach it", async () => {
        const unknown = 'for tool in /bin/*; do "$tool" --help 2>&1 | grep -q "applet not found" && echo "$tool"; done';
        const command = ["sh", "-c", `${unknown}; wget -qO- http://otel-collector:8889/metrics`];
        await kubectl("run", "plain", "-n", NAMESPACE, `--image=${TOOLBOX_IMAGE}`, "--restart=Never", "--", ...command);
        const succeeded = "--for=jsonpath={.status.phase}=Succeeded";
        await kubectl("wait", "-n", NAMESPACE, "pod/plain", succeeded, PATIENCE);
        const log = await kubectl("logs", "-n", NAMESPACE, "plain");
        assert.doesNotMatch(log, /^\/bin\//m, "busybox does not know a tool");
        assert.match(log, /^# TYPE /m);
        await kubectl("delete", "-n", NAMESPACE, "pod/plain");
    });

    it("shows what its pods and the node use", async () => {
        await eventually(async () => {
            assert.match(await kubectl("top", "node", "--no-headers"), /^sandbox +[1-9]\d*m /);
            const pods = await kubectl("top", "pods", "-n", NAMESPACE, "--no-headers");
            assert.match(pods, /^otel-collector\S+ +\d+m +[1-9]\d*Mi/m);
        });
    });
});
