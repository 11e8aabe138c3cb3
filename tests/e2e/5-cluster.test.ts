import assert from "node:assert/strict";
import * as path from "node:path";
import { dashboardQueries } from "../../components/grafana/dashboards/queries";
import { dashboardContext } from "../../components/grafana/settings";
import { validate } from "../../config/validate";
import { TOOLBOX_IMAGE } from "../../sandbox/images";
import { settingsOf } from "../../tools/mocked-stack";
import { type LogRecord, numbers, RANGE, tracesOf } from "./support/ask";
import { AGENT_NAMESPACE, kubectl, NAMESPACE, objectsOfTheStack, PATIENCE } from "./support/cluster";
import { Forwards } from "./support/forwards";
import { assertIsolated, policiesFor } from "./support/isolation";
import { BESIDE } from "./support/lanes";
import { assertAnswered, type Backends, eventually, questionOf } from "./support/questions";
import { recordsWith } from "./support/records";
import { stackWith, up } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("its pods run the sandbox's toolbox");

/** Where the pods stand whose logs are read. */
const ELSEWHERE = `${NAMESPACE}-pods`;
const WITHIN_SECONDS = 120;
const LINES = 600;

const sandbox = stackWith("sandbox");
const collecting = stackWith("sandbox", {
    "cluster.podLogs": { enabled: true, excludeNamespaces: BESIDE },
    "cluster.kubeletMetrics.enabled": true,
    "cluster.kubeletMetrics.interval": "5s",
    "cluster.hostMetrics.enabled": true,
    "cluster.hostMetrics.interval": "5s",
    "cluster.events.enabled": true,
    "cluster.attributes.enabled": true,
    "cluster.otlp.enabled": true,
    ...policiesFor(ELSEWHERE),
});

