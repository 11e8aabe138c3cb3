import assert from "node:assert/strict";
import * as path from "node:path";
import { dashboardQueries } from "../../components/grafana/dashboards/queries";
import { resolveDashboardContext } from "../../components/grafana/from-settings";
import { resolvePlan } from "../../config/model/plan";
import { validate } from "../../config/validate";
import { TOOLBOX_IMAGE } from "../../sandbox/images";
import { readStackSettings } from "../../tools/render/program";
import { type LogRecord, queryPrometheus, QUERY_RANGE_SECONDS, findTraces } from "../../tools/verify/store-api";
import { AGENT_NAMESPACE, kubectl, NAMESPACE, listStackObjects, KUBECTL_TIMEOUT } from "./support/cluster";
import { PortForwards } from "./support/port-forwards";
import { assertIsolated, allowOtlpFromNamespace } from "./support/isolation";
import { CONCURRENT_NAMESPACES } from "./support/shards";
import {
    assertQueriesReturnData,
    type BackendConnections,
    eventually,
    createQueryAssertion,
} from "./support/query-assertions";
import { findLogRecords } from "./support/log-records";
import { configureStack, pulumiUp } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("its pods run the sandbox's toolbox");

/** The Namespace of the pods whose logs are read. */
const POD_NAMESPACE = `${NAMESPACE}-pods`;
const TIMEOUT_SECONDS = 120;
const LINE_COUNT = 600;

const sandbox = configureStack("sandbox");
const withClusterTelemetry = configureStack("sandbox", {
    "clusterTelemetry.podLogs": { enabled: true, excludeNamespaces: CONCURRENT_NAMESPACES },
    "clusterTelemetry.kubeletMetrics.enabled": true,
    "clusterTelemetry.kubeletMetrics.interval": "5s",
    "clusterTelemetry.hostMetrics.enabled": true,
    "clusterTelemetry.hostMetrics.interval": "5s",
    "clusterTelemetry.kubernetesEvents.enabled": true,
    "clusterTelemetry.kubernetesAttributes.enabled": true,
    "clusterTelemetry.agentOtlp.enabled": true,
    ...allowOtlpFromNamespace(POD_NAMESPACE),
});

