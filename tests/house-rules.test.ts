import assert from "node:assert/strict";
import { IMAGE_PATTERN } from "../config/images";
import { bytesOf } from "../config/units";
import { type Manifest, type Recorder, runProgram, settingsOf } from "../tools/mocked-stack";
import { at, containerOf, isWorkload, podOf } from "./support/objects";

const RECOMMENDED_LABELS = ["name", "instance", "version", "component", "part-of", "managed-by"];
/** Kinds without a namespace. */
const CLUSTER_WIDE = ["Namespace"];
/** What the standard lets a pod mount, of what the stack needs. */
const VOLUMES = ["configMap", "emptyDir", "persistentVolumeClaim", "secret"];
const SERVING = ["Deployment", "StatefulSet"];
const MOST_MEMORY = "700Mi";

/** What holds for every object of every stack. */
for (const stack of ["dev", "sandbox", "secure"]) {
    describe(`every object of stack ${stack}`, () => {
        let recorder: Recorder;
        let workloads: readonly Manifest[];

        before(async () => {
            ({ recorder } = await runProgram(settingsOf(stack)));
            workloads = recorder.manifests.filter(isWorkload);
            // The sandbox has no Grafana.
            assert.equal(workloads.length, stack === "sandbox" ? 7 : 8);
        });

        function everyWorkload(check: (manifest: Manifest) => void): void {
            for (const manifest of workloads) {
                check(manifest);
            }
        }

        it("has a name of its own", () => {
            const names = recorder.manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
            assert.deepEqual(names, [...new Set(names)]);
        });

        it("has the recommended labels, and its pods too", () => {
            for (const manifest of recorder.manifests) {
                const { kind, metadata } = manifest;
                const expected = RECOMMENDED_LABELS.filter(
                    (label) => kind !== "Namespace" || !["instance", "version"].includes(label),
                );
                const all = isWorkload(manifest)
                    ? [metadata.labels, podOf(manifest).metadata.labels]
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
                    CLUSTER_WIDE.includes(kind) ? undefined : "playground-otel",
                    metadata.name,
                );
            }
        });

        it("is selected by the two labels that never change", () => {
            for (const manifest of recorder.manifests) {
                const serving = SERVING.includes(manifest.kind);
                const selector = serving
                    ? at(manifest, "spec", "selector", "matchLabels")
                    : at(manifest, "spec", "selector");
                if (serving || manifest.kind === "Service") {
                    assert.deepEqual(Object.keys(Object(selector) as object).sort(), [
                        "app.kubernetes.io/instance",
                        "app.kubernetes.io/name",
                    ]);
                }
            }
        });

        it("carries the workload's name as people select by it", () => {
            everyWorkload(({ metadata }) => {
                assert.equal(metadata.labels?.["app.kubernetes.io/name"], metadata.name);
            });
        });

        it("runs the image that the stack names, by exact tag", () => {
            everyWorkload((manifest) => {
                const { image } = containerOf(manifest);
                assert.match(image, IMAGE_PATTERN);
                assert.doesNotMatch(image, /:latest/);
                assert.equal(image.startsWith("localhost/otel-sandbox/"), stack === "sandbox", image);
            });
        });

        it("meets the restricted Pod Security Standard, as a numeric user", () => {
            everyWorkload((manifest) => {
                const { securityContext } = podOf(manifest).spec;
                assert.equal(securityContext.runAsNonRoot, true);
                assert.ok(securityContext.runAsUser > 0);
                assert.deepEqual(securityContext.seccompProfile, { type: "RuntimeDefault" });
                assert.deepEqual(containerOf(manifest).securityContext, {
                    allowPrivilegeEscalation: false,
                    capabilities: { drop: ["ALL"] },
                    readOnlyRootFilesystem: true,
                });
                for (const volume of (at(manifest, "spec", "template", "spec", "volumes") ?? []) as readonly object[]) {
                    assert.deepEqual(
                        Object.keys(volume).filter((key) => key !== "name" && !VOLUMES.includes(key)),
                        [],
                    );
                }
            });
        });

        it("sees no service account's token and no other Service's environment", () => {
            everyWorkload((manifest) => {
                assert.equal(podOf(manifest).spec.automountServiceAccountToken, false);
                assert.equal(podOf(manifest).spec.enableServiceLinks, false);
            });
        });

        it("has requests and limits for CPU, memory and disk", () => {
            everyWorkload((manifest) => {
                const { requests, limits } = containerOf(manifest).resources;
                assert.deepEqual(Object.keys(requests).sort(), ["cpu", "ephemeral-storage", "memory"]);
                assert.deepEqual(Object.keys(limits).sort(), ["cpu", "ephemeral-storage", "memory"]);
            });
        });

        it("is asked whether it is ready and alive, if it serves", () => {
            everyWorkload((manifest) => {
                if (SERVING.includes(manifest.kind)) {
                    const { livenessProbe, ports, readinessProbe } = containerOf(manifest);
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

        it("has Services whose ports lead to ports of the pods", () => {
            for (const service of recorder.manifests.filter(({ kind }) => kind === "Service")) {
                const selected = workloads.find(
                    ({ metadata }) => metadata.name === at(service, "spec", "selector", "app.kubernetes.io/name"),
                );
                assert.ok(selected, service.metadata.name);
                const names = containerOf(selected).ports.map(({ name }) => name);
                for (const { targetPort } of at(service, "spec", "ports") as readonly { targetPort: string }[]) {
                    assert.ok(names.includes(targetPort), `${service.metadata.name} leads to ${targetPort}`);
                }
            }
        });

        it("fails before Pulumi stops to wait for it", () => {
            for (const deployment of workloads.filter(({ kind }) => kind === "Deployment")) {
                const wait = Number(deployment.metadata.annotations?.["pulumi.com/timeoutSeconds"]);
                assert.ok(Number(at(deployment, "spec", "progressDeadlineSeconds")) < wait);
            }
        });

        it(`asks for at most ${MOST_MEMORY} of memory together`, () => {
            const requested = workloads.map((manifest) =>
                bytesOf(containerOf(manifest).resources.requests.memory ?? ""),
            );
            assert.ok(requested.reduce((sum, bytes) => sum + bytes, 0) <= bytesOf(MOST_MEMORY));
        });
    });
}
