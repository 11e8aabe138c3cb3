import assert from "node:assert/strict";
import { PROMETHEUS_LIMIT_PROCESSORS } from "../../../components/collector/config/prometheus-limits";
import { POD_LOGS_DIR } from "../../../components/cluster-telemetry/pod-logs";
import type { CollectorConfig } from "../../../components/collector/config/types/collector-config";
import { resolveFlows } from "../../../components/stack/flows";
import { endpointName } from "../../../components/network-policies/render";
import { type ProgramRecorder, type Settings, isRecord, renderProgram } from "../../../tools/render/program";
import { renderTestAgentConfig } from "../../support/agent-config";
import { getField, readConfigMap, getContainer, getPodTemplate } from "../../support/manifests";
import { WORKLOAD_NAMES } from "../../../config/model/workload-names";
import { parsePlan } from "../../support/settings";

const ON = { enabled: true };
const ALL = { podLogs: ON, kubeletMetrics: ON, hostMetrics: ON, kubernetesEvents: ON, kubernetesAttributes: ON };
const AGENT_NAMESPACE = "playground-otel-agent";

async function renderStack(clusterTelemetry: Settings, more: Settings = {}): Promise<ProgramRecorder> {
    const { recorder } = await renderProgram({ clusterTelemetry, ...more });
    return recorder;
}

/** Kind and name of the objects in the Namespace of cluster telemetry, and of those without a Namespace. */
function listAgentObjects({ manifests }: ProgramRecorder): string[] {
    return manifests
        .filter(({ metadata }) => metadata.namespace !== "playground-otel" && metadata.name !== "playground-otel")
        .map(({ kind, metadata }) => `${kind} ${metadata.name.replace(/-[0-9a-f]{8}$/, "-HASH")}`)
        .sort();
}

