import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { TOOLBOX_IMAGE } from "../../sandbox/images";
import { apply, kubectl, type NamedObject, NAMESPACE, KUBECTL_TIMEOUT } from "./support/cluster";
import { eventually } from "./support/query-assertions";
import { configureStack, pulumiUp, assertVerified } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it fills volumes of the sandbox");

/** Longer than a record stays only in memory: `victoriaLogs.flushInterval` plus some seconds. */
const FLUSH_TO_DISK_MS = 15_000;

/** Number of verify's records in VictoriaLogs. */
async function countRecords(): Promise<number> {
    const query = encodeURIComponent('"service.name":="otel-stack-verify" | stats count() as records');
    const proxy = `/api/v1/namespaces/${NAMESPACE}/services/victorialogs:9428/proxy`;
    const { records: count } = JSON.parse(
        await kubectl("get", "--raw", `${proxy}/select/logsql/query?query=${query}`),
    ) as { records: string };
    return Number(count);
}

describe("VictoriaLogs with a volume", () => {
    const sandbox = configureStack("sandbox");

    after(async () => {
        await pulumiUp(configureStack("sandbox", { allowDataLoss: ["victoriaLogs"] }));
    });

    it("keeps flushed records when its pod is killed", async () => {
        await pulumiUp(configureStack("sandbox", { "victoriaLogs.persistence": { enabled: true } }));
        await assertVerified(sandbox);
        await sleep(FLUSH_TO_DISK_MS);
        const kept = await countRecords();
        assert.ok(kept >= 2);

        await kubectl(
            "delete",
            "pod",
            "-n",
            NAMESPACE,
            "-l",
            "app.kubernetes.io/name=victorialogs",
            "--grace-period=0",
            "--force",
        );
        await kubectl("rollout", "status", "-n", NAMESPACE, "statefulset/victorialogs", KUBECTL_TIMEOUT);
        // The status may still be that of the killed pod.
        await eventually(async () => {
            assert.equal(await countRecords(), kept);
        });
    });
});

interface Volume extends NamedObject {
    readonly spec: { readonly claimRef?: { readonly namespace: string } };
    readonly status: { readonly phase: string };
}

async function listVolumes(): Promise<readonly Volume[]> {
    return (JSON.parse(await kubectl("get", "persistentvolumes", "-o", "json")) as { items: Volume[] }).items;
}

/** The name of a small unclaimed volume. */
async function findFreeVolume(): Promise<string> {
    const free = (await listVolumes()).find(
        ({ metadata, status }) => status.phase === "Available" && metadata.name.startsWith("local-64mi-"),
    );
    return free?.metadata.name ?? assert.fail("no small volume is free");
}

/**
 * Runs a script in a restricted pod that mounts the claimed volume at /data. Returns its log.
 *
 * @param volume Name of the volume, so that the second claim gets the first one's.
 */
async function runOnVolume(volume: string, script: string): Promise<string> {
    const metadata = { name: "on-volume" };
    const claim = {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata,
        spec: { accessModes: ["ReadWriteOnce"], volumeName: volume, resources: { requests: { storage: "64Mi" } } },
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
    await kubectl("wait", "pod/on-volume", "--for=jsonpath={.status.phase}=Succeeded", KUBECTL_TIMEOUT);
    const log = await kubectl("logs", "on-volume");
    await kubectl("delete", "pod/on-volume", "persistentvolumeclaim/on-volume");
    return log;
}

async function assertVolumeReleased(volume?: string): Promise<void> {
    await eventually(async () => {
        for (const { metadata, spec, status } of await listVolumes()) {
            assert.notEqual(spec.claimRef?.namespace, NAMESPACE, metadata.name);
            assert.ok(metadata.name !== volume || status.phase === "Available", volume);
        }
    });
}

describe("sandbox volume", () => {
    let volume: string;

    it("is released by the stack", async () => {
        await assertVolumeReleased();
    });

    it("can be full", async () => {
        volume = await findFreeVolume();
        const log = await runOnVolume(volume, "dd if=/dev/zero of=/data/file bs=1M 2>&1 || true");
        assert.match(log, /No space left on device/);
    });

    it("is empty and of the same size for the next claim", async () => {
        await assertVolumeReleased(volume);
        const log = await runOnVolume(volume, "ls -A /data; df -k /data | awk 'END { print $4 }'");
        assert.ok(Number(log) > 55 * 1024, log);
        await assertVolumeReleased(volume);
    });
});
