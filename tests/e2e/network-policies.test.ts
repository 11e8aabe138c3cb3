import assert from "node:assert/strict";
import { findProcesses } from "../../sandbox/processes";
import {
    assertIsolated,
    NETWORK_POLICIES_ON,
    listContainerPorts,
    findReachablePorts,
    listRunningPods,
} from "./support/isolation";
import { NAMESPACE } from "./support/cluster";
import { configureStack, pulumiUp, assertVerified } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it pauses the program that enforces policies");

const sandbox = configureStack("sandbox");
const withNetworkPolicies = configureStack("sandbox", NETWORK_POLICIES_ON);

/** Whether an allowed connection opens: Prometheus scrapes the Collector. */
async function canPrometheusScrape(): Promise<boolean> {
    const pods = await listRunningPods(NAMESPACE);
    const of = (name: string) => pods.find(({ metadata }) => metadata.labels?.["app.kubernetes.io/name"] === name);
    const [from, to] = [of("prometheus"), of("otel-collector")];
    assert.ok(from !== undefined && to !== undefined);
    return (
        (
            await findReachablePorts(
                from,
                listContainerPorts(to).map((port) => ({ pod: to, port })),
            )
        ).size > 0
    );
}

describe("NetworkPolicies", () => {
    before(async () => {
        await pulumiUp(withNetworkPolicies);
    });

    after(async () => {
        await pulumiUp(sandbox);
    });

    it("allow all traffic of the stack", async () => {
        await assertVerified(withNetworkPolicies);
    });

    it("open only the ports of the stack's flows", async () => {
        await assertIsolated(withNetworkPolicies);
    });

    it("allow nothing while no policy engine runs", async () => {
        const [engine] = findProcesses(([program]) => program === "network-policies");
        assert.ok(engine !== undefined);
        assert.ok(await canPrometheusScrape());
        process.kill(engine, "SIGSTOP");
        try {
            assert.equal(await canPrometheusScrape(), false);
        } finally {
            process.kill(engine, "SIGCONT");
        }
        assert.ok(await canPrometheusScrape());
    });
});
