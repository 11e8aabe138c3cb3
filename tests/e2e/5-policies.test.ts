import assert from "node:assert/strict";
import { findProcesses } from "../../sandbox/processes";
import { assertIsolated, POLICIES, portsOf, reachedFrom, runningPods } from "./support/isolation";
import { NAMESPACE } from "./support/cluster";
import { stackWith, up, verifyHolds } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it pauses the program that enforces policies");

const sandbox = stackWith("sandbox");
const guarded = stackWith("sandbox", POLICIES);

/** Whether a connection opens that is among the stack's flows: Prometheus scrapes the Collector. */
async function opens(): Promise<boolean> {
    const pods = await runningPods(NAMESPACE);
    const of = (name: string) => pods.find(({ metadata }) => metadata.labels?.["app.kubernetes.io/name"] === name);
    const [from, to] = [of("prometheus"), of("otel-collector")];
    assert.ok(from !== undefined && to !== undefined);
    return (
        (
            await reachedFrom(
                from,
                portsOf(to).map((port) => ({ pod: to, port })),
            )
        ).size > 0
    );
}

describe("NetworkPolicies", () => {
    before(async () => {
        await up(guarded);
    });

    after(async () => {
        await up(sandbox);
    });

    it("let through all that the stack is made of", async () => {
        await verifyHolds(guarded);
    });

    it("leave no port open but those of the stack's flows", async () => {
        await assertIsolated(guarded);
    });

    it("let nothing through while no engine decides", async () => {
        const [engine] = findProcesses(([program]) => program === "network-policies");
        assert.ok(engine !== undefined);
        assert.ok(await opens());
        process.kill(engine, "SIGSTOP");
        try {
            assert.equal(await opens(), false);
        } finally {
            process.kill(engine, "SIGCONT");
        }
        assert.ok(await opens());
    });
});