describe("cluster telemetry", () => {
    let forwards: PortForwards | undefined;
    let backends: BackendConnections;

    before(async () => {
        const changes = await pulumiUp(withClusterTelemetry);
        assert.ok((changes.create ?? 0) > 0);
        forwards = await PortForwards.open(withClusterTelemetry);
        ({ backends } = forwards);
        await kubectl("create", "namespace", POD_NAMESPACE);
    });

    after(async () => {
        await forwards?.close();
        await kubectl("delete", "namespace", POD_NAMESPACE, "--ignore-not-found");
        await pulumiUp(sandbox);
    });

    it("stores each log line of a pod once, complete, with its origin", async () => {
        const long = "x".repeat(40_000);
        // The container runtime writes the first part of the long line immediately: before the other line, with the
        // rest after it.
        await runPod("once", `printf "a long ${long}" >&2; sleep 1; echo "a single line"; sleep 1; echo " line" >&2`);
        await eventually(async () => {
            const records = await findPodLogs(backends, "once");
            assert.deepEqual(records.map(({ line }) => line).sort(), [`a long ${long} line`, "a single line"]);
            for (const { fields, line } of records) {
                assert.equal(fields.service_name, "once");
                assert.equal(fields.k8s_namespace_name, POD_NAMESPACE);
                assert.equal(fields.k8s_pod_name, "once");
                assert.equal(fields.k8s_container_name, "once");
                assert.equal(fields.k8s_node_name, "sandbox");
                assert.equal(fields.log_iostream, line.startsWith("a long") ? "stderr" : "stdout");
            }
        }, TIMEOUT_SECONDS);
    });

    it("loses no log line across an agent crash", async () => {
        await runPod("counts", `i=0; while [ $i -lt ${LINE_COUNT} ]; do echo "line $i"; i=$((i+1)); sleep 0.02; done`);
        await eventually(async () => {
            assert.ok((await findPodLogs(backends, "counts")).length > 20);
        }, TIMEOUT_SECONDS);
        const of = ["-n", AGENT_NAMESPACE, "-l", "app.kubernetes.io/name=otel-agent"];
        await kubectl("delete", "pods", ...of, "--grace-period=0", "--force");
        await kubectl("rollout", "status", "-n", AGENT_NAMESPACE, "daemonset/otel-agent", KUBECTL_TIMEOUT);
        await eventually(async () => {
            const lines = (await findPodLogs(backends, "counts")).map(({ line }) => line);
            const expected = Array.from({ length: LINE_COUNT }, (_, index) => `line ${index}`);
            const found = new Set(lines);
            assert.deepEqual(
                expected.filter((line) => !found.has(line)),
                [],
            );
            // Lines that were in flight at the kill may arrive twice.
            assert.ok(lines.length < 2 * LINE_COUNT, `${lines.length} records`);
        }, TIMEOUT_SECONDS);
    });

    it("excludes the logs of the stack's own pods", async () => {
        for (const namespace of [NAMESPACE, AGENT_NAMESPACE]) {
            const own = await findLogRecords(backends, { "k8s.namespace.name": namespace });
            assert.deepEqual(
                own.filter(({ fields }) => fields.log_iostream !== undefined),
                [],
            );
        }
    });

    it("stores kubelet and host metrics with their pod or node", async () => {
        const url = await backends.prometheus.url();
        for (const series of [
            `k8s_pod_memory_working_set_bytes{k8s_namespace_name="${NAMESPACE}",k8s_deployment_name="otel-collector"}`,
            `k8s_pod_cpu_usage{k8s_namespace_name="${NAMESPACE}",k8s_pod_name=~"victorialogs-.*"}`,
            `container_memory_working_set_bytes{k8s_container_name="jaeger",k8s_node_name="sandbox"}`,
            `k8s_node_memory_available_bytes{k8s_node_name="sandbox"}`,
            `system_memory_usage_bytes{k8s_node_name="sandbox",state="used"}`,
            `system_cpu_load_average_1m{k8s_node_name="sandbox"}`,
        ]) {
            await eventually(async () => {
                const found = await queryPrometheus(url, series, true);
                assert.ok(found.length > 0, series);
            }, TIMEOUT_SECONDS);
        }
    });

    it("answers every query of the usage dashboard", async () => {
        const { settings } = validate(
            readStackSettings(withClusterTelemetry.name, path.dirname(withClusterTelemetry.configFile ?? "")),
        );
        assert.ok(settings);
        const values = { service: "shop-payments", rangeSeconds: QUERY_RANGE_SECONDS };
        const queries = dashboardQueries(values, resolveDashboardContext(resolvePlan(settings))).filter(
            ({ dashboard, emptyWhen }) => dashboard === "Usage" && emptyWhen === undefined,
        );
        assert.ok(queries.length > 5);
        await assertQueriesReturnData(
            backends,
            queries.map((query) => createQueryAssertion(`${query.dashboard}, ${query.panel}`, query)),
        );
    });

    it("keeps the series of pods separate", async () => {
        const url = await backends.prometheus.url();
        const pods = 'count(count by (k8s_pod_name) (k8s_pod_memory_working_set_bytes{k8s_pod_name!=""}))';
        const [count = 0] = await queryPrometheus(url, pods, true);
        assert.ok(count >= 8, `${count} pods`);
        assert.deepEqual(await queryPrometheus(url, 'k8s_pod_memory_working_set_bytes{k8s_pod_name=""}', true), []);
    });

    it("stores the cluster's events", async () => {
        await kubectl("run", "absent", "-n", POD_NAMESPACE, "--image=localhost/there.is/none:1", "--restart=Never");
        await eventually(async () => {
            const found = await findLogRecords(backends, {
                "service.name": "kubernetes-events",
                "k8s.object.name": "absent",
            });
            const failed = found.find(({ fields }) => fields.k8s_event_reason === "Failed");
            assert.equal(failed?.fields.severity_text, "Warning");
            assert.equal(failed.fields.k8s_namespace_name, POD_NAMESPACE);
        }, TIMEOUT_SECONDS);
    });

    it("adds pod and workload attributes to spans", async () => {
        const url = await backends.jaeger.url();
        await eventually(async () => {
            const traces = await findTraces(url, "shop-payments");
            const tags = traces.flatMap(({ processes }) => Object.values(processes)).flatMap((process) => process.tags);
            for (const key of ["k8s.pod.uid", "k8s.pod.name", "k8s.node.name", "k8s.deployment.name"]) {
                assert.ok(
                    tags.some((tag) => tag.key === key && String(tag.value) !== ""),
                    key,
                );
            }
        }, TIMEOUT_SECONDS);
    });

    it("identifies the pod by its address when the telemetry does not name it", async () => {
        // Until the Collector knows the pod.
        const post = renderPostCommand("anonymous", `http://otel-collector.${NAMESPACE}:4318`);
        await runPod("sender", `for i in 1 2 3 4 5 6 7 8 9 10; do ${post}; sleep 2; done`);
        await eventually(async () => {
            const found = await findLogRecords(backends, { "service.name": "anonymous", "k8s.pod.name": "sender" });
            assert.equal(found[0]?.fields.k8s_namespace_name, POD_NAMESPACE);
        }, TIMEOUT_SECONDS);
    });

    it("identifies the sender's pod when the agent on its node receives the OTLP", async () => {
        const agents = ["pods", "-n", AGENT_NAMESPACE, "-l", "app.kubernetes.io/name=otel-agent"];
        const address = await kubectl("get", ...agents, "-o", "jsonpath={.items[0].status.podIP}");
        const byAddress = renderPostCommand("by-address", `http://otel-agent.${AGENT_NAMESPACE}:4318`);
        const byNode = renderPostCommand("by-node", `http://${address}:4318`);
        await runPod("nearby", `for i in 1 2 3 4 5 6 7 8 9 10; do ${byAddress}; sleep 2; done`);
        await runPod("host", `for i in 1 2 3 4 5 6 7 8 9 10; do ${byNode}; sleep 2; done`, { hostNetwork: true });
        await eventually(async () => {
            const [host] = await findLogRecords(backends, { "service.name": "by-node" });
            assert.equal(host?.fields.k8s_node_name, "sandbox");
            // Several pods share the node's address, so the record has no pod attributes.
            assert.equal(host.fields.k8s_pod_name, undefined);
            const [found] = await findLogRecords(backends, {
                "service.name": "by-address",
                "k8s.pod.name": "nearby",
            });
            assert.equal(found?.fields.k8s_namespace_name, POD_NAMESPACE);
            assert.equal(found.fields.k8s_node_name, "sandbox");
            assert.equal(found.fields.k8s_node_ip, undefined);
        }, TIMEOUT_SECONDS);
    });

    it("opens only the ports of its flows", async () => {
        await assertIsolated(withClusterTelemetry);
    });

    it("is removed with its Namespace and RBAC", async () => {
        await pulumiUp(sandbox);
        const left = await listStackObjects();
        assert.deepEqual(
            left.filter((name) => /role|serviceaccount|agent|events/i.test(name)),
            [],
        );
        assert.equal(await kubectl("get", "namespace", AGENT_NAMESPACE, "--ignore-not-found"), "");
        // A new pod would wait for the deleted ServiceAccount.
        const account = "jsonpath={.spec.template.spec.serviceAccountName}";
        assert.equal(await kubectl("get", "deployment", "otel-collector", "-n", NAMESPACE, "-o", account), "default");
    });
});

async function runPod(name: string, script: string, spec: object = {}): Promise<void> {
    const pod = ["run", name, "-n", POD_NAMESPACE, `--image=${TOOLBOX_IMAGE}`, "--restart=Never"];
    await kubectl(...pod, `--overrides=${JSON.stringify({ spec })}`, "--", "sh", "-c", script);
}

/** A command that sends one record with the service's name and no other resource attributes. */
function renderPostCommand(service: string, url: string): string {
    const record = { timeUnixNano: `${Date.now()}000000`, body: { stringValue: "who am I" } };
    const attributes = [{ key: "service.name", value: { stringValue: service } }];
    const logs = { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [record] }] }] };
    const body = `--header 'Content-Type: application/json' --post-data '${JSON.stringify(logs)}'`;
    return `wget -qO- ${body} ${url}/v1/logs`;
}

async function findPodLogs(backends: BackendConnections, pod: string): Promise<readonly LogRecord[]> {
    return findLogRecords(backends, { "k8s.namespace.name": POD_NAMESPACE, "k8s.pod.name": pod });
}
