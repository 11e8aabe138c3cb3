import assert from "node:assert/strict";
import { kubectl, NAMESPACE, PATIENCE } from "./support/cluster";
import { eventually } from "./support/questions";
import { targetStack, up, verifyHolds } from "./support/stack";
import { needsOwnCluster } from "./support/target";

needsOwnCluster("Loki is under the AGPL and not built here, so that it runs where its official image can be pulled");

/** Records of verify that Loki has. */
async function records(): Promise<number> {
    const query = encodeURIComponent('sum(count_over_time({service_name="otel-stack-verify"}[1h]))');
    const proxy = `/api/v1/namespaces/${NAMESPACE}/services/loki:3100/proxy`;
    const answer = JSON.parse(await kubectl("get", "--raw", `${proxy}/loki/api/v1/query?query=${query}`)) as {
        data: { result: { value: [number, string] }[] };
    };
    return Number(answer.data.result[0]?.value[1] ?? 0);
}

describe("Loki with a volume of the cluster's default StorageClass", () => {
    const stack = targetStack();
    const persistent = targetStack({ "loki.enabled": true, "loki.persistence": { enabled: true } });

    after(async () => {
        await up(targetStack({ allowDataLoss: ["loki"] }));
    });

    it("starts with the rendered configuration, and takes and returns records", async () => {
        await up(persistent);
        await verifyHolds(stack);
        assert.ok((await records()) >= 2);
    });

    it("keeps the records when its pod is killed", async () => {
        const kept = await records();
        const pod = ["-l", "app.kubernetes.io/name=loki", "--grace-period=0", "--force"];
        await kubectl("delete", "pod", "-n", NAMESPACE, ...pod);
        await kubectl("rollout", "status", "-n", NAMESPACE, "statefulset/loki", PATIENCE);
        // What the controller says of its pod may still be of the one that was killed.
        await eventually(async () => {
            assert.equal(await records(), kept);
        });
    });
});
