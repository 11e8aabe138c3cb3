import assert from "node:assert/strict";
import { parse } from "yaml";
import type { Raw } from "../../../config/types/raw";
import { alertmanagerEndpoints } from "../../../components/alertmanager/alertmanager";
import { renderInhibitRules } from "../../../components/alertmanager/config";
import { alert } from "../../../components/prometheus/rules/alert";
import { extractConfigFiles } from "../../../tools/render/config-files";
import { type ProgramRecorder, renderProgram } from "../../../tools/render/program";
import { getContainer, getField, getPodTemplate, getServicePorts } from "../../support/manifests";

const WEBHOOK = { webhook: { url: "http://hooks.example/a" } };

async function render(alertmanager: Raw = {}, others: Raw = {}): Promise<ProgramRecorder> {
    const { recorder } = await renderProgram({ ...others, alertmanager: { enabled: true, ...alertmanager } });
    return recorder;
}

interface Route {
    readonly receiver: string;
    readonly matchers?: readonly string[];
    readonly continue?: boolean;
    readonly routes?: readonly Route[];
    readonly [key: string]: unknown;
}

interface Config {
    readonly route: Route;
    readonly receivers: readonly Readonly<Record<string, unknown>>[];
    readonly inhibit_rules?: readonly object[];
}

async function renderConfig(alertmanager: Raw = {}, others: Raw = {}): Promise<Config> {
    const { alertmanager: config = "" } = extractConfigFiles((await render(alertmanager, others)).manifests);
    return parse(config) as Config;
}

async function renderPrometheusConfig(alertmanager: Raw, others: Raw = {}): Promise<Raw> {
    const { prometheus = "" } = extractConfigFiles((await render(alertmanager, others)).manifests);
    return parse(prometheus) as Raw;
}

describe("Alertmanager", () => {
    it("is disabled by default", async () => {
        const { recorder } = await renderProgram({});
        assert.ok(!recorder.manifests.some(({ metadata }) => metadata.name.includes("alertmanager")));
        const { prometheus = "" } = extractConfigFiles(recorder.manifests);
        assert.doesNotMatch(prometheus, /alerting|external_labels/);
    });

    it("is a StatefulSet with a Service, and without gossip when it has one pod", async () => {
        const recorder = await render();
        const set = recorder.manifest("StatefulSet", "alertmanager");
        assert.equal(getField(set, "spec", "replicas"), 1);
        assert.deepEqual(getServicePorts(recorder.manifest("Service", "alertmanager")), { http: 9093 });
        assert.ok(getContainer(set).args.includes("--cluster.listen-address="));
        assert.equal(getField(set, "spec", "volumeClaimTemplates"), undefined);
    });

    it("gossips with the stable name of each pod when it has several", async () => {
        const recorder = await render({ replicas: 2 });
        const { args, env } = getContainer(recorder.manifest("StatefulSet", "alertmanager"));
        assert.deepEqual(
            args.filter((arg) => arg.startsWith("--cluster")),
            [
                "--cluster.listen-address=0.0.0.0:9094",
                "--cluster.advertise-address=[$(POD_IP)]:9094",
                "--cluster.peer=alertmanager-0.alertmanager-headless.playground-otel:9094",
                "--cluster.peer=alertmanager-1.alertmanager-headless.playground-otel:9094",
            ],
        );
        assert.ok(env.some(({ name }) => name === "POD_IP"));
        assert.equal(
            getField(recorder.manifest("Service", "alertmanager-headless"), "spec", "publishNotReadyAddresses"),
            true,
        );
        assert.equal(getField(recorder.manifest("PodDisruptionBudget", "alertmanager"), "spec", "maxUnavailable"), 1);
    });

    it("sends no notification until Prometheus has sent all alerts again", async () => {
        const recorder = await render({}, { prometheus: { scrapeInterval: "30s" } });
        assert.ok(
            getContainer(recorder.manifest("StatefulSet", "alertmanager")).args.includes("--dispatch.start-delay=90s"),
        );
    });

    it("claims a volume for each pod when persistence is enabled, and by default when durability.mode is disk", async () => {
        for (const recorder of [
            await render({ persistence: { enabled: true } }),
            await render({}, { durability: { mode: "disk" } }),
        ]) {
            const [claim] = getField(
                recorder.manifest("StatefulSet", "alertmanager"),
                "spec",
                "volumeClaimTemplates",
            ) as readonly { readonly spec: { readonly resources: unknown } }[];
            assert.deepEqual(claim?.spec.resources, { requests: { storage: "1Gi" } });
        }
    });

    it("is sent alerts and scraped at each of its pods", async () => {
        const addresses = [0, 1].map((pod) => `alertmanager-${pod}.alertmanager-headless.playground-otel:9093`);
        const config = await renderPrometheusConfig({ replicas: 2 });
        assert.deepEqual(config.alerting, { alertmanagers: [{ static_configs: [{ targets: addresses }] }] });
        assert.deepEqual(
            (config.scrape_configs as readonly Raw[]).find(({ job_name }) => job_name === "alertmanager"),
            { job_name: "alertmanager", static_configs: [{ targets: addresses }] },
        );
        assert.deepEqual(alertmanagerEndpoints("alertmanager", "playground-otel", 2).pods, addresses);
    });

    it("is sent the external labels of Prometheus", async () => {
        const config = await renderPrometheusConfig({}, { prometheus: { externalLabels: { cluster: "a" } } });
        assert.deepEqual((config.global as Raw).external_labels, { cluster: "a" });
    });
});

