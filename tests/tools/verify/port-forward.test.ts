import assert from "node:assert/strict";
import { PortForward, useFreeLocalPort } from "../../../tools/verify/port-forward";
import { createFakeKubectl, type FakeKubectl, isAlive } from "../support/fake-kubectl";

const COMMAND = "kubectl port-forward -n ns svc/jaeger 16686:16686";

describe("useFreeLocalPort", () => {
    it("leaves the local port to kubectl and keeps the other arguments", () => {
        assert.deepEqual(useFreeLocalPort("kubectl --context a port-forward -n ns svc/jaeger 8080:ui"), [
            "kubectl",
            "--context",
            "a",
            "port-forward",
            "-n",
            "ns",
            "svc/jaeger",
            ":ui",
        ]);
    });

    for (const command of ["", "kubectl port-forward svc/jaeger", "kubectl get pods 1:2", `${COMMAND} 4317:4317`]) {
        it(`rejects "${command}"`, () => {
            assert.throws(() => useFreeLocalPort(command), /expected a port-forward command with one pair of ports/);
        });
    }
});

describe("PortForward", () => {
    let kubectl: FakeKubectl;
    let forward: PortForward;

    beforeEach(() => {
        kubectl = createFakeKubectl({ 16686: 12345 }, "/dev/null");
        forward = new PortForward(COMMAND, kubectl.env);
    });

    afterEach(async () => {
        await forward.close();
        assert.deepEqual(kubectl.pids().filter(isAlive), []);
        kubectl.remove();
    });

    it("is shared, and runs until closed", async () => {
        assert.deepEqual(await Promise.all([forward.url(), forward.url()]), Array(2).fill("http://127.0.0.1:12345"));
        assert.deepEqual(kubectl.calls(), ["port-forward -n ns svc/jaeger :16686"]);
        const [pid = 0] = kubectl.pids();
        assert.ok(isAlive(pid));
        await forward.close();
        assert.ok(!isAlive(pid));
        await assert.rejects(forward.url(), /closed/);
    });

    it("restarts when a caller reports a failed URL", async () => {
        const url = await forward.url();
        await Promise.all([forward.renew(url), forward.renew(url), forward.renew("http://127.0.0.1:1")]);
        await forward.url();
        assert.equal(kubectl.pids().length, 2);
        assert.equal(kubectl.pids().filter(isAlive).length, 1);
    });

    it("restarts when kubectl has ended", async () => {
        await forward.url();
        const [pid = 0] = kubectl.pids();
        process.kill(pid);
        while (isAlive(pid) || kubectl.pids().length < 2) {
            await new Promise((resolve) => setTimeout(resolve, 10));
            await forward.url();
        }
        assert.equal(kubectl.pids().filter(isAlive).length, 1);
    });

    it("fails with kubectl's error", async () => {
        const nobody = new PortForward("kubectl port-forward svc/nobody 1:1", kubectl.env);
        await assert.rejects(nobody.url(), /port-forward svc\/nobody 1:1: error: services "nobody" not found/);
        await nobody.close();
    });

    it("fails without kubectl", async () => {
        const missing = new PortForward("no-such-kubectl port-forward svc/jaeger 1:1", kubectl.env);
        await assert.rejects(missing.url(), /no-such-kubectl.*ENOENT/s);
        await missing.close();
    });
});
