import assert from "node:assert/strict";
import type { CollectorConfig } from "../../../components/collector/config/types/collector-config";
import { MIB } from "../../../config/types/units";
import { type ProgramRecorder, type Settings, renderProgram } from "../../../tools/render/program";
import { renderTestAgentConfig } from "../../support/agent-config";
import { getField, readConfigMap, getContainer, getPodTemplate } from "../../support/manifests";

const ON = { enabled: true };
const AGENT_NAMESPACE = "playground-otel-agent";
const HOST_PATH_VOLUME = { hostPath: { path: `/var/lib/otel-stack/${AGENT_NAMESPACE}`, type: "DirectoryOrCreate" } };

async function renderStack(clusterTelemetry: Settings, more: Settings = {}): Promise<ProgramRecorder> {
    const { recorder } = await renderProgram({ clusterTelemetry, ...more });
    return recorder;
}

describe("agent OTLP", () => {
    it("creates a Service with internalTrafficPolicy: Local", async () => {
        const recorder = await renderStack({ agentOtlp: ON });
        const service = recorder.manifest("Service", "otel-agent");
        assert.equal(service.metadata.namespace, AGENT_NAMESPACE);
        assert.equal(getField(service, "spec", "internalTrafficPolicy"), "Local");
        assert.deepEqual(getField(service, "spec", "ports"), [
            { name: "otlp-grpc", port: 4317, targetPort: "otlp-grpc", appProtocol: "grpc" },
            { name: "otlp-http", port: 4318, targetPort: "otlp-http", appProtocol: "http" },
        ]);
        const { ports } = getContainer(recorder.manifest("DaemonSet", "otel-agent"));
        assert.deepEqual(ports, [
            { name: "health", containerPort: 13133 },
            { name: "otlp-grpc", containerPort: 4317 },
            { name: "otlp-http", containerPort: 4318 },
        ]);
        const others = await renderStack({ podLogs: ON, hostMetrics: ON });
        assert.ok(!others.manifests.some(({ kind, metadata }) => kind === "Service" && metadata.name === "otel-agent"));
    });

    it("sizes its queue for its largest request", () => {
        const queueOf = (more: Settings) =>
            renderTestAgentConfig({ agentOtlp: ON }, more).exporters["otlp_grpc/applications"]?.sending_queue
                .queue_size;
        assert.equal(queueOf({}), 16 * MIB);
        assert.equal(queueOf({ collector: { receiver: { maxRequestSize: "20Mi" } } }), 20 * MIB);
    });

    it("is listed in the endpoints when enabled", async () => {
        const of = (port: number) => ({
            short: `http://otel-agent.${AGENT_NAMESPACE}:${port}`,
            fqdn: `http://otel-agent.${AGENT_NAMESPACE}.svc.cluster.local:${port}`,
        });
        const { program } = await renderProgram({ clusterTelemetry: { agentOtlp: ON } });
        assert.deepEqual(program.endpoints.otlpAgent, { grpc: of(4317), http: of(4318) });
        assert.equal(
            (await renderProgram({ clusterTelemetry: { podLogs: ON } })).program.endpoints.otlpAgent,
            undefined,
        );
    });

    it("runs unprivileged, without a host volume, and surges during updates", async () => {
        const recorder = await renderStack({ agentOtlp: ON });
        const agent = recorder.manifest("DaemonSet", "otel-agent");
        assert.equal(getPodTemplate(agent).spec.securityContext.runAsNonRoot, true);
        assert.equal(getPodTemplate(agent).spec.automountServiceAccountToken, false);
        assert.ok(!JSON.stringify(getPodTemplate(agent)).includes("hostPath"));
        assert.deepEqual(getField(agent, "spec", "updateStrategy"), {
            type: "RollingUpdate",
            rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
        });
        const { labels } = recorder.manifest("Namespace", AGENT_NAMESPACE).metadata;
        assert.equal(labels?.["pod-security.kubernetes.io/enforce"], "restricted");
    });

    it("stores its queue on the node, and does not surge, when durability.mode is disk", async () => {
        const recorder = await renderStack({ agentOtlp: ON }, { durability: { mode: "disk" } });
        const agent = recorder.manifest("DaemonSet", "otel-agent");
        const { securityContext, volumes } = getPodTemplate(agent).spec;
        assert.equal(securityContext.runAsUser, 0);
        assert.deepEqual(volumes.slice(1), [{ name: "checkpoints", ...HOST_PATH_VOLUME }]);
        assert.deepEqual(getField(agent, "spec", "updateStrategy"), { type: "RollingUpdate" });
        const { labels } = recorder.manifest("Namespace", AGENT_NAMESPACE).metadata;
        assert.equal(labels?.["pod-security.kubernetes.io/enforce"], "privileged");
        const { config } = readConfigMap(recorder, "otel-agent-config");
        assert.deepEqual((config as CollectorConfig).service.extensions, ["health_check", "file_storage"]);
    });

    it("keeps metrics-only agents in memory when durability.mode is disk", async () => {
        const recorder = await renderStack({ hostMetrics: ON }, { durability: { mode: "disk" } });
        assert.equal(
            getPodTemplate(recorder.manifest("DaemonSet", "otel-agent")).spec.securityContext.runAsNonRoot,
            true,
        );
    });

    it("accepts traffic from its own and the sender Namespaces on OTLP ports only", async () => {
        const allowOtlpFrom = [{ team: "payments" }];
        const sources = async (more: Settings): Promise<unknown> => {
            const recorder = await renderStack(
                { agentOtlp: ON },
                { networkPolicies: { ...ON, allowOtlpFrom }, ...more },
            );
            const policy = recorder.manifests.find(
                ({ kind, metadata }) =>
                    kind === "NetworkPolicy" &&
                    metadata.namespace === AGENT_NAMESPACE &&
                    metadata.name === "otel-agent",
            );
            assert.ok(policy);
            return getField(policy, "spec", "ingress");
        };
        const ports = [4317, 4318].map((port) => ({ port, protocol: "TCP" }));
        const from = (matchLabels: object) => ({ from: [{ namespaceSelector: { matchLabels } }], ports });
        const own = from({ "kubernetes.io/metadata.name": "playground-otel" });
        assert.deepEqual(await sources({}), [own, from({ team: "payments" })]);
        // Who has to show credentials to the Collector does not get around it by an agent.
        assert.deepEqual(await sources({ secureOtlp: ON }), [own]);
    });
});

