import assert from "node:assert/strict";
import { parse } from "yaml";
import { COLLECTOR_JOB } from "../../../components/grafana/dashboards/promql";
import { type DataSourceUrls, renderDataSources } from "../../../components/grafana/data-sources";
import { Grafana } from "../../../components/grafana/grafana";
import { resolveDashboardContext } from "../../../components/grafana/from-settings";
import {
    DATA_SOURCES,
    EXEMPLAR_TRACE_ID,
    SPAN_METRICS,
    TRACE_FIELDS,
    VICTORIA_LOGS_PLUGIN,
} from "../../../components/telemetry/names";
import { parseBytes } from "../../../config/types/units";
import {
    type Manifest,
    type ProgramRecorder,
    startMocks,
    unwrapSecrets,
    renderProgram,
    readStackSettings,
} from "../../../tools/render/program";
import {
    getField,
    readConfigMap,
    getContainer,
    listKindsAndNames,
    getPodTemplate,
    getServicePorts,
} from "../../support/manifests";
import { parsePlan } from "../../support/settings";
import { POD_OPTIONS } from "../../support/pod-options";

const URLS = { prometheus: "http://series.ns:9090", jaeger: "http://store.ns:16686", loki: "http://lines.ns:3100" };
/** The same with VictoriaLogs in Loki's place. */
const VICTORIA_LOGS_URLS = {
    prometheus: URLS.prometheus,
    jaeger: URLS.jaeger,
    victorialogs: "http://records.ns:9428",
};
const GENERATED = "generated-board-admin-password";

async function createGrafana(
    raw: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly grafana: Grafana; readonly recorder: ProgramRecorder }> {
    const plan = parsePlan(raw);
    const { settings } = plan;
    const recorder = await startMocks();
    const grafana = new Grafana("board", {
        ...settings.grafana,
        basePath: plan.exposure.basePaths.grafana,
        namespace: "ns",
        image: settings.images.grafana,
        rolloutTimeout: settings.rolloutTimeout,
        pods: POD_OPTIONS,
        rootUrl: "http://localhost:3000/",
        urls: URLS,
        longestSampleSeconds: plan.sampleIntervals.longestSeconds,
        dashboards: resolveDashboardContext(plan),
    });
    return { grafana, recorder: await recorder.settle() };
}

function readConfigMapFiles(recorder: ProgramRecorder, name: string): Readonly<Record<string, string>> {
    return getField(readConfigMap(recorder, name).manifest, "data") as Record<string, string>;
}

describe("Grafana", () => {
    it("creates a Deployment, ConfigMaps, a Secret and a Service", async () => {
        const { recorder } = await createGrafana();
        assert.deepEqual(listKindsAndNames(recorder), [
            "ConfigMap board-config-HASH",
            "ConfigMap board-dashboards-HASH",
            "Deployment board",
            "Secret board-admin-1",
            "Service board",
        ]);
        assert.deepEqual(getServicePorts(recorder.manifest("Service", "board")), { http: 3000 });
    });

    it("disables analytics, sign-up and anonymous access", async () => {
        const { recorder } = await createGrafana();
        const ini = readConfigMapFiles(recorder, "board-config")["grafana.ini"] ?? "";
        for (const line of [
            "check_for_updates = false",
            "check_for_plugin_updates = false",
            "reporting_enabled = false",
            "disable_gravatar = true",
            "news_feed_enabled = false",
            "external_enabled = false",
            "preinstall_disabled = true",
            "allow_sign_up = false",
        ]) {
            assert.ok(ini.includes(`${line}\n`), line);
        }
        assert.match(ini, /\[auth\.anonymous\]\nenabled = false\n/);
    });

    it("uses the overview dashboard as home when it exists", async () => {
        const home = (recorder: ProgramRecorder) =>
            /default_home_dashboard_path = (.*)/.exec(
                readConfigMapFiles(recorder, "board-config")["grafana.ini"] ?? "",
            )?.[1];
        const { recorder } = await createGrafana();
        const folder = listMounts(recorder).find(({ name }) => name === "dashboards")?.mountPath;
        assert.equal(home(recorder), `${folder}/otel-overview.json`);
        assert.equal(home((await createGrafana({ prometheus: { enabled: false } })).recorder), undefined);
    });

    it("mounts each file where its configuration expects it", async () => {
        const { recorder } = await createGrafana();
        const mounts = Object.fromEntries(
            listMounts(recorder).map(({ mountPath, name, subPath }) => [mountPath, subPath ?? name]),
        );
        assert.equal(mounts["/etc/grafana/grafana.ini"], "grafana.ini");
        assert.equal(mounts["/etc/grafana/provisioning/datasources/datasources.yaml"], "datasources.yaml");
        assert.equal(mounts["/etc/grafana/provisioning/dashboards/dashboards.yaml"], "dashboards.yaml");
        const files = readConfigMapFiles(recorder, "board-config");
        const provider = parse(files["dashboards.yaml"] ?? "") as { providers: { options: { path: string } }[] };
        assert.equal(mounts[provider.providers[0]?.options.path ?? ""], "dashboards");
    });

    it("limits its ephemeral volumes, within the container's ephemeral storage", async () => {
        const deployment = (await createGrafana()).recorder.manifest("Deployment", "board");
        const sizes = getPodTemplate(deployment).spec.volumes.flatMap((volume) =>
            "emptyDir" in volume ? volume.emptyDir.sizeLimit : [],
        );
        assert.equal(sizes.length, 2);
        const sum = sizes.map(parseBytes).reduce((total, bytes) => total + bytes, 0);
        assert.ok(sum < parseBytes(getContainer(deployment).resources.limits["ephemeral-storage"] ?? ""));
    });
});

