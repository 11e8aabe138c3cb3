import assert from "node:assert/strict";
import { IMAGE_PATTERN } from "../config/types/image";
import { parseBytes } from "../config/types/units";
import { LABEL_EXCEPTIONS, POLICIES, RECOMMENDED_LABELS } from "../policy-pack/policies";
import {
    type Manifest,
    type ProgramRecorder,
    type Settings,
    renderProgram,
    readStackSettings,
} from "../tools/render/program";
import { type Container, getField, getContainer, isWorkload, getPodTemplate } from "./support/manifests";
import { isRbac, listPermissions } from "./support/rbac";

/** Kinds without a namespace. */
const CLUSTER_SCOPED_KINDS = ["Namespace"];
/** The kinds of a stack: a kind that is not here may open an ingress path or grant permissions. */
const ALLOWED_KINDS = [
    "ConfigMap",
    "Deployment",
    "HorizontalPodAutoscaler",
    "Job",
    "Namespace",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "PodDisruptionBudget",
    "Secret",
    "Service",
    "StatefulSet",
];
const EXPOSED = {
    grafana: { host: "grafana.example.com" },
    jaeger: { host: "jaeger.example.com", allowUnauthenticated: true },
    otlp: { httpHost: "otlp.example.com", annotations: { "example.com/tls": "passthrough" } },
    className: "any",
    tls: { secretName: "names-tls" },
    controller: { namespaceSelectors: [{ "kubernetes.io/metadata.name": "ingress" }] },
};
/** Each stack file as it is, and stack secure with autoscaling, two tiers and exposed hostnames. */
const STACKS: Readonly<Record<string, Settings>> = {
    ...Object.fromEntries(["dev", "sandbox", "secure"].map((stack) => [stack, readStackSettings(stack)])),
    "secure with autoscaling": {
        ...readStackSettings("secure"),
        collector: { autoscaling: { enabled: true } },
    },
    "secure with two tiers": { ...readStackSettings("secure"), topology: "two-tier" },
    "secure with Ingresses": { ...readStackSettings("secure"), expose: EXPOSED },
    "secure with a Gateway": { ...readStackSettings("secure"), expose: { ...EXPOSED, api: "gateway" } },
};
/** The sandbox has the three of the shop, and no Grafana. */
const WORKLOAD_COUNTS: Readonly<Record<string, number>> = { sandbox: 10, "secure with two tiers": 9 };
/** Ingress objects of the stacks that expose hostnames. */
const INGRESS_KINDS: Readonly<Record<string, readonly string[]>> = {
    "secure with Ingresses": ["Ingress", "Ingress", "Ingress"],
    "secure with a Gateway": ["Gateway", "HTTPRoute", "HTTPRoute", "TLSRoute"],
};
/** Every right on the cluster's API that any object of the stack grants, as `role: verb resource`. */
const GRANTED_PERMISSIONS: readonly string[] = [];
/** What the standard lets a pod mount, of what the stack needs. */
const ALLOWED_VOLUME_TYPES = ["configMap", "emptyDir", "persistentVolumeClaim", "secret"];
const LONG_RUNNING_KINDS = ["Deployment", "StatefulSet"];
const MAX_MEMORY: Readonly<Record<string, string>> = { "secure with two tiers": "800Mi" };

