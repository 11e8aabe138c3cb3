import assert from "node:assert/strict";
import { queuesOf, replaySeconds, secondsToFill } from "../config/durability";
import { makesSpanMetrics } from "../config/routes";
import { SIGNALS } from "../config/signals";
import { storageOf } from "../config/storage";
import { MIB, bytesOf } from "../config/units";
import { runProgram } from "../tools/mocked-stack";
import { kindsAndNames } from "./support/objects";
import { settingsFrom } from "./support/settings";

const SIGNALS_OF_DEFAULTS = ["traces", "metrics", "logs"] as const;

describe("the queues", () => {
    it("are a sixth of what the memory limiter allows, in memory", () => {
        const ofLimit = (memory: string) =>
            queuesOf(settingsFrom({ collector: { resources: { limits: { memory } } } })).bytes.traces;
        assert.equal(ofLimit("256Mi"), 32 * MIB);
        assert.equal(ofLimit("1Gi"), 136 * MIB);
    });

    it("ride out what the settings say, on disk", () => {
        for (const outage of [
            { duration: "30m", itemsPerSecond: 200 },
            { duration: "6h", itemsPerSecond: 10 },
        ]) {
            const settings = settingsFrom({ durability: "disk", outage });
            const queues = queuesOf(settings);
            for (const signal of SIGNALS_OF_DEFAULTS) {
                assert.ok(
                    secondsToFill(queues.bytes[signal], signal, settings.outage) >= replaySeconds(settings) / 2,
                    signal,
                );
            }
        }
    });

    it("hold at least the largest request, however short the outage", () => {
        const outage = { duration: "1m", itemsPerSecond: 1 };
        const { bytes } = queuesOf(settingsFrom({ durability: "disk", outage }));
        assert.equal(bytes.metrics, 4 * MIB);
    });

    it("fit their volume, all of them full and one of them compacted", () => {
        const { bytes, volume } = queuesOf(settingsFrom({ durability: "disk" }));
        assert.ok(volume);
        assert.ok(volume.fileBytes >= 2 * Math.max(...Object.values(bytes)));
        assert.ok(bytesOf(volume.storage) > 4 * volume.fileBytes);
    });

    it("need less of a volume where a backend is off", () => {
        const storage = (raw: Readonly<Record<string, unknown>>) =>
            bytesOf(queuesOf(settingsFrom({ durability: "disk", ...raw })).volume?.storage ?? "0Mi");
        assert.ok(storage({ loki: { enabled: false } }) < storage({}));
    });
});

describe("durability disk", () => {
    it("gives every backend a volume, and each can do without", () => {
        const { jaeger, loki, prometheus } = settingsFrom({
            durability: "disk",
            loki: { persistence: { enabled: false } },
        });
        assert.deepEqual(
            [jaeger, loki, prometheus].map(({ persistence }) => persistence.enabled),
            [true, false, true],
        );
    });

    it("gives the backends what their retention takes", () => {
        const settings = settingsFrom({ durability: "disk", jaeger: { retention: "1h" }, loki: { storage: "10Gi" } });
        assert.equal(storageOf("jaeger", settings), "1024Mi");
        assert.equal(storageOf("loki", settings), "10Gi");
        assert.equal(storageOf("jaeger", settingsFrom({ durability: "disk" })), "11250Mi");
        assert.equal(storageOf("jaeger", settingsFrom()), "1024Mi");
    });

    it("has Prometheus take what comes late, and by the one route that keeps it", async () => {
        const { recorder, program } = await runProgram({ durability: "disk", outage: { duration: "2h" } });
        const files = JSON.stringify(
            recorder.manifests.find(({ metadata }) => metadata.name.startsWith("prometheus-config-")),
        );
        assert.match(files, /out_of_order_time_window: 240m/);
        assert.match(files, /otel-collector-0\.otel-collector-headless\.playground-otel:8888/);
        assert.deepEqual(program.expectations.metrics, ["scrape", "otlp", "debug"]);
    });

    it("is said in the outputs, with what it rides out", async () => {
        const { program } = await runProgram({ durability: "disk" });
        assert.equal(program.durability.keptIn, "disk");
        assert.equal(program.durability.volume, "3098Mi");
        assert.deepEqual(program.durability.queues, {
            "otlp_http/jaeger": { bytes: 369_098_752, fullAfterSeconds: 1802 },
            "otlp_http/prometheus": { bytes: 184_549_376, fullAfterSeconds: 1802 },
            "otlp_http/loki": { bytes: 369_098_752, fullAfterSeconds: 1802 },
        });
    });
});

describe("durability memory", () => {
    it("makes no volume and no StatefulSet", async () => {
        const { program, recorder } = await runProgram({});
        assert.doesNotMatch(kindsAndNames(recorder).join(), /StatefulSet|PersistentVolumeClaim/);
        assert.deepEqual(program.durability, {
            keptIn: "memory",
            itemsPerSecond: 200,
            queues: {
                "otlp_grpc/jaeger": { bytes: 32 * MIB, fullAfterSeconds: 163 },
                "otlp_http/loki": { bytes: 32 * MIB, fullAfterSeconds: 163 },
            },
        });
    });
});

describe("size", () => {
    it("small is what there is without it", () => {
        assert.deepEqual(settingsFrom({ size: "small" }), settingsFrom());
    });

    for (const size of ["medium", "large"]) {
        for (const durability of ["memory", "disk"]) {
            it(`${size} fits together, with durability ${durability}`, () => {
                const settings = settingsFrom({ size, durability });
                const { collector, outage } = settings;
                const small = settingsFrom({ durability });
                assert.ok(
                    bytesOf(collector.resources.limits.memory) > bytesOf(small.collector.resources.limits.memory),
                );
                assert.ok(outage.itemsPerSecond > small.outage.itemsPerSecond);
                for (const signal of SIGNALS) {
                    assert.ok(queuesOf(settings).bytes[signal] > queuesOf(small).bytes[signal]);
                }
            });
        }
    }

    it("gives way to each single setting", () => {
        const { collector, jaeger } = settingsFrom({
            size: "large",
            collector: { resources: { limits: { memory: "768Mi" } } },
        });
        assert.equal(collector.resources.limits.memory, "768Mi");
        assert.equal(collector.resources.limits.cpu, "2");
        assert.equal(jaeger.resources.limits.memory, "2Gi");
    });

    it("large has several Collectors, and so no metrics from spans unless there is one", () => {
        assert.equal(makesSpanMetrics(settingsFrom({ size: "large" })), false);
        assert.equal(makesSpanMetrics(settingsFrom({ size: "large", collector: { replicas: 1 } })), true);
    });
});