describe("cluster telemetry", () => {
    it("derives the name of the agents' Namespace from the stack's", async () => {
        for (const [name, expected] of [
            ["team-a", "team-a-agent"],
            ["a".repeat(63), `${"a".repeat(57)}-agent`],
        ] as const) {
            const recorder = await renderStack({ hostMetrics: ON }, { namespace: { name } });
            assert.equal(recorder.manifest("DaemonSet", "otel-agent").metadata.namespace, expected);
        }
    });

    it("creates nothing by default", async () => {
        const recorder = await renderStack({});
        assert.deepEqual(listAgentObjects(recorder), []);
        const { config } = readConfigMap(recorder, "otel-collector-config");
        assert.doesNotMatch(JSON.stringify(config), /k8s_attributes|transform\/(?:drop-node-ips|resource-labels)/);
    });

    it("creates an agent without a service account token, in a privileged Namespace, when podLogs is enabled", async () => {
        const recorder = await renderStack({ podLogs: ON });
        assert.deepEqual(listAgentObjects(recorder), [
            "ConfigMap otel-agent-config-HASH",
            "DaemonSet otel-agent",
            `Namespace ${AGENT_NAMESPACE}`,
        ]);
        const { labels } = recorder.manifest("Namespace", AGENT_NAMESPACE).metadata;
        assert.equal(labels?.["pod-security.kubernetes.io/enforce"], "privileged");
        assert.equal(
            getPodTemplate(recorder.manifest("DaemonSet", "otel-agent")).spec.automountServiceAccountToken,
            false,
        );
    });

    it("creates an agent without host volumes, in a restricted Namespace, when only node metrics are enabled", async () => {
        const recorder = await renderStack({ hostMetrics: ON, kubeletMetrics: ON });
        const { labels } = recorder.manifest("Namespace", AGENT_NAMESPACE).metadata;
        assert.equal(labels?.["pod-security.kubernetes.io/enforce"], "restricted");
        const { spec } = getPodTemplate(recorder.manifest("DaemonSet", "otel-agent"));
        assert.equal(spec.securityContext.runAsNonRoot, true);
        assert.deepEqual(
            spec.volumes.map(({ name }) => name),
            ["config"],
        );
    });

    it("creates a single pod when kubernetesEvents is enabled", async () => {
        const recorder = await renderStack({ kubernetesEvents: ON });
        const deployment = recorder.manifest("Deployment", "otel-events");
        assert.equal(getField(deployment, "spec", "replicas"), 1);
        assert.deepEqual(getField(deployment, "spec", "strategy"), { type: "Recreate" });
        assert.ok(!listAgentObjects(recorder).some((name) => name.startsWith("DaemonSet")));
    });

    it("grants RBAC to the Collector, without another Namespace, when only kubernetesAttributes is enabled", async () => {
        const recorder = await renderStack({ kubernetesAttributes: ON });
        assert.deepEqual(listAgentObjects(recorder), [
            "ClusterRole playground-otel-pods",
            "ClusterRoleBinding playground-otel-pods",
        ]);
        const { spec } = getPodTemplate(recorder.manifest("Deployment", "otel-collector"));
        assert.equal(spec.serviceAccountName, "otel-collector");
        assert.equal(spec.automountServiceAccountToken, true);

        const without = getPodTemplate((await renderStack({})).manifest("Deployment", "otel-collector")).spec;
        assert.equal(without.serviceAccountName, "default");
        assert.equal(without.automountServiceAccountToken, false);
    });

    it("runs as root without capabilities, and writes only its checkpoints, when podLogs is enabled", async () => {
        const agent = (await renderStack({ podLogs: ON })).manifest("DaemonSet", "otel-agent");
        assert.deepEqual(getPodTemplate(agent).spec.securityContext, {
            runAsGroup: 0,
            runAsUser: 0,
            seccompProfile: { type: "RuntimeDefault" },
        });
        assert.deepEqual(getContainer(agent).securityContext, {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
        });
        const paths = getPodTemplate(agent).spec.volumes.flatMap(
            ({ hostPath }: Partial<{ hostPath: { path: string } }>) => (hostPath ? [hostPath.path] : []),
        );
        assert.deepEqual(paths, [POD_LOGS_DIR, `/var/lib/otel-stack/${AGENT_NAMESPACE}`]);
        const mounts = getContainer(agent).volumeMounts;
        assert.equal(mounts.find(({ mountPath }) => mountPath === POD_LOGS_DIR)?.readOnly, true);
    });

    it("uses images.agent when set", async () => {
        const recorder = await renderStack(
            { podLogs: ON, kubernetesEvents: ON },
            { images: { agent: "registry.example/agent:1" } },
        );
        for (const [kind, name] of [
            ["DaemonSet", "otel-agent"],
            ["Deployment", "otel-events"],
        ] as const) {
            assert.equal(getContainer(recorder.manifest(kind, name)).image, "registry.example/agent:1");
        }
    });

    it("renders NetworkPolicies for the agents when networkPolicies is enabled", async () => {
        const recorder = await renderStack(ALL, { networkPolicies: { ...ON, apiServerPort: 443 } });
        const policies = recorder.manifests.filter(
            ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.namespace === AGENT_NAMESPACE,
        );
        const ports = policies.map((policy) => {
            assert.equal(getField(policy, "spec", "ingress"), undefined);
            const egress = (getField(policy, "spec", "egress") ?? []) as {
                readonly ports: { readonly port: number }[];
            }[];
            return [policy.metadata.name, egress.map((rule) => rule.ports.map(({ port }) => port))] as const;
        });
        assert.deepEqual(Object.fromEntries(ports), {
            "otel-agent": [[4317], [10250], [53, 53]],
            "otel-events": [[4317], [443], [53, 53]],
            "otel-stack-default-deny": [],
        });
    });

    it("is included in the flows of the stack", () => {
        const flowsOf = (clusterTelemetry: Settings): string[] =>
            resolveFlows(WORKLOAD_NAMES, parsePlan({ clusterTelemetry, networkPolicies: ON }))
                .map(({ from, to, port }) => `${endpointName(from)} -> ${endpointName(to)}:${port}`)
                .filter((flow) => /cluster|API/.test(flow));
        assert.deepEqual(flowsOf({}), []);
        assert.deepEqual(flowsOf({ kubernetesEvents: ON }), ["cluster telemetry -> otel-collector:4317"]);
        assert.deepEqual(flowsOf({ kubernetesAttributes: ON }), ["otel-collector -> the API server:6443"]);
    });
});

