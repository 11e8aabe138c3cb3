import assert from "node:assert/strict";
import { groupWorkloads } from "../../../tools/commands/rollouts";

function createResource(type: string, name: string, namespace: string) {
    return { type, inputs: { metadata: { name, namespace } } };
}

describe("groupWorkloads", () => {
    it("returns Deployments, StatefulSets and DaemonSets by Namespace", () => {
        assert.deepEqual(
            groupWorkloads([
                createResource("kubernetes:apps/v1:Deployment", "otel-collector", "stack"),
                createResource("kubernetes:apps/v1:StatefulSet", "jaeger", "stack"),
                createResource("kubernetes:apps/v1:DaemonSet", "otel-agent", "agents"),
                createResource("kubernetes:core/v1:Service", "jaeger", "stack"),
                { type: "otel-stack:index:Jaeger" },
            ]),
            { stack: ["deployment/otel-collector", "statefulset/jaeger"], agents: ["daemonset/otel-agent"] },
        );
    });

    it("omits a workload that a replacement has left to delete", () => {
        const replaced = { ...createResource("kubernetes:apps/v1:Deployment", "jaeger", "stack"), delete: true };
        assert.deepEqual(groupWorkloads([replaced]), {});
    });
});