describe("agent OTLP configuration", () => {
    it("forwards every routed signal after memory_limiter, without a debug exporter", () => {
        const { pipelines } = renderTestAgentConfig({ agentOtlp: ON }).service;
        const pipeline = {
            receivers: ["otlp"],
            processors: ["memory_limiter", "resource/sender-address"],
            exporters: ["otlp_grpc/applications"],
        };
        assert.deepEqual(pipelines, {
            "traces/applications": pipeline,
            "metrics/applications": pipeline,
            "logs/applications": pipeline,
        });
        const without = renderTestAgentConfig(
            { agentOtlp: ON },
            { loki: { enabled: false }, collector: { debugExporter: { enabled: false } } },
        );
        assert.deepEqual(Object.keys(without.service.pipelines), ["traces/applications", "metrics/applications"]);
    });

    it("uses its own queue, which never blocks, next to the collected signals", () => {
        const { exporters, service } = renderTestAgentConfig({ podLogs: ON, agentOtlp: ON });
        assert.deepEqual(Object.keys(service.pipelines).sort(), [
            "logs",
            "logs/applications",
            "metrics/applications",
            "traces/applications",
        ]);
        assert.equal(exporters.otlp_grpc?.sending_queue.block_on_overflow, true);
        assert.equal(exporters["otlp_grpc/applications"]?.sending_queue.block_on_overflow, false);
        // On the node, as that of the logs is.
        assert.equal(exporters["otlp_grpc/applications"].sending_queue.storage, "file_storage");
        const alone = renderTestAgentConfig({ agentOtlp: ON }).exporters;
        assert.deepEqual(Object.keys(alone), ["otlp_grpc/applications"]);
        assert.equal(alone["otlp_grpc/applications"]?.sending_queue.storage, undefined);
    });

    it("uses the Collector's request limits and its own memory limits", () => {
        const { receivers } = renderTestAgentConfig(
            { agentOtlp: ON, resources: { limits: { memory: "128Mi" } } },
            { collector: { receiver: { maxRequestSize: "8Mi" } } },
        );
        const { grpc, http } = receivers.otlp?.protocols ?? {};
        assert.equal(grpc?.endpoint, "0.0.0.0:4317");
        assert.equal(grpc.max_recv_msg_size_mib, 8);
        assert.ok((grpc.max_concurrent_streams ?? 100) < 10);
        assert.equal(http?.endpoint, "0.0.0.0:4318");
        assert.equal(http.max_request_body_size, 8 * 1024 * 1024);
    });

    it("adds the client address when kubernetesAttributes needs it, and keeps the sender's resource attributes", () => {
        const attributes = (raw: Settings) =>
            renderTestAgentConfig({ agentOtlp: ON, ...raw }).processors["resource/sender-address"]?.attributes;
        const node = { key: "k8s.node.name", value: "${env:NODE_NAME}", action: "insert" };
        assert.deepEqual(attributes({}), [node]);
        assert.deepEqual(attributes({ kubernetesAttributes: ON }), [
            node,
            { key: "k8s.pod.ip", from_context: "client.address", action: "insert" },
            { key: "k8s.node.ip", value: "${env:NODE_ADDRESS}", action: "upsert" },
        ]);
    });
});