describe("collection from the cluster", () => {
    let forwards: Forwards | undefined;
    let backends: Backends;

    before(async () => {
        const changes = await up(collecting);
        assert.ok((changes.create ?? 0) > 0);
        forwards = await Forwards.of(collecting);
        ({ backends } = forwards);
        await kubectl("create", "namespace", ELSEWHERE);
    });

    after(async () => {
        await forwards?.close();
        await kubectl("delete", "namespace", ELSEWHERE, "--ignore-not-found");
        await up(sandbox);
    });

    it("brings the line of a pod's log once, whole, and with where it comes from", async () => {
        const long = "x".repeat(40_000);
        // The runtime writes a part of the long line as soon as it has it: before the other one, and the rest after it.
        await run("once", `printf "a long ${long}" >&2; sleep 1; echo "a single line"; sleep 1; echo " line" >&2`);
        await eventually(async () => {
            const records = await logsOf(backends, "once");
            assert.deepEqual(records.map(({ line }) => line).sort(), [`a long ${long} line`, "a single line"]);
            for (const { fields, line } of records) {
                assert.equal(fields.service_name, "once");
                assert.equal(fields.k8s_namespace_name, ELSEWHERE);
                assert.equal(fields.k8s_pod_name, "once");
                assert.equal(fields.k8s_container_name, "once");
                assert.equal(fields.k8s_node_name, "sandbox");
                assert.equal(fields.log_iostream, line.startsWith("a long") ? "stderr" : "stdout");
            }
        }, WITHIN_SECONDS);
    });

    it("loses no line when the agent is killed, nor while there is none", async () => {
        await run("counts", `i=0; while [ $i -lt ${LINES} ]; do echo "line $i"; i=$((i+1)); sleep 0.02; done`);
        await eventually(async () => {
            assert.ok((await logsOf(backends, "counts")).length > 20);
        }, WITHIN_SECONDS);
        const of = ["-n", AGENT_NAMESPACE, "-l", "app.kubernetes.io/name=otel-agent"];
        await kubectl("delete", "pods", ...of, "--grace-period=0", "--force");
        await kubectl("rollout", "status", "-n", AGENT_NAMESPACE, "daemonset/otel-agent", PATIENCE);
        await eventually(async () => {
            const lines = (await logsOf(backends, "counts")).map(({ line }) => line);
            const expected = Array.from({ length: LINES }, (_, index) => `line ${index}`);
            const found = new Set(lines);
            assert.deepEqual(
                expected.filter((line) => !found.has(line)),
                [],
            );
            // What was on its way when it was killed may come again.
            assert.ok(lines.length < 2 * LINES, `${lines.length} records`);
        }, WITHIN_SECONDS);
    });

    it("leaves the logs of the stack's own pods alone", async () => {
        for (const namespace of [NAMESPACE, AGENT_NAMESPACE]) {
            const own = await recordsWith(backends, { "k8s.namespace.name": namespace });
            assert.deepEqual(
                own.filter(({ fields }) => fields.log_iostream !== undefined),
                [],
            );
        }
    });

    it("brings what the kubelet and the node measure, with what each is of", async () => {
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
                const found = await numbers(url, series, true);
                assert.ok(found.length > 0, series);
            }, WITHIN_SECONDS);
        }
    });

    it("answers every query of the dashboard of what the stack uses", async () => {
        const { settings } = validate(settingsOf(collecting.name, path.dirname(collecting.configFile ?? "")));
        assert.ok(settings);
        const values = { service: "shop-payments", rateInterval: "1m", range: RANGE };
        const queries = dashboardQueries(values, dashboardContext(settings)).filter(
            ({ dashboard, emptyWhen }) => dashboard === "Usage" && emptyWhen === undefined,
        );
        assert.ok(queries.length > 5);
        await assertAnswered(
            backends,
            queries.map((query) => questionOf(`${query.dashboard}, ${query.panel}`, query)),
        );
    });

    it("keeps the pods' numbers apart", async () => {
        const url = await backends.prometheus.url();
        const pods = 'count(count by (k8s_pod_name) (k8s_pod_memory_working_set_bytes{k8s_pod_name!=""}))';
        const [count = 0] = await numbers(url, pods, true);
        assert.ok(count >= 8, `${count} pods`);
        assert.deepEqual(await numbers(url, 'k8s_pod_memory_working_set_bytes{k8s_pod_name=""}', true), []);
    });

    it("brings the cluster's events", async () => {
        await kubectl("run", "absent", "-n", ELSEWHERE, "--image=localhost/there.is/none:1", "--restart=Never");
        await eventually(async () => {
            const found = await recordsWith(backends, {
                "service.name": "kubernetes-events",
                "k8s.object.name": "absent",
            });
            const failed = found.find(({ fields }) => fields.k8s_event_reason === "Failed");
            assert.equal(failed?.fields.severity_text, "Warning");
            assert.equal(failed.fields.k8s_namespace_name, ELSEWHERE);
        }, WITHIN_SECONDS);
    });

    it("says of a span which pod and workload it is of", async () => {
        const url = await backends.jaeger.url();
        await eventually(async () => {
            const traces = await tracesOf(url, "shop-payments");
            const tags = traces.flatMap(({ processes }) => Object.values(processes)).flatMap((process) => process.tags);
            for (const key of ["k8s.pod.uid", "k8s.pod.name", "k8s.node.name", "k8s.deployment.name"]) {
                assert.ok(
                    tags.some((tag) => tag.key === key && String(tag.value) !== ""),
                    key,
                );
            }
        }, WITHIN_SECONDS);
    });

    it("says by its address of which pod telemetry is that does not say so itself", async () => {
        // Until the Collector has heard of the pod.
        const post = posts("anonymous", `http://otel-collector.${NAMESPACE}:4318`);
        await run("sender", `for i in 1 2 3 4 5 6 7 8 9 10; do ${post}; sleep 2; done`);
        await eventually(async () => {
            const found = await recordsWith(backends, { "service.name": "anonymous", "k8s.pod.name": "sender" });
            assert.equal(found[0]?.fields.k8s_namespace_name, ELSEWHERE);
        }, WITHIN_SECONDS);
    });

    it("takes OTLP at the agent of the sender's node, and says by its address which pod the sender is", async () => {
        const agents = ["pods", "-n", AGENT_NAMESPACE, "-l", "app.kubernetes.io/name=otel-agent"];
        const address = await kubectl("get", ...agents, "-o", "jsonpath={.items[0].status.podIP}");
        const byAddress = posts("by-address", `http://otel-agent.${AGENT_NAMESPACE}:4318`);
        const byNode = posts("by-node", `http://${address}:4318`);
        await run("nearby", `for i in 1 2 3 4 5 6 7 8 9 10; do ${byAddress}; sleep 2; done`);
        await run("host", `for i in 1 2 3 4 5 6 7 8 9 10; do ${byNode}; sleep 2; done`, { hostNetwork: true });
        await eventually(async () => {
            const [host] = await recordsWith(backends, { "service.name": "by-node" });
            assert.equal(host?.fields.k8s_node_name, "sandbox");
            // The node's address is that of many, so that it is nobody's.
            assert.equal(host.fields.k8s_pod_name, undefined);
            const [found] = await recordsWith(backends, {
                "service.name": "by-address",
                "k8s.pod.name": "nearby",
            });
            assert.equal(found?.fields.k8s_namespace_name, ELSEWHERE);
            assert.equal(found.fields.k8s_node_name, "sandbox");
            assert.equal(found.fields.k8s_node_ip, undefined);
        }, WITHIN_SECONDS);
    });

    it("has no open port but those of its flows", async () => {
        await assertIsolated(collecting);
    });

    it("goes with its Namespace and its rights", async () => {
        await up(sandbox);
        const left = await objectsOfTheStack();
        assert.deepEqual(
            left.filter((name) => /role|serviceaccount|agent|events/i.test(name)),
            [],
        );
        assert.equal(await kubectl("get", "namespace", AGENT_NAMESPACE, "--ignore-not-found"), "");
        // A pod to come would wait for an account that is gone.
        const account = "jsonpath={.spec.template.spec.serviceAccountName}";
        assert.equal(await kubectl("get", "deployment", "otel-collector", "-n", NAMESPACE, "-o", account), "default");
    });
});

async function run(name: string, script: string, spec: object = {}): Promise<void> {
    const pod = ["run", name, "-n", ELSEWHERE, `--image=${TOOLBOX_IMAGE}`, "--restart=Never"];
    await kubectl(...pod, `--overrides=${JSON.stringify({ spec })}`, "--", "sh", "-c", script);
}

/** A command that sends one record of that service and says nothing else of where it comes from. */
function posts(service: string, url: string): string {
    const record = { timeUnixNano: `${Date.now()}000000`, body: { stringValue: "who am I" } };
    const attributes = [{ key: "service.name", value: { stringValue: service } }];
    const logs = { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [record] }] }] };
    const body = `--header 'Content-Type: application/json' --post-data '${JSON.stringify(logs)}'`;
    return `wget -qO- ${body} ${url}/v1/logs`;
}

async function logsOf(backends: Backends, pod: string): Promise<readonly LogRecord[]> {
    return recordsWith(backends, { "k8s.namespace.name": ELSEWHERE, "k8s.pod.name": pod });
}