/** What holds for every object of every stack. */
for (const [stack, settings] of Object.entries(STACKS)) {
    describe(`conventions: every object of stack ${stack}`, () => {
        let recorder: ProgramRecorder;
        let workloads: readonly Manifest[];

        before(async () => {
            ({ recorder } = await renderProgram(settings));
            workloads = recorder.manifests.filter(isWorkload);
            assert.equal(workloads.length, WORKLOAD_COUNTS[stack] ?? 8);
        });

        function everyWorkload(check: (manifest: Manifest) => void): void {
            for (const manifest of workloads) {
                check(manifest);
            }
        }

        for (const { description, findViolations, name } of POLICIES) {
            it(`meets policy ${name} of the policy pack: ${description}`, () => {
                const violations = recorder.manifests.flatMap((manifest) =>
                    findViolations(manifest).map((text) => `${manifest.kind} ${manifest.metadata.name}: ${text}`),
                );
                assert.deepEqual(violations, []);
            });
        }

        it("has a unique name", () => {
            const names = recorder.manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
            assert.deepEqual(names, [...new Set(names)]);
        });

        it("has the recommended labels, also on pod templates", () => {
            for (const manifest of recorder.manifests) {
                const { kind, metadata } = manifest;
                const expected = RECOMMENDED_LABELS.filter((label) => !LABEL_EXCEPTIONS[kind]?.includes(label));
                const all = isWorkload(manifest)
                    ? [metadata.labels, getPodTemplate(manifest).metadata.labels]
                    : [metadata.labels];
                for (const labels of all) {
                    for (const label of expected) {
                        assert.ok(labels?.[`app.kubernetes.io/${label}`], `${kind} ${metadata.name} has no ${label}`);
                    }
                    assert.equal(labels?.["app.kubernetes.io/part-of"], "otel-stack");
                    assert.equal(labels["app.kubernetes.io/managed-by"], "pulumi");
                }
            }
        });

        it("is in the stack's Namespace", () => {
            for (const { kind, metadata } of recorder.manifests) {
                assert.equal(
                    metadata.namespace,
                    CLUSTER_SCOPED_KINDS.includes(kind) ? undefined : "playground-otel",
                    metadata.name,
                );
            }
        });

        it("has the workload's name as its app label", () => {
            everyWorkload(({ metadata }) => {
                assert.equal(metadata.labels?.["app.kubernetes.io/name"], metadata.name);
            });
        });

        it("uses the configured image with an exact tag", () => {
            everyWorkload((manifest) => {
                const { image } = getContainer(manifest);
                assert.match(image, IMAGE_PATTERN);
                assert.doesNotMatch(image, /:latest/);
                assert.equal(image.startsWith("localhost/otel-sandbox/"), stack === "sandbox", image);
            });
        });

        it("meets the restricted Pod Security Standard with a numeric user", () => {
            everyWorkload((manifest) => {
                const { securityContext } = getPodTemplate(manifest).spec;
                assert.equal(securityContext.runAsNonRoot, true);
                assert.ok(securityContext.runAsUser > 0);
                assert.deepEqual(securityContext.seccompProfile, { type: "RuntimeDefault" });
                assert.deepEqual(getContainer(manifest).securityContext, {
                    allowPrivilegeEscalation: false,
                    capabilities: { drop: ["ALL"] },
                    readOnlyRootFilesystem: true,
                });
                for (const volume of (getField(manifest, "spec", "template", "spec", "volumes") ??
                    []) as readonly object[]) {
                    assert.deepEqual(
                        Object.keys(volume).filter((key) => key !== "name" && !ALLOWED_VOLUME_TYPES.includes(key)),
                        [],
                    );
                }
            });
        });

        it("has no unchecked containers or init containers", () => {
            everyWorkload((manifest) => {
                const { containers, ...others } = getPodTemplate(manifest).spec;
                assert.equal(containers.length, 1);
                assert.deepEqual(
                    Object.keys(others).filter((key) => /containers/i.test(key)),
                    [],
                );
            });
        });

        it("uses no host namespaces or ports", () => {
            everyWorkload((manifest) => {
                const { spec } = getPodTemplate(manifest);
                for (const key of ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"] as const) {
                    assert.equal(spec[key], undefined, `${manifest.metadata.name}: ${key}`);
                }
                const { ports = [] } = getContainer(manifest) as Partial<Container>;
                for (const port of ports) {
                    assert.deepEqual(Object.keys(port).sort(), ["containerPort", "name"], manifest.metadata.name);
                }
            });
        });

        it("is an ingress object only when it is exposed", () => {
            const kinds = recorder.manifests.map(({ kind }) => kind);
            const others = kinds.filter((kind) => !ALLOWED_KINDS.includes(kind) && !isRbac(kind));
            assert.deepEqual(others.sort(), INGRESS_KINDS[stack] ?? []);
        });

        it("grants only the listed RBAC rules", () => {
            assert.deepEqual(
                recorder.manifests.filter(({ kind }) => isRbac(kind)).flatMap(listPermissions),
                GRANTED_PERMISSIONS,
            );
        });

        it("has readiness and liveness probes when it serves", () => {
            everyWorkload((manifest) => {
                if (LONG_RUNNING_KINDS.includes(manifest.kind)) {
                    const { livenessProbe, ports, readinessProbe } = getContainer(manifest);
                    for (const probe of [livenessProbe, readinessProbe]) {
                        const { port } = probe.httpGet;
                        assert.ok(
                            ports.some(({ name }) => name === port),
                            `${manifest.metadata.name} has no port ${port}`,
                        );
                    }
                }
            });
        });

        it("has Service ports that match container ports", () => {
            for (const service of recorder.manifests.filter(({ kind }) => kind === "Service")) {
                const selected = workloads.find(
                    ({ metadata }) => metadata.name === getField(service, "spec", "selector", "app.kubernetes.io/name"),
                );
                assert.ok(selected, service.metadata.name);
                const names = getContainer(selected).ports.map(({ name }) => name);
                for (const { targetPort } of getField(service, "spec", "ports") as readonly { targetPort: string }[]) {
                    assert.ok(names.includes(targetPort), `${service.metadata.name} leads to ${targetPort}`);
                }
            }
        });

        it("overrides fields that other field managers have changed", () => {
            for (const { kind, metadata } of recorder.manifests) {
                assert.equal(metadata.annotations?.["pulumi.com/patchForce"], "true", `${kind} ${metadata.name}`);
            }
        });

        it("skips Pulumi's await only for Services, Ingresses, Jobs and volume claims", () => {
            for (const { kind, metadata } of recorder.manifests) {
                assert.equal(
                    metadata.annotations?.["pulumi.com/skipAwait"] === "true",
                    ["Service", "Ingress", "Job", "PersistentVolumeClaim"].includes(kind),
                    `${kind} ${metadata.name}`,
                );
            }
        });

        it("has a progress deadline below Pulumi's timeout", () => {
            for (const deployment of workloads.filter(({ kind }) => kind === "Deployment")) {
                const wait = Number(deployment.metadata.annotations?.["pulumi.com/timeoutSeconds"]);
                assert.ok(Number(getField(deployment, "spec", "progressDeadlineSeconds")) < wait);
            }
        });

        it("requests little memory in total", () => {
            const requested = workloads.map((manifest) =>
                parseBytes(getContainer(manifest).resources.requests.memory ?? ""),
            );
            assert.ok(requested.reduce((sum, bytes) => sum + bytes, 0) <= parseBytes(MAX_MEMORY[stack] ?? "700Mi"));
        });
    });
}
