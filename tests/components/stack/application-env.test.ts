import assert from "node:assert/strict";
import { parse } from "yaml";
import { type Manifest, renderProgram, type Settings } from "../../../tools/render/program";

const ENDPOINT = "http://otel-collector.playground-otel:4318";

async function renderEnv(settings: Settings) {
    const { program, recorder } = await renderProgram(settings);
    const configMaps = recorder.manifests.filter(
        ({ kind, metadata }) => kind === "ConfigMap" && /^otel-(application|agent)-env$/.test(metadata.name),
    );
    return { program, configMaps };
}

const describeConfigMap = ({ data, immutable, metadata }: Manifest) => ({
    name: metadata.name,
    namespace: metadata.namespace,
    endpoint: (data as Record<string, string>).OTEL_EXPORTER_OTLP_ENDPOINT,
    immutable,
});

describe("application environment", () => {
    it("has the endpoint and the protocol for HTTP, and the interval of metrics", async () => {
        const { program, configMaps } = await renderEnv({});
        assert.deepEqual(program.applicationEnv, {
            OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT,
            OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
            OTEL_METRIC_EXPORT_INTERVAL: "10000",
        });
        assert.deepEqual(
            configMaps.map(({ data }) => data),
            [program.applicationEnv],
        );
    });

    it("has the interval of the settings in milliseconds", async () => {
        const { program } = await renderEnv({ applicationEnv: { metricExportInterval: "1m" } });
        assert.equal(program.applicationEnv.OTEL_METRIC_EXPORT_INTERVAL, "60000");
    });

    it("is printed as commands for a shell, with the variables of one service", async () => {
        const { program } = await renderEnv({});
        const lines = program.applicationEnvShell.split("\n");
        assert.deepEqual(lines.slice(0, 1), [`export OTEL_EXPORTER_OTLP_ENDPOINT=${ENDPOINT}`]);
        assert.deepEqual(lines.slice(-2), [
            "export OTEL_SERVICE_NAME=my-service",
            "export OTEL_RESOURCE_ATTRIBUTES=service.instance.id=$(hostname)",
        ]);
    });

    it("is printed as env of a container, with the pod as the instance", async () => {
        const { program } = await renderEnv({});
        const { env } = parse(program.applicationEnvYaml) as { env: readonly { name: string; value?: string }[] };
        assert.deepEqual(
            env.map(({ name }) => name),
            ["OTEL_SERVICE_NAME", "POD_NAME", "OTEL_RESOURCE_ATTRIBUTES", ...Object.keys(program.applicationEnv)],
        );
        // A variable refers only to those before it.
        assert.equal(env[2]?.value, "service.instance.id=$(POD_NAME)");
        assert.ok(env.every(({ value }) => value === undefined || typeof value === "string"));
    });

    it("is printed as envFrom of the ConfigMap", async () => {
        const { program, configMaps } = await renderEnv({});
        const { envFrom } = parse(program.applicationEnvFromYaml) as { envFrom: readonly unknown[] };
        assert.deepEqual(envFrom, [{ configMapRef: { name: configMaps[0]?.metadata.name } }]);
    });

    it("is in a mutable ConfigMap of each Namespace in the settings, for Collector and agents", async () => {
        const { configMaps, program } = await renderEnv({
            applicationEnv: { namespaces: ["checkout"] },
            clusterTelemetry: { agentOtlp: { enabled: true } },
        });
        const agent = "http://otel-agent.playground-otel-agent:4318";
        assert.equal(program.agentEnv?.OTEL_EXPORTER_OTLP_ENDPOINT, agent);
        // Pulumi registers them in any order.
        const found = new Set(configMaps.map((manifest) => JSON.stringify(describeConfigMap(manifest))));
        const expected = ["playground-otel", "checkout"].flatMap((namespace) => [
            { name: "otel-application-env", namespace, endpoint: ENDPOINT },
            { name: "otel-agent-env", namespace, endpoint: agent },
        ]);
        assert.deepEqual(found, new Set(expected.map((manifest) => JSON.stringify(manifest))));
    });
});
