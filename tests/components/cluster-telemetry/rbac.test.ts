import assert from "node:assert/strict";
import { renderProgram } from "../../../tools/render/program";
import { isWorkload, getPodTemplate } from "../../support/manifests";
import { isRbac, listPermissions } from "../../support/rbac";

/** What each setting of cluster telemetry grants; no two settings grant the same. */
const PERMISSIONS_BY_SETTING: Readonly<Record<string, readonly string[]>> = {
    podLogs: [],
    agentOtlp: [],
    hostMetrics: [],
    kubeletMetrics: ["playground-otel-agent-kubelet: get nodes/stats"],
    kubernetesEvents: ["playground-otel-agent-events: list events", "playground-otel-agent-events: watch events"],
    kubernetesAttributes: [
        "playground-otel-pods: get pods",
        "playground-otel-pods: list pods",
        "playground-otel-pods: watch pods",
    ],
};

describe("RBAC of cluster telemetry", () => {
    for (const [setting, granted] of Object.entries(PERMISSIONS_BY_SETTING)) {
        it(`grants ${granted.join(", ") || "nothing"} when ${setting} is enabled`, async () => {
            const { recorder } = await renderProgram({ clusterTelemetry: { [setting]: { enabled: true } } });
            const roles = recorder.manifests.filter(({ kind }) => kind.endsWith("Role"));
            assert.deepEqual(roles.flatMap(listPermissions), granted);
            const others = recorder.manifests.filter(({ kind }) => isRbac(kind) && !kind.endsWith("Role"));
            assert.deepEqual(
                others.map(({ kind }) => kind).sort(),
                granted.length > 0 ? ["ClusterRoleBinding", "ServiceAccount"] : [],
            );
            // A token is where a right is, and nowhere else.
            const seeing = recorder.manifests.filter(
                (manifest) => isWorkload(manifest) && getPodTemplate(manifest).spec.automountServiceAccountToken,
            );
            assert.equal(seeing.length, granted.length > 0 ? 1 : 0);
        });
    }
});