describe("Grafana admin credentials", () => {
    it("have a generated password marked as secret", async () => {
        const { grafana, recorder } = await createGrafana();
        const [secret] = recorder.resources.filter(({ type }) => type === "kubernetes:core/v1:Secret");
        assert.ok(secret);
        assert.deepEqual(getField(unwrapSecrets(secret.inputs) as Manifest, "stringData", "admin-password"), GENERATED);
        assert.notDeepEqual(getField(secret.inputs as Manifest, "stringData", "admin-password"), GENERATED);
        assert.equal(await isSecret(grafana.adminPassword), true);
    });

    it("appear only in the Secret", async () => {
        const { recorder } = await createGrafana();
        const others = recorder.manifests.filter(({ kind }) => kind !== "Secret");
        assert.doesNotMatch(JSON.stringify(others), /generated-/);
        const { env } = getContainer(recorder.manifest("Deployment", "board"));
        const folder = listMounts(recorder).find(({ name }) => name === "admin")?.mountPath;
        assert.equal(
            env.find(({ name }) => name === "GF_SECURITY_ADMIN_PASSWORD__FILE")?.value,
            `${folder}/admin-password`,
        );
    });

    it("rotate, and restart the pod, when adminPasswordVersion changes", async () => {
        const { recorder } = await createGrafana({ grafana: { adminPasswordVersion: 2 } });
        const [password] = recorder.resources.filter(({ name }) => name === "board-admin-password");
        assert.deepEqual(getField(password?.inputs as Manifest, "keepers"), { generation: "2" });
        const volume = getPodTemplate(recorder.manifest("Deployment", "board")).spec.volumes.find(
            ({ name }) => name === "admin",
        );
        assert.equal(volume?.secret.secretName, "board-admin-2");
        assert.ok(recorder.manifest("Secret", "board-admin-2"));
    });

    it("are in an existing Secret when the settings name one", async () => {
        const { program, recorder } = await renderProgram({ grafana: { secretName: "login" } });
        assert.deepEqual(
            recorder.resources.filter(({ type }) => /:Secret$|:RandomPassword$/.test(type)),
            [],
        );
        const { volumes } = getPodTemplate(recorder.manifest("Deployment", "grafana")).spec;
        assert.equal(volumes.find(({ name }) => name === "admin")?.secret.secretName, "login");
        assert.deepEqual(program.grafanaAdmin, {
            user: "admin",
            passwordCommand:
                "kubectl get secret -n playground-otel login -o jsonpath={.data.admin-password} | base64 -d",
        });
    });

    it("are exported as a secret password and a plain user name", async () => {
        const { program } = await renderProgram(readStackSettings("dev"));
        assert.equal(program.grafanaAdmin?.user, "admin");
        assert.equal(await isSecret(program.grafanaAdmin.password), true);
        assert.equal((await renderProgram({ grafana: { enabled: false } })).program.grafanaAdmin, undefined);
    });
});

