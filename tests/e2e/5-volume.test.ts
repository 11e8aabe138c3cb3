import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { STATE } from "../../sandbox/paths";
import { apply, kubectl, NAMESPACE } from "./support/cluster";
import { stackWith, up, verifyHolds } from "./support/stack";

const CLASS = "e2e";
const FOLDER = path.join(STATE, "e2e-volume");
/** A class without a provisioner and its one volume: a folder of the node. */
const STORAGE = [
    {
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: { name: CLASS },
        provisioner: "kubernetes.io/no-provisioner",
        volumeBindingMode: "WaitForFirstConsumer",
    },
    {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: CLASS },
        spec: {
            accessModes: ["ReadWriteOnce"],
            capacity: { storage: "10Gi" },
            local: { path: FOLDER },
            nodeAffinity: {
                required: {
                    nodeSelectorTerms: [
                        { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["sandbox"] }] },
                    ],
                },
            },
            persistentVolumeReclaimPolicy: "Delete",
            storageClassName: CLASS,
        },
    },
];

/** Records of verify that Loki has. */
async function records(): Promise<number> {
    const query = encodeURIComponent('sum(count_over_time({service_name="otel-stack-verify"}[1h]))');
    const proxy = `/api/v1/namespaces/${NAMESPACE}/services/loki:3100/proxy`;
    const answer = JSON.parse(await kubectl("get", "--raw", `${proxy}/loki/api/v1/query?query=${query}`)) as {
        data: { result: { value: [number, string] }[] };
    };
    return Number(answer.data.result[0]?.value[1] ?? 0);
}

describe("Loki with a volume", () => {
    const sandbox = stackWith("sandbox");

    before(async () => {
        fs.mkdirSync(FOLDER);
        await apply(...STORAGE);
    });

    after(async () => {
        await up(sandbox);
        await kubectl("delete", "persistentvolume", CLASS, "--wait=false");
        await kubectl("delete", "storageclass", CLASS);
    });

    it("keeps the records when its pod is killed", async () => {
        const persistence = { enabled: true, storageClass: CLASS };
        await up(stackWith("sandbox", { "loki.persistence": persistence }));
        await verifyHolds(sandbox);
        const kept = await records();
        assert.ok(kept >= 2);

        await kubectl(
            "delete",
            "pod",
            "-n",
            NAMESPACE,
            "-l",
            "app.kubernetes.io/name=loki",
            "--grace-period=0",
            "--force",
        );
        await kubectl("rollout", "status", "-n", NAMESPACE, "deployment/loki", "--timeout=60s");
        assert.equal(await records(), kept);
    });
});
