import assert from "node:assert/strict";
import { TOOLBOX_IMAGE } from "../../sandbox/images";
import { apply, kubectl, NAMESPACE } from "./support/cluster";
import { eventually } from "./support/questions";
import { stackWith, up, verifyHolds } from "./support/stack";

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

    after(async () => {
        await up(sandbox);
    });

    it("keeps the records when its pod is killed", async () => {
        await up(stackWith("sandbox", { "loki.persistence": { enabled: true } }));
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
        await kubectl("rollout", "status", "-n", NAMESPACE, "statefulset/loki", "--timeout=60s");
        assert.equal(await records(), kept);
    });
});

/** One of the small ones, by its name, so that the second claim gets the first one's. */
const VOLUME = "local-64mi-1";

/** A pod as restricted Pod Security wants it, whose script finds the claimed volume under /data; returns its log. */
async function runOnVolume(script: string): Promise<string> {
    const metadata = { name: "on-volume" };
    const claim = {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata,
        spec: { accessModes: ["ReadWriteOnce"], volumeName: VOLUME, resources: { requests: { storage: "64Mi" } } },
    };
    const pod = {
        apiVersion: "v1",
        kind: "Pod",
        metadata,
        spec: {
            restartPolicy: "Never",
            securityContext: { fsGroup: 4242, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
                {
                    name: "toolbox",
                    image: TOOLBOX_IMAGE,
                    command: ["sh", "-c", script],
                    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
                    volumeMounts: [{ name: "data", mountPath: "/data" }],
                },
            ],
            volumes: [{ name: "data", persistentVolumeClaim: { claimName: metadata.name } }],
        },
    };
    await apply(claim, pod);
    await kubectl("wait", "pod/on-volume", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s");
    const log = await kubectl("logs", "on-volume");
    await kubectl("delete", "pod/on-volume", "persistentvolumeclaim/on-volume");
    return log;
}

async function assertAvailable(): Promise<void> {
    await eventually(async () => {
        const phases = await kubectl("get", "persistentvolumes", "-o", "jsonpath={.items[*].status.phase}");
        assert.deepEqual(new Set(phases.split(" ")), new Set(["Available"]));
    });
}

describe("a volume of the sandbox", () => {
    it("is given back by the stack", assertAvailable);

    it("can be full", async () => {
        const log = await runOnVolume("dd if=/dev/zero of=/data/file bs=1M 2>&1 || true");
        assert.match(log, /No space left on device/);
    });

    it("is empty and as large as before for the next claim", async () => {
        await assertAvailable();
        const log = await runOnVolume("ls -A /data; df -k /data | awk 'END { print $4 }'");
        assert.ok(Number(log) > 55 * 1024, log);
        await assertAvailable();
    });
});
