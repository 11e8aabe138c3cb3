import assert from "node:assert/strict";
import { IMAGES } from "../../../config/types/image";
import { findPodSpecs, listContainers } from "../../../tools/render/pods";
import { listImages, renderImages } from "../../../tools/render/images";

describe("make images", () => {
    it("prints each image of the stack once, also those of Jobs", async () => {
        const lines = (await renderImages("dev", false)).trimEnd().split("\n");
        const { collector, grafana, jaeger, loki, prometheus, telemetrygen } = IMAGES;
        assert.deepEqual(lines, [telemetrygen, grafana, loki, jaeger, collector, prometheus].sort());
    });

    it("knows the source of each image in a mirror", async () => {
        const images = { registry: "mirror.example.com/hub", agent: "a.example/agent:1" };
        const pairs = await listImages({ images, clusterTelemetry: { hostMetrics: { enabled: true } } });
        assert.ok(pairs.length >= 6);
        assert.deepEqual(
            pairs.find(({ source }) => source.includes("agent")),
            { source: "a.example/agent:1", image: "mirror.example.com/hub/agent:1" },
        );
        for (const { image } of pairs) {
            assert.match(image, /^mirror\.example\.com\/hub\//);
        }
    });

    it("fails for the mirror of a stack that has none", async () => {
        await assert.rejects(
            renderImages("dev", true),
            /pulumi config set --stack dev --path otel-stack:images\.registry/,
        );
    });

    it("finds init containers, and the pods of a CronJob", () => {
        const container = (name: string) => ({ name, image: `${name}:1` });
        const template = { spec: { initContainers: [container("a")], containers: [container("b")] } };
        const specs = findPodSpecs({
            apiVersion: "batch/v1",
            kind: "CronJob",
            metadata: { name: "c" },
            spec: { jobTemplate: { spec: { template } } },
        });
        assert.deepEqual(
            specs.flatMap(listContainers).map(({ image }) => image),
            ["a:1", "b:1"],
        );
    });
});
