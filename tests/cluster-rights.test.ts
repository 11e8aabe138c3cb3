import assert from "node:assert/strict";
import { runProgram } from "../tools/mocked-stack";
import { isWorkload, podOf } from "./support/objects";
import { isRbac, rightsIn } from "./support/rights";

/** What each setting of collection from the cluster grants: nothing that another does. */
const COLLECTED: Readonly<Record<string, readonly string[]>> = {
    podLogs: [],
    otlp: [],
    hostMetrics: [],
    kubeletMetrics: ["playground-otel-agent-kubelet: get nodes/stats"],
    events: ["playground-otel-agent-events: list events", "playground-otel-agent-events: watch events"],
    attributes: [
        "playground-otel-pods: get pods",
        "playground-otel-pods: list pods",
        "playground-otel-pods: watch pods",
    ],
};

describe("the rights of what collects from the cluster", () => {
    for (const [setting, granted] of Object.entries(COLLECTED)) {
        it(`are, with ${setting}, ${granted.join(", ") || "none"}`, async () => {
            const { recorder } = await runProgram({ cluster: { [setting]: { enabled: true } } });
            const roles = recorder.manifests.filter(({ kind }) => kind.endsWith("Role"));
            assert.deepEqual(roles.flatMap(rightsIn), granted);
            const others = recorder.manifests.filter(({ kind }) => isRbac(kind) && !kind.endsWith("Role"));
            assert.deepEqual(
                others.map(({ kind }) => kind).sort(),
                granted.length > 0 ? ["ClusterRoleBinding", "ServiceAccount"] : [],
            );
            // A token is where a right is, and nowhere else.
            const seeing = recorder.manifests.filter(
                (manifest) => isWorkload(manifest) && podOf(manifest).spec.automountServiceAccountToken,
            );
            assert.equal(seeing.length, granted.length > 0 ? 1 : 0);
        });
    }
});
