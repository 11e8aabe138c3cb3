import assert from "node:assert/strict";
import { Loki, lokiEndpoints } from "../../../components/loki/loki";
import { renderLokiConfig } from "../../../components/loki/config";
import { maxReplayDelaySeconds } from "../../../config/model/durability";
import { resolveVolumeSize } from "../../../config/model/volumes";
import { type ProgramRecorder, startMocks } from "../../../tools/render/program";
import { readConfigMap, getContainer, listKindsAndNames, getServicePorts } from "../../support/manifests";
import { parseSettings } from "../../support/settings";
import { POD_OPTIONS } from "../../support/pod-options";

async function createLoki(loki: Readonly<Record<string, unknown>> = {}): Promise<ProgramRecorder> {
    const settings = parseSettings({ loki });
    const recorder = await startMocks();
    new Loki("logs", {
        ...settings.loki,
        volumeSize: resolveVolumeSize("loki", settings),
        maxReplayDelaySeconds: maxReplayDelaySeconds(settings),
        namespace: "ns",
        image: settings.images.loki,
        rolloutTimeout: settings.rolloutTimeout,
        pods: POD_OPTIONS,
    });
    return recorder.settle();
}

/** What the rendered file says at that path. */
function getLokiSetting(loki: Readonly<Record<string, unknown>>, ...path: readonly string[]): unknown {
    return getRenderedSetting({ loki }, ...path);
}

function getRenderedSetting(raw: Readonly<Record<string, unknown>>, ...path: readonly string[]): unknown {
    const settings = parseSettings(raw);
    const config: unknown = renderLokiConfig({
        ...settings.loki,
        maxReplayDelaySeconds: maxReplayDelaySeconds(settings),
    });
    return path.reduce((value, key) => Object.entries(Object(value) as object).find(([k]) => k === key)?.[1], config);
}

describe("Loki", () => {
    it("creates a Deployment, a ConfigMap and a Service", async () => {
        const recorder = await createLoki();
        assert.deepEqual(listKindsAndNames(recorder), [
            "ConfigMap logs-config-HASH",
            "Deployment logs",
            "Service logs",
        ]);
        assert.deepEqual(getServicePorts(recorder.manifest("Service", "logs")), { http: 3100 });
    });

    it("mounts the rendered configuration", async () => {
        const { manifest, config } = readConfigMap(await createLoki({ retention: "7d" }), "logs-config");
        assert.equal(manifest.immutable, true);
        assert.deepEqual(
            config,
            renderLokiConfig({ ...parseSettings({ loki: { retention: "7d" } }).loki, maxReplayDelaySeconds: 1800 }),
        );
    });

    it("sets GOMEMLIMIT below the container's memory limit", async () => {
        const recorder = await createLoki({ resources: { limits: { memory: "1Gi" } } });
        const { env } = getContainer(recorder.manifest("Deployment", "logs"));
        assert.equal(env.find(({ name }) => name === "GOMEMLIMIT")?.value, "819MiB");
    });

    it("enforces the configured retention", () => {
        assert.equal(getLokiSetting({ retention: "2w" }, "limits_config", "retention_period"), "1209600s");
        assert.equal(getLokiSetting({}, "compactor", "retention_enabled"), true);
    });

    it("accepts old samples, for a replay after an outage", () => {
        const age = (maxOutage: string) =>
            getRenderedSetting({ durability: { mode: "disk", maxOutage } }, "ingester", "max_chunk_age");
        // It accepts records that are older than the newest by half of that; its own two hours are enough for half an hour's outage.
        assert.equal(age("30m"), undefined);
        assert.equal(age("2h"), "28800s");
    });

    it("enforces ingestion limits and truncates long lines", () => {
        const ingestion = { rateMBPerSecond: 1, burstMB: 3, maxLineSize: "1Ki", maxStreams: 7 };
        const limits = getLokiSetting({ ingestion }, "limits_config");
        assert.deepEqual(limits, {
            allow_structured_metadata: true,
            creation_grace_period: "900s",
            ingestion_burst_size_mb: 3,
            ingestion_rate_mb: 1,
            max_global_streams_per_user: 7,
            max_line_size: 1024,
            max_line_size_truncate: true,
            max_line_size_truncate_identifier: "... [truncated]",
            max_structured_metadata_entries_count: 0,
            max_structured_metadata_size: 0,
            // The retention of a day, and half an hour in a queue.
            reject_old_samples_max_age: "88200s",
            retention_period: "86400s",
            shard_streams: { time_sharding_enabled: true },
            volume_enabled: true,
        });
    });

    it("accepts batches that grow, and finds late records", () => {
        assert.equal(getLokiSetting({}, "server", "grpc_server_max_recv_msg_size"), 67_108_864);
        assert.equal(getLokiSetting({}, "querier", "query_ingesters_within"), "0s");
    });

    it("indexes no label that changes with each rollout", () => {
        assert.deepEqual(
            getLokiSetting({}, "distributor", "otlp_config", "default_resource_attributes_as_index_labels"),
            ["service.name", "service.namespace", "deployment.environment.name", "k8s.namespace.name"],
        );
    });

    it("disables usage reporting", () => {
        assert.equal(getLokiSetting({}, "analytics", "reporting_enabled"), false);
    });

    it("is addressed by the name of its Service", () => {
        const { api, otlpUrl } = lokiEndpoints("logs", "ns");
        assert.equal(api.url, "http://logs.ns:3100");
        assert.equal(otlpUrl, "http://logs.ns:3100/otlp");
    });
});