interface DataSource {
    readonly uid: string;
    readonly type: string;
    readonly url: string;
    readonly isDefault: boolean;
    readonly jsonData: Readonly<Record<string, unknown>>;
}

function parseDataSources(urls: DataSourceUrls, spanMetrics = true): Readonly<Record<string, DataSource>> {
    const file = renderDataSources({ urls, spanMetrics, longestSampleSeconds: 30 }) as { datasources: DataSource[] };
    return Object.fromEntries(file.datasources.map((source) => [source.type, source]));
}

describe("Grafana data sources", () => {
    it("have fixed uids and one default", () => {
        const all = parseDataSources(URLS);
        assert.deepEqual(
            Object.values(all).map(({ type, uid, url }) => [type, uid, url]),
            Object.entries(URLS).map(([type, url]) => [type, DATA_SOURCES[type as keyof typeof URLS], url]),
        );
        assert.deepEqual(
            Object.values(all).map(({ isDefault }) => isDefault),
            [true, false, false],
        );
    });

    it("link exemplars to traces", () => {
        assert.deepEqual(parseDataSources(URLS).prometheus?.jsonData.exemplarTraceIdDestinations, [
            { name: EXEMPLAR_TRACE_ID, datasourceUid: DATA_SOURCES.jaeger, urlDisplayLabel: "Open the trace" },
        ]);
    });

    it("link log records to traces", () => {
        const [field] = parseDataSources(URLS).loki?.jsonData.derivedFields as Record<string, string>[];
        assert.equal(field?.matcherType, "label");
        assert.match(TRACE_FIELDS.traceId, new RegExp(field.matcherRegex ?? "nothing"));
        assert.doesNotMatch("parent_trace_id_2", new RegExp(field.matcherRegex ?? ""));
        assert.equal(field.datasourceUid, DATA_SOURCES.jaeger);
        assert.equal(field.url, "$${__value.raw}");
    });

    it("link traces to logs and metrics", () => {
        const { tracesToLogsV2, tracesToMetrics } = parseDataSources(URLS).jaeger?.jsonData as Record<
            string,
            Record<string, unknown>
        >;
        assert.equal(tracesToLogsV2?.datasourceUid, DATA_SOURCES.loki);
        assert.match(String(tracesToLogsV2.query), /\| trace_id="\$\$\{__trace\.traceId\}"$/);
        assert.equal(tracesToMetrics?.datasourceUid, DATA_SOURCES.prometheus);
        assert.ok(JSON.stringify(tracesToMetrics.queries).includes(SPAN_METRICS.calls));
    });

    it("link VictoriaLogs records to traces by the field name that the plugin matches", () => {
        const { type, uid, url, jsonData } =
            parseDataSources(VICTORIA_LOGS_URLS)[VICTORIA_LOGS_PLUGIN] ?? assert.fail();
        assert.deepEqual(
            [type, uid, url],
            ["victoriametrics-logs-datasource", DATA_SOURCES.victorialogs, VICTORIA_LOGS_URLS.victorialogs],
        );
        const [field] = jsonData.derivedFields as Record<string, string>[];
        assert.equal(field?.matcherType, "label");
        assert.equal(field.matcherRegex, TRACE_FIELDS.traceId);
        assert.equal(field.datasourceUid, DATA_SOURCES.jaeger);
        assert.equal(field.url, "$${__value.raw}");
    });

    it("link traces to VictoriaLogs when Loki is disabled, and to Loki when both are enabled", () => {
        const logsOf = (urls: DataSourceUrls) =>
            parseDataSources(urls).jaeger?.jsonData.tracesToLogsV2 as Record<string, unknown> | undefined;
        const jump = logsOf(VICTORIA_LOGS_URLS);
        assert.equal(jump?.datasourceUid, DATA_SOURCES.victorialogs);
        assert.equal(jump.customQuery, true);
        assert.equal(jump.query, 'trace_id:="$${__trace.traceId}"');
        assert.equal(logsOf({ ...URLS, ...VICTORIA_LOGS_URLS })?.datasourceUid, DATA_SOURCES.loki);
    });

    for (const [off, rest] of [
        ["jaeger", { prometheus: URLS.prometheus, loki: URLS.loki }],
        ["loki", { prometheus: URLS.prometheus, jaeger: URLS.jaeger }],
        ["prometheus", { jaeger: URLS.jaeger, loki: URLS.loki }],
    ] as const) {
        it(`omit links to ${off} when it is disabled`, () => {
            assert.doesNotMatch(JSON.stringify(parseDataSources(rest)), new RegExp(`"${off}"`));
        });
    }

    it("omit links to span metrics when they are disabled", () => {
        assert.equal("tracesToMetrics" in (parseDataSources(URLS, false).jaeger?.jsonData ?? {}), false);
    });
});

