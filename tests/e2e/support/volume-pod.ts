import { execa } from "execa";
import { sandboxEnv } from "../../../sandbox/environment";
import { TOOLBOX_IMAGE } from "../../../sandbox/images";
import { kubectl, NAMESPACE, KUBECTL_TIMEOUT } from "./cluster";

/** USER of the Collector's image, who owns the files. */
const COLLECTOR_USER = 10001;
const POD = "on-queues";

/** A pod with a shell that mounts a volume at /data, by default a Collector's queues, concurrently with its owner. */
export class VolumePod {
    private constructor(private readonly name: string) {}

    /** @param user The owner of the files. */
    static async start(claim: string, user: number = COLLECTOR_USER): Promise<VolumePod> {
        await execa("kubectl", ["apply", "--filename=-"], {
            env: sandboxEnv(),
            input: JSON.stringify(renderPod(claim, user)),
        });
        await kubectl("wait", "-n", NAMESPACE, `pod/${POD}`, "--for=condition=Ready", KUBECTL_TIMEOUT);
        return new VolumePod(POD);
    }

    /** Runs a script and returns its output. */
    async run(script: string): Promise<string> {
        return kubectl("exec", "-n", NAMESPACE, this.name, "--", "sh", "-c", script);
    }

    async stop(): Promise<void> {
        await kubectl("delete", "pod", "-n", NAMESPACE, this.name, "--grace-period=1");
    }
}

function renderPod(claim: string, user: number): object {
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: POD, namespace: NAMESPACE },
        spec: {
            securityContext: {
                runAsUser: user,
                runAsGroup: user,
                runAsNonRoot: true,
                seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
                {
                    name: POD,
                    image: TOOLBOX_IMAGE,
                    command: ["sleep", "3600"],
                    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
                    volumeMounts: [{ name: "data", mountPath: "/data" }],
                },
            ],
            volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
        },
    };
}
