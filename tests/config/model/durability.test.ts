import assert from "node:assert/strict";
import { secondsUntilFull } from "../../../config/model/durability";
import { type Plan, resolvePlan } from "../../../config/model/plan";
import { isSpanMetricsEnabled } from "../../../config/model/routes";
import { SIGNALS } from "../../../config/types/signal";
import { resolveVolumeSize } from "../../../config/model/volumes";
import { MIB, parseBytes } from "../../../config/types/units";
import { renderProgram } from "../../../tools/render/program";
import { listKindsAndNames } from "../../support/manifests";
import { parsePlan, parseSettings } from "../../support/settings";

const SIGNALS_OF_DEFAULTS = ["traces", "metrics", "logs"] as const;

describe("queue sizes", () => {
    it("leave memory for requests in flight when durability.mode is memory", () => {
        const ofLimit = (memory: string) =>
            parsePlan({ collector: { resources: { limits: { memory } } } }).ingestTier.queues.bytes.traces;
        assert.equal(ofLimit("256Mi"), 4 * MIB);
        assert.equal(ofLimit("1Gi"), 17 * MIB);
        assert.equal(ofLimit("128Mi"), 4 * MIB, "the largest request fits");
    });

    it("cover durability.maxOutage when durability.mode is disk", () => {
        for (const outage of [
            { maxOutage: "30m", itemsPerSecond: 200 },
            { maxOutage: "6h", itemsPerSecond: 10 },
        ]) {
            const plan = parsePlan({ durability: { mode: "disk", ...outage } });
            const { queues } = plan.ingestTier;
            for (const signal of SIGNALS_OF_DEFAULTS) {
                assert.ok(
                    secondsUntilFull(queues.bytes[signal], signal, plan.settings.durability) >=
                        plan.maxReplayDelaySeconds / 2,
                    signal,
                );
            }
        }
    });

    it("are never below the largest request", () => {
        const outage = { maxOutage: "1m", itemsPerSecond: 1 };
        const { bytes } = parsePlan({ durability: { mode: "disk", ...outage } }).ingestTier.queues;
        assert.equal(bytes.metrics, 4 * MIB);
    });

    it("fit the volume, including the compaction of one queue", () => {
        const { bytes, volume } = parsePlan({ durability: { mode: "disk" } }).ingestTier.queues;
        assert.ok(volume);
        assert.ok(volume.fileBytes >= 2 * Math.max(...Object.values(bytes)));
        assert.ok(parseBytes(volume.size) > 4 * volume.fileBytes);
    });

    it("shrink when a backend is disabled", () => {
        const storage = (raw: Readonly<Record<string, unknown>>) =>
            parseBytes(parsePlan({ durability: { mode: "disk" }, ...raw }).ingestTier.queues.volume?.size ?? "0Mi");
        assert.ok(storage({ loki: { enabled: false } }) < storage({}));
    });
});

describe("durability.mode: disk", () => {
    it("gives every backend a volume, unless its persistence is disabled", () => {
        const { jaeger, loki, prometheus } = parseSettings({
            durability: { mode: "disk" },
            loki: { persistence: { enabled: false } },
        });
        assert.deepEqual(
            [jaeger, loki, prometheus].map(({ persistence }) => persistence.enabled),
            [true, false, true],
        );
    });

    it("sizes backend volumes by retention", () => {
        const settings = parseSettings({
            durability: { mode: "disk" },
            jaeger: { retention: "1h" },
            loki: { volumeSize: "10Gi" },
        });
        assert.equal(resolveVolumeSize("jaeger", settings), "1024Mi");
        assert.equal(resolveVolumeSize("loki", settings), "10Gi");
        assert.equal(resolveVolumeSize("jaeger", parseSettings({ durability: { mode: "disk" } })), "11250Mi");
        assert.equal(resolveVolumeSize("jaeger", parseSettings()), "5120Mi");
    });

    it("enables out-of-order ingestion and OTLP push in Prometheus", async () => {
        const { recorder, program } = await renderProgram({ durability: { mode: "disk", maxOutage: "2h" } });
        const files = JSON.stringify(
            recorder.manifests.find(({ metadata }) => metadata.name.startsWith("prometheus-config-")),
        );
        assert.match(files, /out_of_order_time_window: 240m/);
        assert.match(files, /otel-collector-0\.otel-collector-headless\.playground-otel:8888/);
        assert.deepEqual(program.verification.metrics, ["scrape", "otlp", "debug"]);
    });

    it("reports the tolerated outage in the outputs", async () => {
        const { program } = await renderProgram({ durability: { mode: "disk" } });
        assert.equal(program.durability.mode, "disk");
        assert.equal(program.durability.volume, "3098Mi");
        assert.deepEqual(program.durability.queues, {
            "otlp_http/jaeger": { bytes: 369_098_752, secondsUntilFull: 1802 },
            "otlp_http/prometheus": { bytes: 184_549_376, secondsUntilFull: 1802 },
            "otlp_http/loki": { bytes: 369_098_752, secondsUntilFull: 1802 },
        });
    });
});

describe("durability.mode: memory", () => {
    it("creates no volumes or StatefulSets", async () => {
        const { program, recorder } = await renderProgram({});
        assert.doesNotMatch(listKindsAndNames(recorder).join(), /StatefulSet|PersistentVolumeClaim/);
        assert.deepEqual(program.durability, {
            mode: "memory",
            itemsPerSecond: 200,
            queues: {
                "otlp_grpc/jaeger": { bytes: 17 * MIB, secondsUntilFull: 87 },
                "otlp_http/loki": { bytes: 17 * MIB, secondsUntilFull: 87 },
            },
        });
    });
});

describe("size presets", () => {
    it("default to small", () => {
        assert.deepEqual(parseSettings({ size: "small" }), parseSettings());
    });

    for (const size of ["medium", "large"]) {
        for (const mode of ["memory", "disk"]) {
            it(`accept ${size} when durability.mode is ${mode}`, () => {
                const settings = parseSettings({ size, durability: { mode } });
                const { collector, durability } = settings;
                const small = parseSettings({ durability: { mode } });
                assert.ok(
                    parseBytes(collector.resources.limits.memory) > parseBytes(small.collector.resources.limits.memory),
                );
                assert.ok(durability.itemsPerSecond > small.durability.itemsPerSecond);
                const queues = (plan: Plan) => plan.ingestTier.queues.bytes;
                for (const signal of SIGNALS) {
                    assert.ok(queues(resolvePlan(settings))[signal] > queues(resolvePlan(small))[signal]);
                }
            });
        }
    }

    it("are overridden by individual settings", () => {
        const { collector, jaeger } = parseSettings({
            size: "large",
            collector: { resources: { limits: { memory: "768Mi" } } },
        });
        assert.equal(collector.resources.limits.memory, "768Mi");
        assert.equal(collector.resources.limits.cpu, "2");
        assert.equal(jaeger.resources.limits.memory, "2Gi");
    });

    it("run several Collectors, without span metrics by default, when size is large", () => {
        assert.equal(isSpanMetricsEnabled(parseSettings({ size: "large" })), false);
        assert.equal(isSpanMetricsEnabled(parseSettings({ size: "large", collector: { replicas: 1 } })), true);
    });
});