describe("Collector after agents that accept OTLP", () => {
    const collector = async (clusterTelemetry: Settings): Promise<CollectorConfig> =>
        readConfigMap(await renderStack(clusterTelemetry), "otel-collector-config").config as CollectorConfig;

    it("prefers the client address from the agent to the connection's, and ignores node addresses", async () => {
        const { processors, service } = await collector({ agentOtlp: ON, kubernetesAttributes: ON });
        assert.deepEqual(
            processors.k8s_attributes?.pod_association.map(({ sources }) =>
                sources.map((source) => (source.from === "connection" ? source.from : source.name)),
            ),
            [["k8s.pod.uid"], ["k8s.pod.name", "k8s.namespace.name"], ["k8s.pod.ip"], ["connection"]],
        );
        for (const signal of ["traces", "metrics", "logs"] as const) {
            assert.deepEqual(service.pipelines[signal]?.processors.slice(0, 3), [
                "memory_limiter",
                "transform/drop-node-ips",
                "k8s_attributes",
            ]);
        }
        const statements = [
            'delete_key(resource.attributes, "k8s.pod.ip") where resource.attributes["k8s.pod.ip"] == resource.attributes["k8s.node.ip"]',
            'delete_key(resource.attributes, "k8s.node.ip")',
        ];
        assert.deepEqual(processors["transform/drop-node-ips"], {
            error_mode: "propagate",
            log_statements: statements,
            metric_statements: statements,
            trace_statements: statements,
        });
    });

    it("is unchanged when either feature is disabled", async () => {
        const { processors } = await collector({ podLogs: ON, kubernetesAttributes: ON });
        assert.equal(processors.k8s_attributes?.pod_association.length, 3);
        assert.equal(processors["transform/drop-node-ips"], undefined);
        assert.deepEqual(Object.keys((await collector({ agentOtlp: ON })).processors), [
            ...Object.keys((await collector({})).processors),
        ]);
    });
});
