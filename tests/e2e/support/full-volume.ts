import { execa } from "execa";
import { sandboxEnv } from "../../../sandbox/environment";
import { TOOLBOX_IMAGE } from "../../../sandbox/images";
import { kubectl, NAMESPACE } from "./cluster";

/** USER of the Collector's image. */
const COLLECTOR_USER = 10001;
const POD = "filler";
const FILE = "/data/filler";

/** A volume that somebody else has filled to the last byte. */
export interface FullVolume {
    /** Makes room again. */
    empty(): Promise<void>;
    /** Ends what filled it. */
    close(): Promise<void>;
}

/** Fills the volume of a claim, beside the pod that uses it. */
export async function fillVolume(claim: string): Promise<FullVolume> {
    const script = `dd if=/dev/zero of=${FILE} bs=1M; sync; touch /tmp/full; sleep 3600`;
    const pod = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: POD, namespace: NAMESPACE },
        spec: {
            securityContext: {
                runAsUser: COLLECTOR_USER,
                runAsGroup: COLLECTOR_USER,
                runAsNonRoot: true,
                seccompProfile: { type: "RuntimeDefault" },
            },
            terminationGracePeriodSeconds: 1,
            containers: [
                {
                    name: POD,
                    image: TOOLBOX_IMAGE,
                    command: ["sh", "-c", script],
                    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
                    readinessProbe: { exec: { command: ["test", "-e", "/tmp/full"] }, periodSeconds: 1 },
                    volumeMounts: [{ name: "data", mountPath: "/data" }],
                },
            ],
            volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
        },
    };
    await execa("kubectl", ["apply", "--filename=-"], { env: sandboxEnv(), input: JSON.stringify(pod) });
    await kubectl("wait", "-n", NAMESPACE, `pod/${POD}`, "--for=condition=Ready", "--timeout=90s");
    return {
        async empty() {
            await kubectl("exec", "-n", NAMESPACE, POD, "--", "rm", FILE);
        },
        async close() {
            await kubectl("delete", "pod", "-n", NAMESPACE, POD, "--grace-period=1");
        },
    };
}