describe("Grafana plugin for VictoriaLogs", () => {
    const plugin = async (raw: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, string>>> => {
        const { recorder } = await renderProgram(raw);
        const { env } = getContainer(recorder.manifest("Deployment", "grafana"));
        const set = env.filter(({ name }) => name.startsWith("GF_INSTALL_PLUGINS"));
        return Object.fromEntries(set.map(({ name, value }) => [name, value]));
    };
    const ON = { enabled: true };
    const OFF = { enabled: false };
    const INSTALLED = {
        GF_INSTALL_PLUGINS: "victoriametrics-logs-datasource 0.30.1",
        GF_INSTALL_PLUGINS_FORCE: "true",
    };

    it("is installed when VictoriaLogs is the only log store, or when enabled", async () => {
        assert.deepEqual(await plugin({}), {});
        assert.deepEqual(await plugin({ victoriaLogs: ON }), {});
        assert.deepEqual(await plugin({ loki: OFF, victoriaLogs: ON }), INSTALLED);
        assert.deepEqual(await plugin({ victoriaLogs: ON, grafana: { victoriaLogsPlugin: ON } }), INSTALLED);
        const without = { loki: OFF, victoriaLogs: ON, grafana: { victoriaLogsPlugin: OFF } };
        assert.deepEqual(await plugin(without), {});
    });

    it("is downloaded from the configured URL", async () => {
        const url = "http://files.example/victoriametrics-logs-datasource-v0.30.1.zip";
        const { GF_INSTALL_PLUGINS: from } = await plugin({
            loki: OFF,
            victoriaLogs: ON,
            grafana: { victoriaLogsPlugin: { url } },
        });
        assert.equal(from, `${url};victoriametrics-logs-datasource`);
    });

    it("has room in Grafana's volumes, and egress when NetworkPolicies are enabled", async () => {
        const { recorder } = await renderProgram({ loki: OFF, victoriaLogs: ON, networkPolicies: ON });
        const grafana = recorder.manifest("Deployment", "grafana");
        const sizes = getPodTemplate(grafana).spec.volumes.flatMap(
            ({ emptyDir }) => (emptyDir as { sizeLimit: string } | undefined)?.sizeLimit ?? [],
        );
        assert.deepEqual(sizes, ["768Mi", "576Mi"]);
        const policy = recorder.manifest("NetworkPolicy", "grafana");
        assert.ok(JSON.stringify(getField(policy, "spec", "egress")).includes('"port":443'));
    });

    it("is not referenced by data sources, dashboards or links when disabled", async () => {
        const raw = { loki: OFF, victoriaLogs: ON, grafana: { victoriaLogsPlugin: OFF } };
        const { recorder } = await renderProgram(raw);
        const files = recorder.manifests.filter(
            ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.startsWith("grafana-"),
        );
        assert.ok(files.length > 0);
        assert.doesNotMatch(JSON.stringify(files), /victoriametrics-logs-datasource|tracesToLogs/);
    });
});

describe("Grafana queries", () => {
    it("use existing scrape job names", async () => {
        const { recorder } = await renderProgram({});
        const { scrape_configs } = readConfigMap(recorder, "prometheus-config").config as {
            scrape_configs: { job_name: string }[];
        };
        const jobs = scrape_configs.map(({ job_name }) => job_name);
        for (const job of [COLLECTOR_JOB, "jaeger", "loki", "prometheus"]) {
            assert.ok(jobs.includes(job), job);
        }
    });
});

function listMounts(recorder: ProgramRecorder): readonly { name: string; mountPath: string; subPath?: string }[] {
    return getContainer(recorder.manifest("Deployment", "board")).volumeMounts;
}

/** Whether Pulumi hides it. */
async function isSecret(output: unknown): Promise<unknown> {
    return (output as { isSecret: Promise<boolean> }).isSecret;
}
