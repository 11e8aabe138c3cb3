import assert from "node:assert/strict";
import { kubectl, NAMESPACE, KUBECTL_TIMEOUT } from "./support/cluster";
import { eventually } from "./support/query-assertions";
import { configureTargetStack, pulumiUp, assertVerified } from "./support/stack";
import { needsOwnCluster } from "./support/target";

needsOwnCluster("Loki is under the AGPL and not built here, so that it runs where its official image can be pulled");

/** Number of verify's records in Loki. */
async function countRecords(): Promise<number> {
    const query = encodeURIComponent('sum(count_over_time({service_name="otel-stack-verify"}[1h]))');
    const proxy = `/api/v1/namespaces/${NAMESPACE}/services/loki:3100/proxy`;
    const answer = JSON.parse(await kubectl("get", "--raw", `${proxy}/loki/api/v1/query?query=${query}`)) as {
        data: { result: { value: [number, string] }[] };
    };
    return Number(answer.data.result[0]?.value[1] ?? 0);
}

describe("Loki with a volume of the default StorageClass", () => {
    const stack = configureTargetStack();
    const persistent = configureTargetStack({ "loki.enabled": true, "loki.persistence": { enabled: true } });

    after(async () => {
        await pulumiUp(configureTargetStack({ allowDataLoss: ["loki"] }));
    });

    it("starts with the rendered configuration, and stores and returns records", async () => {
        await pulumiUp(persistent);
        await assertVerified(stack);
        assert.ok((await countRecords()) >= 2);
    });

    it("keeps its records when its pod is killed", async () => {
        const kept = await countRecords();
        const pod = ["-l", "app.kubernetes.io/name=loki", "--grace-period=0", "--force"];
        await kubectl("delete", "pod", "-n", NAMESPACE, ...pod);
        await kubectl("rollout", "status", "-n", NAMESPACE, "statefulset/loki", KUBECTL_TIMEOUT);
        // The status may still be that of the killed pod.
        await eventually(async () => {
            assert.equal(await countRecords(), kept);
        });
    });
});
