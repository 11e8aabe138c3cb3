import assert from "node:assert/strict";
import { findOrphans, findUnrecordedNamespaces, hasPulumiManager, importArgs } from "../../../tools/commands/deploy";

/** A pending operation as the state of a stack has it. */
function createPendingOperation(type: string, kind: string, apiVersion: string, urn = `urn:${kind}`) {
    return {
        type,
        resource: {
            urn,
            type: `kubernetes:${apiVersion}:${kind}`,
            inputs: { apiVersion, kind, metadata: { name: "jaeger", namespace: "observability" } },
        },
    };
}

describe("findOrphans", () => {
    it("returns objects whose creation was interrupted, with kubectl's names", () => {
        const operations = [
            createPendingOperation("creating", "Deployment", "apps/v1"),
            createPendingOperation("creating", "Service", "v1"),
        ];
        assert.deepEqual(findOrphans([], operations), [
            { kind: "Deployment.v1.apps", name: "jaeger", namespace: "observability" },
            { kind: "Service", name: "jaeger", namespace: "observability" },
        ]);
    });

    it("omits known objects, other operations and resources that are not Kubernetes objects", () => {
        const deployment = createPendingOperation("creating", "Deployment", "apps/v1");
        const password = {
            type: "creating",
            resource: { urn: "urn:p", type: "random:index/randomPassword:RandomPassword" },
        };
        const operations = [deployment, createPendingOperation("updating", "Service", "v1"), password];
        assert.deepEqual(findOrphans([{ urn: deployment.resource.urn }], operations), []);
    });

    it("omits Namespaces and volume claims, which may hold data", () => {
        const operations = ["Namespace", "PersistentVolumeClaim"].map((kind) =>
            createPendingOperation("creating", kind, "v1"),
        );
        assert.deepEqual(findOrphans([], operations), []);
    });
});

describe("findUnrecordedNamespaces", () => {
    const component = "urn:pulumi:dev::otel-stack::otel-stack:index:OtelStack::otel-stack";
    const urn = "urn:pulumi:dev::otel-stack::otel-stack:index:OtelStack$kubernetes:core/v1:Namespace::observability";
    const inputs = { apiVersion: "v1", kind: "Namespace", metadata: { name: "observability" } };
    const resource = { urn, type: "kubernetes:core/v1:Namespace", parent: component, inputs };

    it("returns Namespaces whose creation was interrupted, for pulumi import", () => {
        const [namespace, ...others] = findUnrecordedNamespaces([], [{ type: "creating", resource }]);
        assert.ok(namespace);
        assert.deepEqual(others, []);
        const args = importArgs(namespace);
        assert.deepEqual(args.slice(0, 4), [
            "import",
            "kubernetes:core/v1:Namespace",
            "observability",
            "observability",
        ]);
        assert.deepEqual(args.slice(-2), ["--parent", `parent=${component}`]);
    });

    it("omits Namespaces in the state, and other kinds", () => {
        assert.deepEqual(findUnrecordedNamespaces([{ urn }], [{ type: "creating", resource }]), []);
        assert.deepEqual(findUnrecordedNamespaces([], [{ type: "updating", resource }]), []);
        assert.deepEqual(findUnrecordedNamespaces([], [createPendingOperation("creating", "Service", "v1")]), []);
    });
});

describe("hasPulumiManager", () => {
    it("returns true only for objects that Pulumi manages", () => {
        const managedBy = (...managers: readonly string[]) => ({
            metadata: { managedFields: managers.map((manager) => ({ manager })) },
        });
        assert.equal(hasPulumiManager(managedBy("pulumi-kubernetes-1a2b3c4d", "kube-controller-manager")), true);
        assert.equal(hasPulumiManager(managedBy("kubectl-create")), false);
        assert.equal(hasPulumiManager({ metadata: {} }), false);
    });
});