describe("agent configuration", () => {
    it("excludes pod logs of the stack's, the agents' and the configured Namespaces", () => {
        const { receivers } = renderTestAgentConfig({
            podLogs: { enabled: true, excludeNamespaces: ["kube-system", "ns"] },
        });
        assert.deepEqual(
            receivers.file_log?.exclude,
            ["kube-system", "ns", "ns-agent"].map((name) => `/var/log/pods/${name}_*/*/*.log`),
        );
    });

    it("queues on the node when podLogs is enabled, and in memory otherwise", () => {
        assert.equal(renderTestAgentConfig({ podLogs: ON }).exporters.otlp_grpc?.sending_queue.storage, "file_storage");
        assert.equal(renderTestAgentConfig({ hostMetrics: ON }).exporters.otlp_grpc?.sending_queue.storage, undefined);
    });

    it("limits batches to the Collector's maximum request size", () => {
        const { exporters } = renderTestAgentConfig(
            { kubernetesEvents: ON, podLogs: ON },
            { collector: { batch: { maxSize: "4Mi", minSize: "4Mi" }, receiver: { maxRequestSize: "2Mi" } } },
        );
        const batch = exporters.otlp_grpc?.sending_queue.batch;
        assert.equal(batch?.max_size, 1024 * 1024);
        assert.equal(batch.min_size, 1024 * 1024);
    });

    it("reaches its node's kubelet by IPv6 when ipFamily is IPv6", () => {
        const endpoint = (raw: Settings): unknown =>
            renderTestAgentConfig({ kubeletMetrics: { ...ON, ...raw } }).receivers.kubelet_stats?.endpoint;
        assert.equal(endpoint({}), "${env:NODE_ADDRESS}:10250");
        assert.equal(endpoint({ ipFamily: "IPv6" }), "[${env:NODE_ADDRESS}]:10250");
    });

    it("verifies the certificate of its node's kubelet unless verifyCertificate is false", () => {
        const kubelet = (raw: Settings): unknown =>
            renderTestAgentConfig({ kubeletMetrics: { ...ON, ...raw } }).receivers.kubelet_stats;
        const verified = kubelet({ interval: "1m" });
        assert.ok(isRecord(verified));
        assert.equal(verified.endpoint, "${env:NODE_ADDRESS}:10250");
        assert.equal(verified.insecure_skip_verify, false);
        assert.equal(verified.collection_interval, "1m");
        assert.ok(isRecord(kubelet({ verifyCertificate: false })));
        assert.equal(
            renderTestAgentConfig({ kubeletMetrics: { ...ON, verifyCertificate: false } }).receivers.kubelet_stats
                ?.insecure_skip_verify,
            true,
        );
    });

    it("renders one pipeline per enabled source", () => {
        assert.deepEqual(Object.keys(renderTestAgentConfig({ podLogs: ON }).service.pipelines), ["logs"]);
        assert.deepEqual(Object.keys(renderTestAgentConfig({ hostMetrics: ON }).service.pipelines), ["metrics"]);
    });
});

describe("Collector with cluster telemetry", () => {
    it("adds pod attributes to all signals before other processors, and ignores the agents' own addresses", async () => {
        const { config } = readConfigMap(await renderStack(ALL), "otel-collector-config");
        const { processors, service } = config as CollectorConfig;
        const of = (pipeline: "traces" | "metrics" | "logs" | "metrics/spans") =>
            service.pipelines[pipeline]?.processors;
        assert.deepEqual(of("traces")?.slice(0, 2), ["memory_limiter", "k8s_attributes"]);
        assert.deepEqual(of("metrics"), [
            "memory_limiter",
            "k8s_attributes",
            "transform/resource-labels",
            ...PROMETHEUS_LIMIT_PROCESSORS,
        ]);
        assert.deepEqual(of("logs")?.slice(0, 2), ["memory_limiter", "k8s_attributes"]);
        assert.deepEqual(of("metrics/spans")?.[0], "transform/span-metrics");
        assert.deepEqual(processors.k8s_attributes?.exclude.pods, [
            { name: "^otel-agent-" },
            { name: "^otel-events-" },
        ]);
    });

    it("promotes pod and node attributes to labels when metrics have a destination", async () => {
        const { config } = readConfigMap(await renderStack({ hostMetrics: ON }), "otel-collector-config");
        const { service } = config as CollectorConfig;
        assert.deepEqual(service.pipelines.metrics?.processors, [
            "memory_limiter",
            "transform/resource-labels",
            ...PROMETHEUS_LIMIT_PROCESSORS,
        ]);
        assert.ok(!service.pipelines.logs?.processors.includes("transform/resource-labels"));
    });
});