describe("receivers of Alertmanager", () => {
    it("are sent the alerts that they match, whatever others match", async () => {
        const { route } = await renderConfig({
            receivers: { team: WEBHOOK, oncall: { ...WEBHOOK, matchers: ['severity="critical"'] } },
        });
        assert.equal(route.receiver, "none");
        assert.deepEqual(route.routes?.slice(1), [
            { receiver: "oncall", matchers: ['severity="critical"'], continue: true },
            { receiver: "team", continue: true },
        ]);
    });

    it("are not sent the alert that always fires, except the one of the watchdog", async () => {
        const receivers = { team: WEBHOOK, "dead-man": WEBHOOK };
        const without = await renderConfig({ receivers: { team: WEBHOOK } });
        assert.equal(without.route.routes?.[0]?.receiver, "none");
        const { route } = await renderConfig({ receivers, watchdog: { receiver: "dead-man", interval: "2m" } });
        assert.deepEqual(route.routes?.[0], {
            receiver: "dead-man",
            matchers: ['alertname="Watchdog"'],
            group_wait: "0s",
            group_interval: "2m",
            repeat_interval: "60s",
        });
        assert.deepEqual(
            route.routes.map(({ receiver }) => receiver),
            ["dead-man", "team"],
        );
    });

    it("read their secrets from files of one Secret", async () => {
        const recorder = await render({
            receivers: { team: { slack: { url: "https://hooks.example/secret" } } },
        });
        const secret = recorder.manifest("Secret", "alertmanager-team-secrets-1");
        assert.equal(secret.immutable, true);
        const { volumes } = getPodTemplate(recorder.manifest("StatefulSet", "alertmanager")).spec;
        assert.deepEqual(volumes.find(({ name }) => name === "receiver-team")?.secret, {
            secretName: "alertmanager-team-secrets-1",
            defaultMode: 0o440,
            items: [{ key: "slack-url", path: "slack-url" }],
        });
        const { alertmanager = "" } = extractConfigFiles(recorder.manifests);
        assert.match(alertmanager, /api_url_file: \/etc\/otel-stack\/receivers\/team\/slack-url/);
        assert.doesNotMatch(alertmanager, /hooks\.example/);
    });

    it("read an existing Secret, which the stack does not create", async () => {
        const recorder = await render({ receivers: { team: { pagerduty: {}, secretName: "keys" } } });
        assert.ok(
            !recorder.manifests.some(({ kind, metadata }) => kind === "Secret" && metadata.name !== "grafana-admin-1"),
        );
        const { volumes } = getPodTemplate(recorder.manifest("StatefulSet", "alertmanager")).spec;
        assert.deepEqual(volumes.find(({ name }) => name === "receiver-team")?.secret.secretName, "keys");
    });

    it("need no Secret without secrets", async () => {
        const email = { to: "a@example.com", from: "b@example.com", smarthost: "smtp.example.com:25" };
        const recorder = await render({ receivers: { team: { email } } });
        const { volumes } = getPodTemplate(recorder.manifest("StatefulSet", "alertmanager")).spec;
        assert.ok(!volumes.some(({ name }) => name.startsWith("receiver-")));
    });

    it("may be reached on their ports only, with NetworkPolicies", async () => {
        const recorder = await render(
            {
                receivers: {
                    mail: { email: { to: "a@example.com", from: "b@example.com", smarthost: "smtp.example.com:587" } },
                    pods: {
                        webhook: { url: "http://a.b/" },
                        egress: { namespaceSelectors: [{ team: "b" }], port: 8080 },
                    },
                    team: { slack: {}, secretName: "keys" },
                },
            },
            { networkPolicies: { enabled: true } },
        );
        const description = recorder.manifest("NetworkPolicy", "alertmanager").metadata.annotations?.[
            "kubernetes.io/description"
        ];
        assert.deepEqual(
            (description ?? "").split("\n").filter((line) => line.includes("notifications")),
            [
                "alertmanager -> mail 587: notifications",
                "alertmanager -> pods 8080: notifications",
                "alertmanager -> team 443: notifications",
            ],
        );
    });
});

describe("inhibition", () => {
    it("mutes what follows from a backend that is down, by the exporter of the backend", async () => {
        const { inhibit_rules = [] } = await renderConfig({}, { durability: { mode: "disk" } });
        const rule = {
            source_matchers: ['alertname="BackendDown"', 'job="jaeger"'],
            target_matchers: ['alertname="CollectorExporterStalled"', 'exporter="otlp_http/jaeger"'],
        };
        assert.ok(inhibit_rules.some((found) => JSON.stringify(found) === JSON.stringify(rule)));
    });

    it("is derived from the causes in the alert table", () => {
        const texts = { summary: "a", description: "b.", expr: "up" };
        const rules = [
            alert("A", "critical", texts),
            alert("B", "warning", { ...texts, causes: [{ alert: "A", equal: ["job"] }] }),
        ];
        assert.deepEqual(renderInhibitRules([{ name: "group", rules }]), [
            { source_matchers: ['alertname="A"'], target_matchers: ['alertname="B"'], equal: ["job"] },
        ]);
    });

    it("can be disabled", async () => {
        assert.equal((await renderConfig({ inhibition: { enabled: false } })).inhibit_rules, undefined);
    });
});
