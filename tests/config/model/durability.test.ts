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

describe("the queues", () => {
    it("are a sixth of what the memory limiter allows, in memory", () => {
        const ofLimit = (memory: string) =>
            parsePlan({ collector: { resources: { limits: { memory } } } }).ingestTier.queues.bytes.traces;
        assert.equal(ofLimit("256Mi"), 32 * MIB);
        assert.equal(ofLimit("1Gi"), 136 * MIB);
    });

    it("ride out what the settings say, on disk", () => {
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

    it("hold at least the largest request, however short the outage", () => {
        const outage = { maxOutage: "1m", itemsPerSecond: 1 };
        const { bytes } = parsePlan({ durability: { mode: "disk", ...outage } }).ingestTier.queues;
        assert.equal(bytes.metrics, 4 * MIB);
    });

    it("fit their volume, all of them full and one of them compacted", () => {
        const { bytes, volume } = parsePlan({ durability: { mode: "disk" } }).ingestTier.queues;
        assert.ok(volume);
        assert.ok(volume.fileBytes >= 2 * Math.max(...Object.values(bytes)));
        assert.ok(parseBytes(volume.size) > 4 * volume.fileBytes);
    });

    it("need less of a volume where a backend is off", () => {
        const storage = (raw: Readonly<Record<string, unknown>>) =>
            parseBytes(parsePlan({ durability: { mode: "disk" }, ...raw }).ingestTier.queues.volume?.size ?? "0Mi");
        assert.ok(storage({ loki: { enabled: false } }) < storage({}));
    });
});

describe("durability disk", () => {
    it("gives every backend a volume, and each can do without", () => {
        const { jaeger, loki, prometheus } = parseSettings({
            durability: { mode: "disk" },
            loki: { persistence: { enabled: false } },
        });
        assert.deepEqual(
            [jaeger, loki, prometheus].map(({ persistence }) => persistence.enabled),
            [true, false, true],
        );
    });

    it("gives the backends what their retention takes", () => {
        const settings = parseSettings({
            durability: { mode: "disk" },
            jaeger: { retention: "1h" },
            loki: { volumeSize: "10Gi" },
        });
        assert.equal(resolveVolumeSize("jaeger", settings), "1024Mi");
        assert.equal(resolveVolumeSize("loki", settings), "10Gi");
        assert.equal(resolveVolumeSize("jaeger", parseSettings({ durability: { mode: "disk" } })), "11250Mi");
        assert.equal(resolveVolumeSize("jaeger", parseSettings()), "1024Mi");
    });

    it("has Prometheus take what comes late, and by the one route that keeps it", async () => {
        const { recorder, program } = await renderProgram({ durability: { mode: "disk", maxOutage: "2h" } });
        const files = JSON.stringify(
            recorder.manifests.find(({ metadata }) => metadata.name.startsWith("prometheus-config-")),
        );
        assert.match(files, /out_of_order_time_window: 240m/);
        assert.match(files, /otel-collector-0\.otel-collector-headless\.playground-otel:8888/);
        assert.deepEqual(program.verification.metrics, ["scrape", "otlp", "debug"]);
    });

    it("is said in the outputs, with what it rides out", async () => {
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

describe("durability memory", () => {
    it("makes no volume and no StatefulSet", async () => {
        const { program, recorder } = await renderProgram({});
        assert.doesNotMatch(listKindsAndNames(recorder).join(), /StatefulSet|PersistentVolumeClaim/);
        assert.deepEqual(program.durability, {
            mode: "memory",
            itemsPerSecond: 200,
            queues: {
                "otlp_grpc/jaeger": { bytes: 32 * MIB, secondsUntilFull: 163 },
                "otlp_http/loki": { bytes: 32 * MIB, secondsUntilFull: 163 },
            },
        });
    });
});

describe("size", () => {
    it("small is what there is without it", () => {
        assert.deepEqual(parseSettings({ size: "small" }), parseSettings());
    });

    for (const size of ["medium", "large"]) {
        for (const mode of ["memory", "disk"]) {
            it(`${size} fits together, with durability ${mode}`, () => {
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

    it("gives way to each single setting", () => {
        const { collector, jaeger } = parseSettings({
            size: "large",
            collector: { resources: { limits: { memory: "768Mi" } } },
        });
        assert.equal(collector.resources.limits.memory, "768Mi");
        assert.equal(collector.resources.limits.cpu, "2");
        assert.equal(jaeger.resources.limits.memory, "2Gi");
    });

    it("large has several Collectors, and so no metrics from spans unless there is one", () => {
        assert.equal(isSpanMetricsEnabled(parseSettings({ size: "large" })), false);
        assert.equal(isSpanMetricsEnabled(parseSettings({ size: "large", collector: { replicas: 1 } })), true);
    });
});
